/** Columns of executions over time, in their kinds; what they show stands in a table too, for whoever cannot see them. */
import { Link } from '../../parts/link.tsx';
import { paths } from '../../route.ts';
import {
  added,
  type Column,
  columnText,
  countsText,
  KIND_TEXTS,
  KINDS,
  piecesOf,
  roundAbove,
  STATES_OF,
} from './counts.ts';

const HEIGHT = 100;
/** Between columns, as a part of one: a few would be beams. */
const GAP = 0.16;
const GAP_OF_FEW = 0.5;
const FEW = 12;
/** One execution must not fill it. */
const MOST_MIN = 4;
/** A thin line all the same. */
const LEAST = 0.012;

interface OverTimeProps {
  readonly columns: readonly Column[];
  /** What the lists behind the numbers are narrowed to. */
  readonly since: string;
  readonly namespace: string;
}

export function OverTime({ columns, since, namespace }: OverTimeProps) {
  const sums = added(columns.map(({ counts }) => counts));
  const most = roundAbove(Math.max(...columns.map(({ total }) => total), MOST_MIN));
  const marked = [columns[0], columns[Math.floor(columns.length / 2)], columns.at(-1)];
  return (
    <figure className="over-time">
      <ul className="legend">
        {KINDS.filter((kind) => sums[kind] > 0 || kind === 'SUCCESS' || kind === 'FAILED').map((kind) => (
          <li key={kind} className={classOf(kind)}>
            <Link to={paths.listOf({ states: STATES_OF[kind], since, namespace })}>
              <strong>{sums[kind].toLocaleString()}</strong> {KIND_TEXTS[kind]}
            </Link>
          </li>
        ))}
      </ul>
      <div className="plot">
        <span className="most">{most.toLocaleString()}</span>
        <Columns columns={columns} most={most} label={`Executions over time: ${countsText(sums)}`} />
      </div>
      <div className="marks" aria-hidden="true">
        {marked.map((column, n) => column && <span key={n}>{columnText(column)}</span>)}
      </div>
      <details>
        <summary>As a table</summary>
        <CountTable columns={columns} />
      </details>
    </figure>
  );
}

export const classOf = (kind: string): string => `kind state-${kind === 'LIVE' ? 'running' : kind.toLowerCase()}`;

interface ColumnsProps {
  readonly columns: readonly Column[];
  readonly most: number;
  readonly label: string;
}

export function Columns({ columns, most, label }: ColumnsProps) {
  const gap = columns.length <= FEW ? GAP_OF_FEW : GAP;
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${Math.max(1, columns.length)} ${HEIGHT}`}
      preserveAspectRatio="none"
    >
      {columns.map((column, n) => (
        <g key={column.startDate}>
          <title>{`${columnText(column)}: ${countsText(column.counts)}`}</title>
          <rect className="ground" x={n} y={0} width={1} height={HEIGHT} />
          {piecesOf(column.counts, most, LEAST).map(({ kind, from, height }) => (
            <rect
              key={kind}
              className={classOf(kind)}
              x={n + gap / 2}
              y={(1 - from - height) * HEIGHT}
              width={1 - gap}
              height={height * HEIGHT}
            />
          ))}
        </g>
      ))}
    </svg>
  );
}

function CountTable({ columns }: { readonly columns: readonly Column[] }) {
  return (
    <div className="scrolls-aside">
      <table>
        <thead>
          <tr>
            <th>From</th>
            {KINDS.map((kind) => (
              <th key={kind}>{KIND_TEXTS[kind]}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {columns.map((column) => (
            <tr key={column.startDate}>
              <td>{columnText(column)}</td>
              {KINDS.map((kind) => (
                <td key={kind}>{column.counts[kind].toLocaleString()}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
