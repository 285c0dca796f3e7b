/** The task run that was chosen: why it ended so, its attempts, its outputs. */
import type { TaskRunView } from '../api.ts';
import { clockText, dateText, spanText } from '../time.ts';
import { Values } from './outputs.tsx';
import { StateBadge } from './state.tsx';
import { nameOf } from './task-rows.ts';

interface ChosenRunProps {
  readonly executionId: string;
  readonly run: TaskRunView;
  readonly onClose: () => void;
}

export function ChosenRun({ executionId, run, onClose }: ChosenRunProps) {
  const bad = run.state.current === 'FAILED' || run.state.current === 'KILLED';
  return (
    <div className="chosen-run">
      <div className="title">
        <h3>{nameOf(run)}</h3>
        <StateBadge state={run.state.current} />
        <span className="space" />
        <button type="button" aria-label="Close" title="Close" onClick={onClose}>
          ✕
        </button>
      </div>
      {run.reason && <p className={bad ? 'error' : 'waiting'}>{run.reason}</p>}
      {run.attempts && <Attempts attempts={run.attempts} />}
      <Values executionId={executionId} values={run.outputs} empty="No outputs." />
    </div>
  );
}

function Attempts({ attempts }: { readonly attempts: NonNullable<TaskRunView['attempts']> }) {
  return (
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
  );
}
