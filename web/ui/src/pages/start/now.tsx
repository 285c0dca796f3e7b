/** What lives now: since when, and why it waits where it does. */
import { useState } from 'react';
import { readExecution, searchExecutions } from '../../api/executions.ts';
import type { ExecutionView } from '../../api.ts';
import { FlowName } from '../../parts/flow-name.tsx';
import { Link } from '../../parts/link.tsx';
import { StateBadge } from '../../parts/state.tsx';
import { paths } from '../../route.ts';
import { dateText, spanText, useNow } from '../../time.ts';
import { useAsk } from '../../use-ask.ts';
import { whyWaiting } from '../execution/waiting.ts';
import { STATES_OF } from './counts.ts';

const ROWS = 6;
const FRESH_MS = 3_000;
const WHY_MS = 10_000;
/** One with more is read once only: its answer is megabytes. */
const RUNS_MAX = 500;

export function Now({ namespace }: { readonly namespace: string }) {
  const query = new URLSearchParams([
    ['size', String(ROWS)],
    ['sort', 'state.startDate:asc'],
    ['state', STATES_OF.LIVE.join()],
    ...(namespace ? [['namespace', namespace]] : []),
  ]);
  const { value } = useAsk(`now ${query}`, () => searchExecutions(query), { everyMs: FRESH_MS, keep: true });
  const now = useNow((value?.total ?? 0) > 0, 1_000);
  if (!value) return <p className="loading">Loading…</p>;
  if (value.total === 0)
    return (
      <p className="empty">Nothing runs or waits now. What does stands here, the longest first, with the reason.</p>
    );
  return (
    <>
      <ul className="now">
        {value.results.map((execution) => (
          <li key={execution.id}>
            <span className="line">
              <Link to={paths.execution(execution.id)} className="cut">
                <FlowName namespace={execution.namespace} id={execution.flowId} />
              </Link>
              <StateBadge state={execution.state.current} />
              <span className="quiet" title={dateText(execution.state.startDate)}>
                {spanText(Math.max(1_000, now - Date.parse(execution.state.startDate)), true)}
              </span>
            </span>
            <Why execution={execution} now={now} />
          </li>
        ))}
      </ul>
      {value.total > value.results.length && (
        <Link to={paths.listOf({ states: STATES_OF.LIVE, namespace })}>All {value.total.toLocaleString()}</Link>
      )}
    </>
  );
}

/** The list knows no task runs, and they tell why. */
function Why({ execution, now }: { readonly execution: ExecutionView; readonly now: number }) {
  const { id, state } = execution;
  const [isLarge, setLarge] = useState(false);
  const read = async () => {
    const found = await readExecution(id);
    setLarge((found.taskRunList?.length ?? 0) > RUNS_MAX);
    return found;
  };
  const whole = useAsk(`why ${id} ${state.current}`, read, { keep: true, ...(!isLarge && { everyMs: WHY_MS }) });
  const sentence = whole.value && whyWaiting(whole.value, now);
  return <span className="quiet why">{sentence?.text ?? runningText(whole.value)}</span>;
}

function runningText(execution: ExecutionView | undefined): string {
  const running = execution?.taskRunList?.filter(({ state }) => state.current === 'RUNNING') ?? [];
  const names = [...new Set(running.map(({ taskId }) => taskId))];
  return names.length > 0 ? `runs ${names.slice(-2).join(', ')}` : '';
}
