/** Replays an execution: from its beginning or any of its tasks, in its revision or the newest, with its inputs or others. */
import { useState } from 'react';
import { judgeInputs, replayExecution } from '../../api/executions.ts';
import { readFlow } from '../../api/flows.ts';
import type { ExecutionView, InputView, TaskRunView } from '../../api.ts';
import { go } from '../../navigation.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { nameOf } from '../../parts/task-rows.ts';
import { paths } from '../../route.ts';
import { bodyOf, type Entry } from '../../run/form-body.ts';
import { InputsForm } from '../../run/inputs-form.tsx';
import { useAsk } from '../../use-ask.ts';

interface ReplayDialogProps {
  readonly execution: ExecutionView;
  /** Where it begins first. */
  readonly from?: string;
  readonly onClose: () => void;
}

const NO_INPUTS: readonly InputView[] = [];
/** A list of more is no help: a row of the list above it can be chosen instead. */
const CHOICES_MAX = 200;

export function ReplayDialog({ execution, from, onClose }: ReplayDialogProps) {
  const { id, namespace, flowId, flowRevision, inputs: given, taskRunList = [] } = execution;
  const { value: flow, error } = useAsk(`${namespace}/${flowId}`, () => readFlow(namespace, flowId));
  const [start, setStart] = useState(from ?? '');
  const [newest, setNewest] = useState(false);
  const [others, setOthers] = useState(false);
  const inputs = others ? (flow?.inputs ?? NO_INPUTS) : NO_INPUTS;
  const submit = async (entries: readonly Entry[]) => {
    const made = await replayExecution(id, {
      ...(start && { taskRunId: start }),
      ...(newest && flow && { revision: flow.revision }),
      ...(others && { inputs: bodyOf(entries) }),
    });
    go(paths.execution(made.id));
  };
  return (
    <Dialog title="Replay" onClose={onClose} className="run-dialog">
      <p className="hint">
        A new execution takes over what ran before the task that you choose, and runs from there on. This one stays as
        it is.
      </p>
      <InputsForm
        key={String(others)}
        inputs={inputs}
        given={given}
        keepsFiles
        judge={(body) => judgeInputs(namespace, flowId, body)}
        judgeKey={`${id}/${flow?.revision}`}
        submit={submit}
        action="Replay"
      >
        <div className="field">
          <label htmlFor="replay-from">From</label>
          <select id="replay-from" value={start} onChange={(event) => setStart(event.target.value)}>
            <option value="">its beginning</option>
            {choicesOf(taskRunList, start).map((run) => (
              <option key={run.id} value={run.id}>
                {nameOf(run)} ({run.state.current})
              </option>
            ))}
          </select>
        </div>
        {flow && flow.revision !== flowRevision && (
          <label>
            <input type="checkbox" checked={newest} onChange={(event) => setNewest(event.target.checked)} /> by the
            newest revision of the flow, {flow.revision}, instead of {flowRevision}
          </label>
        )}
        {(flow?.inputs?.length ?? 0) > 0 && (
          <label>
            <input type="checkbox" checked={others} onChange={(event) => setOthers(event.target.checked)} /> with other
            inputs
          </label>
        )}
        {error && <p className="hint">The flow is not here any more; it runs as it was.</p>}
      </InputsForm>
    </Dialog>
  );
}

/** What is chosen is among them, however many there are. */
function choicesOf(runs: readonly TaskRunView[], chosen: string): readonly TaskRunView[] {
  if (runs.length <= CHOICES_MAX) return runs;
  const first = runs.slice(0, CHOICES_MAX);
  const run = runs.find(({ id }) => id === chosen);
  return run && !first.includes(run) ? [run, ...first] : first;
}
