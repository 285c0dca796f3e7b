/** The task run that was chosen: why it ended so, its attempts, its outputs, the executions that it started, what can be done. */
import { useState } from 'react';
import type { ExecutionView, TaskRunView } from '../../api.ts';
import { Link } from '../../parts/link.tsx';
import { isLive, StateBadge } from '../../parts/state.tsx';
import { nameOf } from '../../parts/task-rows.ts';
import { paths } from '../../route.ts';
import { clockText, dateText, spanText } from '../../time.ts';
import { ReplayDialog } from './replay-dialog.tsx';
import { StateDialog } from './state-dialog.tsx';
import { Values } from './values.tsx';

interface ChosenRunProps {
  readonly execution: ExecutionView;
  readonly run: TaskRunView;
  readonly onAnew: () => void;
  readonly onClose: () => void;
}

/** A Subflow's outputs hold it. */
const startedBy = ({ outputs }: TaskRunView): string | undefined =>
  typeof outputs?.executionId === 'string' ? outputs.executionId : undefined;

export function ChosenRun({ execution, run, onAnew, onClose }: ChosenRunProps) {
  const [opened, setOpened] = useState<'replay' | 'state'>();
  const bad = run.state.current === 'FAILED' || run.state.current === 'KILLED';
  const ended = !isLive(execution.state.current);
  const started = startedBy(run);
  return (
    <div className="chosen-run">
      <div className="title">
        <h3>{nameOf(run)}</h3>
        <StateBadge state={run.state.current} />
        {started && <Link to={paths.execution(started)}>Open the execution that it started</Link>}
        <span className="space" />
        {ended && (
          <>
            <button type="button" onClick={() => setOpened('replay')}>
              Replay from here…
            </button>
            <button type="button" onClick={() => setOpened('state')}>
              Change state…
            </button>
          </>
        )}
        <button type="button" className="plain" aria-label="Close" title="Close" onClick={onClose}>
          ✕
        </button>
      </div>
      {run.reason && <p className={bad ? 'error' : 'waiting'}>{run.reason}</p>}
      {run.attempts && <Attempts attempts={run.attempts} />}
      <Values executionId={execution.id} values={run.outputs} empty="No outputs." />
      {opened === 'replay' && <ReplayDialog execution={execution} from={run.id} onClose={() => setOpened(undefined)} />}
      {opened === 'state' && (
        <StateDialog execution={execution} run={run} onDone={onAnew} onClose={() => setOpened(undefined)} />
      )}
    </div>
  );
}

function Attempts({ attempts }: { readonly attempts: NonNullable<TaskRunView['attempts']> }) {
  return (
    <div className="scrolls-aside">
      <table>
        <thead>
          <tr>
            <th>Attempt</th>
            <th>State</th>
            <th>Start</th>
            <th>Duration</th>
            <th>Worker</th>
          </tr>
        </thead>
        <tbody>
          {attempts.map(({ state, workerId }, n) => (
            <tr key={n}>
              <td>{n + 1}</td>
              <td>
                <StateBadge state={state.current} />
              </td>
              <td title={dateText(state.startDate)}>{clockText(state.startDate)}</td>
              <td>{state.endDate ? spanText(Date.parse(state.endDate) - Date.parse(state.startDate)) : '…'}</td>
              <td className="mono cut" title={workerId}>
                {workerId ?? 'not yet'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
