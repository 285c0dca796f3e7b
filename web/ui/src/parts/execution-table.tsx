/** Executions as a table: newest first, fresh by itself, a page at a time. */
import { useState } from 'react';
import { searchExecutions } from '../api.ts';
import { paths } from '../route.ts';
import { dateText, spanText, useNow } from '../time.ts';
import { useAsk } from '../use-ask.ts';
import { Link } from './link.tsx';
import { isLive, StateBadge } from './state.tsx';

const SIZE = 50;
const FRESH_MS = 2_000;
/** The server counts no further. */
const TOTAL_MAX = 10_000;

export function ExecutionTable({ filter }: { readonly filter: Readonly<Record<string, string>> }) {
  const [page, setPage] = useState(1);
  const query = new URLSearchParams({
    size: String(SIZE),
    page: String(page),
    sort: 'state.startDate:desc',
    ...filter,
  });
  const { value, error } = useAsk(query.toString(), () => searchExecutions(query), FRESH_MS);
  const now = useNow(value?.results.some(({ state }) => isLive(state.current)) ?? false, 1_000);
  if (error && !value) return <p className="error">{error}</p>;
  if (!value) return null;
  if (value.total === 0)
    return (
      <div className="empty">
        <p>Nothing has run yet. Run a flow from its page, or by the command line:</p>
        <pre>npx windhover run my-flow.yaml --follow</pre>
      </div>
    );
  const pages = Math.ceil(value.total / SIZE);
  return (
    <>
      {error && <p className="error">{error}</p>}
      <table>
        <thead>
          <tr>
            <th>Execution</th>
            <th>Flow</th>
            <th>Namespace</th>
            <th>State</th>
            <th>Start</th>
            <th>Duration</th>
          </tr>
        </thead>
        <tbody>
          {value.results.map((execution) => (
            <tr key={execution.id}>
              <td>
                <Link to={paths.execution(execution.id)} className="mono">
                  {execution.id.slice(0, 8)}
                </Link>
              </td>
              <td>
                <Link to={paths.flow(execution.namespace, execution.flowId)}>{execution.flowId}</Link>
              </td>
              <td>{execution.namespace}</td>
              <td>
                <StateBadge state={execution.state.current} />
              </td>
              <td>{dateText(execution.state.startDate)}</td>
              <td>
                {spanText(
                  (execution.state.endDate ? Date.parse(execution.state.endDate) : now) -
                    Date.parse(execution.state.startDate),
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="pages">
        {value.total >= TOTAL_MAX ? `${TOTAL_MAX.toLocaleString()}+` : value.total.toLocaleString()} executions
        {pages > 1 && (
          <>
            <button type="button" disabled={page <= 1} onClick={() => setPage(page - 1)}>
              Newer
            </button>
            {page} / {pages}
            <button type="button" disabled={page >= pages} onClick={() => setPage(page + 1)}>
              Older
            </button>
          </>
        )}
      </p>
    </>
  );
}
