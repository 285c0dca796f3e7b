/** How executions went in each namespace, as lengths beside each other. */
import { countedOf, executionsByNamespace } from '../../api/statistics.ts';
import { Link } from '../../parts/link.tsx';
import { paths, type StartView } from '../../route.ts';
import { useAsk } from '../../use-ask.ts';
import { type Counts, countsOf, countsText, KINDS } from './counts.ts';
import { classOf } from './over-time.tsx';

const FRESH_MS = 10_000;
const ROWS_MAX = 12;

export function Namespaces({ since, namespace }: StartView) {
  const of = countedOf(since, namespace);
  const { value = {} } = useAsk(`by namespace ${since} ${namespace}`, () => executionsByNamespace(of), {
    everyMs: FRESH_MS,
    keep: true,
  });
  const rows = Object.entries(value).sort(([, a], [, b]) => b.total - a.total);
  const most = rows[0]?.[1].total ?? 1;
  // One says nothing that does not stand above.
  if (rows.length < 2) return null;
  return (
    <>
      <h2>By namespace</h2>
      <table className="namespaces">
        <thead>
          <tr>
            <th>Namespace</th>
            <th className="bars">How they ended</th>
            <th className="number">Executions</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, ROWS_MAX).map(([name, { counts, total }]) => (
            <tr key={name}>
              <td className="cut">
                <Link to={paths.startOf({ since, namespace: name })}>{name}</Link>
              </td>
              <td className="bars">
                <Lengths counts={countsOf(counts)} most={most} name={name} />
              </td>
              <td className="number">
                <Link to={paths.listOf({ namespace: name, since })}>{total.toLocaleString()}</Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > ROWS_MAX && (
        <p className="hint">
          The {ROWS_MAX} with the most of {rows.length} namespaces.
        </p>
      )}
    </>
  );
}

interface LengthsProps {
  readonly counts: Counts;
  readonly most: number;
  readonly name: string;
}

function Lengths({ counts, most, name }: LengthsProps) {
  const said = countsText(counts);
  return (
    <span className="lengths" role="img" aria-label={`${name}: ${said}`} title={said}>
      {KINDS.filter((kind) => counts[kind] > 0).map((kind) => (
        <span key={kind} className={classOf(kind)} style={{ width: `${(counts[kind] / most) * 100}%` }} />
      ))}
    </span>
  );
}
