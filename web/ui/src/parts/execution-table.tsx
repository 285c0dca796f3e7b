/** Executions as a table: newest first, fresh by itself, a page at a time. */
import type { ReactNode } from 'react';
import { type ExecutionView, searchExecutions } from '../api.ts';
import { paths } from '../route.ts';
import { dateText, shortDateText, spanText, useNow } from '../time.ts';
import { useAsk } from '../use-ask.ts';
import { FlowName } from './flow-name.tsx';
import { Link } from './link.tsx';
import { Pager } from './pager.tsx';
import { isLive, StateBadge } from './state.tsx';

const SIZE = 50;
const FRESH_MS = 2_000;
const TOTAL_MAX = 10_000;
const ID_CHARS = 8;

interface ExecutionTableProps {
  readonly filter: Readonly<Record<string, string>>;
  /** From 1. */
  readonly number: number;
  readonly onTurn: (number: number) => void;
  /** What stands there instead when there is none. */
  readonly empty: ReactNode;
  /** Where all are of one flow its name says nothing. */
  readonly ofOneFlow?: boolean;
}

export function ExecutionTable({ filter, number, onTurn, empty, ofOneFlow = false }: ExecutionTableProps) {
  const query = new URLSearchParams({
    size: String(SIZE),
    page: String(number),
    sort: 'state.startDate:desc',
    ...filter,
  });
  const { value, error } = useAsk(query.toString(), () => searchExecutions(query), { everyMs: FRESH_MS, keep: true });
  const now = useNow(value?.results.some(({ state }) => isLive(state.current)) ?? false, 1_000);
  if (!value) return error ? <p className="error">{error}</p> : <p className="loading">Loading…</p>;
  return (
    <>
      {error && <p className="error">{error}</p>}
      {value.total === 0 ? (
        <div className="empty">{empty}</div>
      ) : (
        <>
          <table className="executions">
            <thead>
              <tr>
                <th className="id">Execution</th>
                {!ofOneFlow && <th>Flow</th>}
                <th className="state-column">State</th>
                <th className="start">Start</th>
                <th className="span">Duration</th>
              </tr>
            </thead>
            <tbody>
              {value.results.map((execution) => (
                <ExecutionRow key={execution.id} execution={execution} now={now} ofOneFlow={ofOneFlow} />
              ))}
            </tbody>
          </table>
          <Pager
            total={value.total}
            totalMax={TOTAL_MAX}
            size={SIZE}
            number={number}
            noun={['execution', 'executions']}
            words={['Newer', 'Older']}
            onTurn={onTurn}
          />
        </>
      )}
    </>
  );
}

interface ExecutionRowProps {
  readonly execution: ExecutionView;
  readonly now: number;
  readonly ofOneFlow: boolean;
}

function ExecutionRow({ execution, now, ofOneFlow }: ExecutionRowProps) {
  const { id, namespace, flowId, state } = execution;
  return (
    <tr>
      <td>
        <Link to={paths.execution(id)} className="mono" title={id}>
          {id.slice(0, ID_CHARS)}
        </Link>
      </td>
      {!ofOneFlow && (
        <td>
          <Link to={paths.flow(namespace, flowId)}>
            <FlowName namespace={namespace} id={flowId} />
          </Link>
        </td>
      )}
      <td>
        <StateBadge state={state.current} />
      </td>
      <td title={dateText(state.startDate)}>{shortDateText(state.startDate, now)}</td>
      <td>{spanText((state.endDate ? Date.parse(state.endDate) : now) - Date.parse(state.startDate))}</td>
    </tr>
  );
}
