/** The flows that ran last: how each went over the span, and how long it takes. */
import { searchExecutions } from '../../api/executions.ts';
import { type ByFlow, countedOf, executionsByFlow } from '../../api/statistics.ts';
import { FlowLink } from '../../parts/flow-name.tsx';
import { Link } from '../../parts/link.tsx';
import { paths, type StartView } from '../../route.ts';
import { spanText } from '../../time.ts';
import { useAsk } from '../../use-ask.ts';
import { added, columnsOf, countsText, meanMsOf, totalOf } from './counts.ts';
import { Columns } from './over-time.tsx';

/** Among so many of the last executions. */
const LOOKED_AT = '100';
const FLOWS_MAX = 10;
const FRESH_MS = 10_000;

/** The statistics of all flows may be megabytes: they are asked of those alone that are shown. */
async function lately({ since, namespace }: StartView): Promise<ByFlow> {
  const of = countedOf(since, namespace);
  const query = new URLSearchParams({ size: LOOKED_AT, sort: 'state.startDate:desc', ...of });
  const { results } = await searchExecutions(query);
  const names = [...new Map(results.map((each) => [`${each.namespace}/${each.flowId}`, each])).values()];
  const flows = names.slice(0, FLOWS_MAX).map((each) => ({ namespace: each.namespace, id: each.flowId }));
  return flows.length > 0 ? executionsByFlow({ ...of, flows }) : {};
}

export function FlowsLately(view: StartView) {
  const { since } = view;
  const { value = {} } = useAsk(`lately ${since} ${view.namespace}`, () => lately(view), {
    everyMs: FRESH_MS,
    keep: true,
  });
  const rows = Object.entries(value)
    .flatMap(([namespace, flows]) => Object.entries(flows).map(([id, groups]) => rowOf(namespace, id, groups)))
    .sort((a, b) => b.total - a.total);
  if (rows.length === 0) return null;
  return (
    <>
      <h2>Flows that ran last</h2>
      <table className="flows-lately">
        <thead>
          <tr>
            <th>Flow</th>
            <th className="bars">Over time</th>
            <th className="number">Executions</th>
            <th className="number">Failed</th>
            <th className="number">Mean duration</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ namespace, id, columns, counts, total, meanMs }) => (
            <tr key={`${namespace}/${id}`}>
              <td>
                <FlowLink namespace={namespace} id={id} />
              </td>
              <td className="bars">
                <Columns
                  columns={columns}
                  most={Math.max(1, ...columns.map((column) => column.total))}
                  label={`Executions of ${id} over time: ${countsText(counts)}`}
                />
              </td>
              <td className="number">
                <Link to={paths.listOf({ namespace, flowId: id, since })}>{total.toLocaleString()}</Link>
              </td>
              <td className="number">
                {counts.FAILED === 0 ? (
                  <span className="quiet">none</span>
                ) : (
                  <Link to={paths.listOf({ namespace, flowId: id, since, states: ['FAILED'] })}>
                    {counts.FAILED.toLocaleString()}
                  </Link>
                )}
              </td>
              <td className="number">{meanMs === undefined ? '' : spanText(meanMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function rowOf(namespace: string, id: string, groups: ByFlow[string][string]) {
  const columns = columnsOf(groups);
  const counts = added(columns.map((column) => column.counts));
  return { namespace, id, columns, counts, total: totalOf(counts), meanMs: meanMsOf(groups) };
}
