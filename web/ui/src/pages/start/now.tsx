/** What lives now: since when, and why it waits where it does. */
import { searchWithReasons } from '../../api/executions.ts';
import { FlowName } from '../../parts/flow-name.tsx';
import { Link } from '../../parts/link.tsx';
import { StateBadge } from '../../parts/state.tsx';
import { paths } from '../../route.ts';
import { dateText, spanText, useNow } from '../../time.ts';
import { useAsk } from '../../use-ask.ts';
import { sentenceOf } from '../execution/waiting.ts';
import { STATES_OF } from './counts.ts';

const ROWS = 6;
const FRESH_MS = 3_000;

export function Now({ namespace }: { readonly namespace: string }) {
  const query = new URLSearchParams([
    ['size', String(ROWS)],
    ['sort', 'state.startDate:asc'],
    ['state', STATES_OF.LIVE.join()],
    ...(namespace ? [['namespace', namespace]] : []),
  ]);
  const { value } = useAsk(`now ${query}`, () => searchWithReasons(query), { everyMs: FRESH_MS, keep: true });
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
            <span className="quiet why">{execution.why && sentenceOf(execution.why, now).text}</span>
          </li>
        ))}
      </ul>
      {value.total > value.results.length && (
        <Link to={paths.listOf({ states: STATES_OF.LIVE, namespace })}>All {value.total.toLocaleString()}</Link>
      )}
    </>
  );
}
