/** One task run as a row: its name, its bars, its state and how long it took. */
import type { ReactNode } from 'react';
import type { TaskRunView } from '../../api.ts';
import { StateBadge } from '../../parts/state.tsx';
import { barsOf, nameOf, placeOf, type Row } from '../../parts/task-rows.ts';
import { spanText } from '../../time.ts';

export interface Span {
  readonly from: number;
  readonly to: number;
}

const INDENT_PX = 16;
/** What took no time is seen all the same, at the very end too. */
const LEAST_PX = 3;
/** Deeper rows stand no further right: their names need room. */
const INDENTS_MAX = 8;

interface GanttRowProps {
  readonly row: Row;
  /** The button that folds it. */
  readonly fold: ReactNode;
  readonly open: boolean;
  readonly span: Span;
}

export function GanttRow({ row: { run, depth, children }, fold, open, span }: GanttRowProps) {
  const attempts = run.attempts?.length ?? 0;
  return (
    <>
      <span
        className="gantt-name"
        style={{ paddingLeft: 8 + Math.min(depth, INDENTS_MAX) * INDENT_PX }}
        title={nameOf(run)}
      >
        {fold}
        <span className="cut">{nameOf(run)}</span>
        {attempts > 1 && <span className="quiet attempts">attempt {attempts}</span>}
        {children > 0 && !open && <span className="quiet attempts">{children.toLocaleString()} inside</span>}
      </span>
      <span className="gantt-track">
        <Bars run={run} span={span} />
      </span>
      <span className="gantt-length">
        <StateBadge state={run.state.current} />
        <span>{lengthOf(run, span.to)}</span>
      </span>
    </>
  );
}

function Bars({ run, span }: { readonly run: TaskRunView; readonly span: Span }) {
  return barsOf(run).map((bar) => {
    const { state, from, to = span.to, attempt } = bar;
    const { left, width } = placeOf(bar, span);
    const title = `${attempt ? `attempt ${attempt}: ` : ''}${state}, ${spanText(to - from)}`;
    return (
      <span
        key={`${attempt ?? 0}/${from}/${state}`}
        className={`bar state-${state.toLowerCase()}${bar.to === undefined ? ' grows' : ''}`}
        title={title}
        style={{ left: `min(${left}%, 100% - ${LEAST_PX}px)`, width: `max(${width}%, ${LEAST_PX}px)` }}
      />
    );
  });
}

const lengthOf = ({ state }: TaskRunView, now: number): string =>
  spanText((state.endDate ? Date.parse(state.endDate) : now) - Date.parse(state.startDate));
