/** The last executions that failed, each one click from why. */
import { searchWithReasons } from '../../api/executions.ts';
import { FlowName } from '../../parts/flow-name.tsx';
import { Link } from '../../parts/link.tsx';
import { StateBadge } from '../../parts/state.tsx';
import { paths, type StartView } from '../../route.ts';
import { dateText, shortDateText } from '../../time.ts';
import { useAsk } from '../../use-ask.ts';
import { sentenceOf } from '../execution/waiting.ts';

const ROWS = 6;
const FRESH_MS = 10_000;
const STATES = ['FAILED', 'WARNING'];

export function FailedLately({ since, namespace }: StartView) {
  const query = new URLSearchParams([
    ['size', String(ROWS)],
    ['sort', 'state.startDate:desc'],
    ['state', STATES.join()],
    ['timeRange', since],
    ...(namespace ? [['namespace', namespace]] : []),
  ]);
  const { value } = useAsk(`failed ${query}`, () => searchWithReasons(query), { everyMs: FRESH_MS, keep: true });
  if (!value) return <p className="loading">Loading…</p>;
  if (value.total === 0) return <p className="empty">Nothing failed. What does stands here, the newest first.</p>;
  const now = Date.now();
  return (
    <>
      <ul className="now">
        {value.results.map(({ id, namespace: of, flowId, state, why }) => (
          <li key={id}>
            <span className="line">
              <Link to={paths.execution(id)} className="cut">
                <FlowName namespace={of} id={flowId} />
              </Link>
              <StateBadge state={state.current} />
              <span className="quiet" title={dateText(state.startDate)}>
                {shortDateText(state.startDate, now)}
              </span>
            </span>
            <span className="quiet why cut">{why && sentenceOf(why, now).text}</span>
          </li>
        ))}
      </ul>
      {value.total > value.results.length && (
        <Link to={paths.listOf({ states: STATES, since, namespace })}>All {value.total.toLocaleString()}</Link>
      )}
    </>
  );
}
