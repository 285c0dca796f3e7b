/** Says that something ended otherwise than it did: for whoever has mended by hand what had failed. */
import { type FormEvent, useState } from 'react';
import { changeStatus, changeTaskRun } from '../../api/executions.ts';
import type { ExecutionView, TaskRunView } from '../../api.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { StateBadge } from '../../parts/state.tsx';
import { nameOf } from '../../parts/task-rows.ts';
import { useAct } from '../../parts/use-act.ts';

const ENDS = ['SUCCESS', 'WARNING', 'FAILED', 'KILLED', 'CANCELLED'];
const ENDS_OF_TASKS = ['SUCCESS', 'WARNING', 'FAILED'];

interface StateDialogProps {
  readonly execution: ExecutionView;
  /** Absent: the whole execution. */
  readonly run?: TaskRunView;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

export function StateDialog({ execution, run, onDone, onClose }: StateDialogProps) {
  const current = (run ?? execution).state.current;
  const choices = (run ? ENDS_OF_TASKS : ENDS).filter((state) => state !== current);
  const [state, setState] = useState(choices[0]!);
  const { busy, error, act } = useAct();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void act(async () => {
      await (run ? changeTaskRun(execution.id, run.id, state) : changeStatus(execution.id, state));
      onDone();
      onClose();
    });
  };
  return (
    <Dialog title={`Change the state of ${run ? nameOf(run) : 'the execution'}`} onClose={onClose}>
      <form className="run" onSubmit={submit}>
        <p>
          It is <StateBadge state={current} /> now.{' '}
          {run
            ? 'The execution goes on as if the task had ended so.'
            : 'Nothing runs again; only what is said of it changes.'}
        </p>
        <div className="field">
          <label htmlFor="new-state">It shall be</label>
          <select id="new-state" value={state} onChange={(event) => setState(event.target.value)}>
            {choices.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </div>
        <Refusal text={error} />
        <button type="submit" disabled={busy}>
          Change
        </button>
      </form>
    </Dialog>
  );
}
