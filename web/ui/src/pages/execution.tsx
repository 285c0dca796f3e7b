/**
 * An execution, live: what state it is in and why, its task runs over time, its log, its outputs and inputs. A task run that
 * is chosen stands in the address, and narrows the log to itself and what is below it.
 */
import { useMemo, useState } from 'react';
import { type ExecutionView, killExecution, type TaskRunView } from '../api.ts';
import { Gantt, nameOf } from '../parts/gantt.tsx';
import { Link } from '../parts/link.tsx';
import { LogList } from '../parts/log-list.tsx';
import { Values } from '../parts/outputs.tsx';
import { isLive, StateBadge } from '../parts/state.tsx';
import { whyFailed, whyWaiting } from '../parts/waiting.ts';
import { go, paths } from '../route.ts';
import { clockText, dateText, spanText, useNow } from '../time.ts';
import { type Connection, useExecution, useLog } from '../use-follow.ts';

export function ExecutionPage({ id, taskRunId }: { readonly id: string; readonly taskRunId?: string }) {
  const { value: execution, connection, error } = useExecution(id);
  const log = useLog(id);
  const runs = execution?.taskRunList;
  const chosen = runs?.find((run) => run.id === taskRunId);
  const of = useMemo(
    () => (taskRunId === undefined || !runs ? undefined : withBelow(taskRunId, runs)),
    [taskRunId, runs],
  );
  if (error && !execution) return <p className="error">{error}</p>;
  if (!execution)
    return <p className="empty">{connection === 'lost' ? 'The server does not answer; trying again…' : 'Loading…'}</p>;
  return (
    <section className="execution">
      <Head execution={execution} connection={connection} />
      <h2>Task runs</h2>
      <Gantt
        execution={execution}
        chosen={taskRunId}
        onChoose={(chosenId) => go(paths.execution(id, chosenId), true)}
      />
      {chosen && <Chosen executionId={id} run={chosen} />}
      <h2>
        Log
        {chosen && (
          <button type="button" className="narrowed" onClick={() => go(paths.execution(id), true)}>
            of {nameOf(chosen)} ✕
          </button>
        )}
      </h2>
      <LogList lines={log.value} connection={log.connection} of={of} />
      <div className="columns">
        <div>
          <h2>Outputs</h2>
          <Outputs execution={execution} />
        </div>
        <div>
          <h2>Inputs</h2>
          <Values executionId={id} values={execution.inputs} empty="This execution was started without inputs." />
        </div>
      </div>
    </section>
  );
}

/** The task run and all that stand below it: a list's order puts parents first. */
function withBelow(id: string, runs: readonly TaskRunView[]): ReadonlySet<string> {
  const inside = new Set([id]);
  for (const run of runs) if (run.parentTaskRunId !== undefined && inside.has(run.parentTaskRunId)) inside.add(run.id);
  return inside;
}

function Head({ execution, connection }: { readonly execution: ExecutionView; readonly connection: Connection }) {
  const { state, namespace, flowId } = execution;
  const live = isLive(state.current);
  const now = useNow(live);
  const waiting = whyWaiting(execution, now);
  const failed = whyFailed(execution);
  return (
    <>
      <div className="title">
        <h1>
          <Link to={paths.flow(namespace, flowId)}>
            <span className="quiet">{namespace}.</span>
            {flowId}
          </Link>
        </h1>
        <StateBadge state={state.current} />
        <span className="length">
          {spanText((state.endDate ? Date.parse(state.endDate) : now) - Date.parse(state.startDate))}
        </span>
        {live && <span className={`connection ${connection}`}>{connectionText(connection)}</span>}
        <span className="space" />
        {live ? <KillButton execution={execution} /> : <Link to={paths.flow(namespace, flowId)}>Run again</Link>}
      </div>
      <p className="facts">
        <span className="mono">{execution.id}</span>
        <span>revision {execution.flowRevision}</span>
        <span>started {dateText(state.startDate)}</span>
        {execution.trigger && <span>by trigger {execution.trigger.id}</span>}
        {execution.labels?.map(({ key, value }) => (
          <span key={key} className="label">
            {key}: {value}
          </span>
        ))}
      </p>
      {waiting && (
        <p className="waiting" role="status">
          {waiting}
        </p>
      )}
      {failed && (
        <p className="error">
          {failed.text}{' '}
          {failed.taskRunId && <Link to={paths.execution(execution.id, failed.taskRunId)}>Show its log</Link>}
        </p>
      )}
    </>
  );
}

const CONNECTIONS: Readonly<Record<Connection, string>> = {
  connecting: 'connecting…',
  live: 'live',
  lost: 'connection lost, trying again…',
  ended: '',
  refused: 'not live: reload the page',
};
const connectionText = (connection: Connection): string => CONNECTIONS[connection];

function KillButton({ execution }: { readonly execution: ExecutionView }) {
  const [asked, setAsked] = useState(false);
  const [error, setError] = useState('');
  const kill = async () => {
    setAsked(true);
    setError('');
    try {
      await killExecution(execution.id);
    } catch (failure) {
      setAsked(false);
      setError(failure instanceof Error ? failure.message : 'the server does not answer');
    }
  };
  return (
    <>
      {error && <span className="error">{error}</span>}
      <button type="button" className="danger" disabled={asked || execution.state.current === 'KILLING'} onClick={kill}>
        Kill
      </button>
    </>
  );
}

function Chosen({ executionId, run }: { readonly executionId: string; readonly run: TaskRunView }) {
  return (
    <div className="chosen-run">
      <h3>
        {nameOf(run)} <StateBadge state={run.state.current} />
      </h3>
      {run.reason && <p className={run.state.current === 'FAILED' ? 'error' : ''}>{run.reason}</p>}
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
          {(run.attempts ?? []).map(({ state, workerId }, n) => (
            <tr key={n}>
              <td>{n + 1}</td>
              <td>
                <StateBadge state={state.current} />
              </td>
              <td>{clockText(state.startDate)}</td>
              <td>{state.endDate ? spanText(Date.parse(state.endDate) - Date.parse(state.startDate)) : '…'}</td>
              <td className="mono">{workerId}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Values executionId={executionId} values={run.outputs} empty="No outputs." />
    </div>
  );
}

/** The flow's own outputs, then those of each task run that has some. */
function Outputs({ execution }: { readonly execution: ExecutionView }) {
  const values = useMemo(() => {
    const all: Record<string, unknown> = { ...execution.outputs };
    for (const run of execution.taskRunList ?? [])
      if (run.outputs && Object.keys(run.outputs).length > 0) all[nameIn(all, run)] = run.outputs;
    return all;
  }, [execution]);
  const text = isLive(execution.state.current)
    ? 'No outputs yet. They appear as tasks end.'
    : 'This execution gave no outputs.';
  return <Values executionId={execution.id} values={values} empty={text} />;
}

/** Iterations of nested loops may bear the same name. */
function nameIn(values: Readonly<Record<string, unknown>>, run: TaskRunView): string {
  const name = `${nameOf(run)} (task)`;
  return name in values ? `${name} ${run.id}` : name;
}
