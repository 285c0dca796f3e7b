/** Executions as a table: newest first, fresh by itself, a page at a time. Rows may be chosen, to do something to all of them. */
import { type ReactNode, useState } from 'react';
import { searchExecutions } from '../../api/executions.ts';
import type { ExecutionView, PageOf } from '../../api.ts';
import { FlowLink } from '../../parts/flow-name.tsx';
import { Link } from '../../parts/link.tsx';
import { Pager } from '../../parts/pager.tsx';
import { Reached } from '../../parts/reached.tsx';
import { shortId } from '../../parts/short-id.ts';
import { isLive, StateBadge } from '../../parts/state.tsx';
import { toggled } from '../../parts/toggled.ts';
import { paths } from '../../route.ts';
import { dateText, shortDateText, spanText, useNow } from '../../time.ts';
import { useAsk } from '../../use-ask.ts';

const SIZE = 50;
const FRESH_MS = 2_000;
const TOTAL_MAX = 10_000;

/** What narrows a search, as its query says it. */
export type Filter = readonly (readonly [name: string, value: string])[];

/** Which rows are chosen. */
export interface Choosing {
  readonly chosen: ReadonlySet<string>;
  readonly choose: (chosen: ReadonlySet<string>) => void;
}

interface ExecutionTableProps {
  readonly filter: Filter;
  /** From 1. Absent: the table turns its pages by itself. */
  readonly number?: number;
  readonly onTurn?: (number: number) => void;
  /** Rows of a page. */
  readonly size?: number;
  /** What stands there instead when there is none. */
  readonly empty: ReactNode;
  /** Where all are of one flow its name says nothing. */
  readonly ofOneFlow?: boolean;
  /** Where there is more to be seen. */
  readonly more?: string;
  readonly choosing?: Choosing;
  /** Hears how many there are. */
  readonly children?: (page: PageOf<ExecutionView>, again: () => void) => ReactNode;
}

export function ExecutionTable({ filter, size = SIZE, empty, children, ...shown }: ExecutionTableProps) {
  const [own, setOwn] = useState(1);
  const { number = own, onTurn = setOwn, ofOneFlow = false, more, choosing } = shown;
  const query = new URLSearchParams([
    ['size', String(size)],
    ['page', String(number)],
    ['sort', 'state.startDate:desc'],
    ...filter.map(([name, value]) => [name, value]),
  ]);
  const { value, error, again } = useAsk(query.toString(), () => searchExecutions(query), {
    everyMs: FRESH_MS,
    keep: true,
  });
  if (!value) return error ? <p className="error">{error}</p> : <p className="loading">Loading…</p>;
  return (
    <>
      {error && <p className="error">{error}</p>}
      {children?.(value, again)}
      <Reached reached={value.reached} narrow="A flow, a state or a shorter time finds what is older." />
      {value.total === 0 ? (
        <div className="empty">{empty}</div>
      ) : (
        <>
          <Rows results={value.results} ofOneFlow={ofOneFlow} choosing={choosing} />
          {size < SIZE ? (
            value.total > size && more && <Link to={more}>All {value.total.toLocaleString()} executions</Link>
          ) : (
            <Pager
              total={value.total}
              totalMax={TOTAL_MAX}
              size={size}
              number={number}
              noun={['execution', 'executions']}
              words={['Newer', 'Older']}
              onTurn={onTurn}
            />
          )}
        </>
      )}
    </>
  );
}

interface RowsProps {
  readonly results: readonly ExecutionView[];
  readonly ofOneFlow: boolean;
  readonly choosing?: Choosing;
}

function Rows({ results, ofOneFlow, choosing }: RowsProps) {
  const now = useNow(
    results.some(({ state }) => isLive(state.current)),
    1_000,
  );
  const all = choosing && results.every(({ id }) => choosing.chosen.has(id));
  return (
    <table className="executions">
      <thead>
        <tr>
          {choosing && (
            <th className="check">
              <input
                type="checkbox"
                aria-label="Choose all of this page"
                checked={all}
                onChange={() => choosing.choose(new Set(all ? [] : results.map(({ id }) => id)))}
              />
            </th>
          )}
          <th className="id">Execution</th>
          {!ofOneFlow && <th>Flow</th>}
          <th className="state-column">State</th>
          <th className="start">Start</th>
          <th className="span">Duration</th>
        </tr>
      </thead>
      <tbody>
        {results.map((execution) => (
          <ExecutionRow key={execution.id} {...{ execution, now, ofOneFlow, choosing }} />
        ))}
      </tbody>
    </table>
  );
}

interface ExecutionRowProps {
  readonly execution: ExecutionView;
  readonly now: number;
  readonly ofOneFlow: boolean;
  readonly choosing?: Choosing;
}

function ExecutionRow({ execution, now, ofOneFlow, choosing }: ExecutionRowProps) {
  const { id, namespace, flowId, state } = execution;
  return (
    <tr>
      {choosing && (
        <td className="check">
          <input
            type="checkbox"
            aria-label={`Choose ${flowId} ${id}`}
            checked={choosing.chosen.has(id)}
            onChange={() => choosing.choose(toggled(choosing.chosen, id))}
          />
        </td>
      )}
      <td>
        <Link to={paths.execution(id)} className="mono" title={id}>
          {shortId(id)}
        </Link>
      </td>
      {!ofOneFlow && (
        <td>
          <FlowLink namespace={namespace} id={flowId} />
        </td>
      )}
      <td>
        <StateBadge state={state.current} />
      </td>
      <td className="start" title={dateText(state.startDate)}>
        {shortDateText(state.startDate, now)}
      </td>
      <td className="span">
        {spanText((state.endDate ? Date.parse(state.endDate) : now) - Date.parse(state.startDate))}
      </td>
    </tr>
  );
}
