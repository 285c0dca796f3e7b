/** Executions as a table: newest first, fresh by itself, a page at a time. */
import { useState } from 'react';
import { type ExecutionView, searchExecutions } from '../api.ts';
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
            <ExecutionRow key={execution.id} execution={execution} now={now} />
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

function ExecutionRow({ execution, now }: { readonly execution: ExecutionView; readonly now: number }) {
  const { id, namespace, flowId, state } = execution;
  return (
    <tr>
      <td>
        <Link to={paths.execution(id)} className="mono">
          {id.slice(0, 8)}
        </Link>
      </td>
      <td>
        <Link to={paths.flow(namespace, flowId)}>{flowId}</Link>
      </td>
      <td>{namespace}</td>
      <td>
        <StateBadge state={state.current} />
      </td>
      <td>{dateText(state.startDate)}</td>
      <td>{spanText((state.endDate ? Date.parse(state.endDate) : now) - Date.parse(state.startDate))}</td>
    </tr>
  );
}
