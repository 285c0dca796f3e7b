/**
 * Task runs over time: a tree of rows, each with the bars of its states and attempts. Bars of what runs grow while they are
 * looked at. Only rows in sight are drawn, so ten thousand iterations scroll as ten do.
 */
import { type KeyboardEvent, useEffect, useMemo, useState } from 'react';
import type { ExecutionView, TaskRunView } from '../api.ts';
import { spanText, useNow } from '../time.ts';
import { isLive, StateBadge } from './state.tsx';
import { barsOf, marksOf, type Row, rowsOf, spanOf } from './task-rows.ts';
import { useWindow } from './use-window.ts';

const ROW_PX = 28;
const ROWS_SEEN_MAX = 18;
const MARKS = 6;
const GROW_MS = 100;

interface GanttProps {
  readonly execution: ExecutionView;
  readonly chosen?: string;
  readonly onChoose: (taskRunId: string | undefined) => void;
}

export function Gantt({ execution, chosen, onChoose }: GanttProps) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const runs = execution.taskRunList ?? [];
  const rows = useMemo(() => rowsOf(runs, closed), [runs, closed]);
  const now = useNow(isLive(execution.state.current), GROW_MS);
  const span = spanOf(execution, now);
  const { box, onScroll, first, last } = useWindow(rows.length, ROW_PX);
  const place = chosen === undefined ? -1 : rows.findIndex(({ run }) => run.id === chosen);
  // A link may name a row far below: it is brought into sight, unless it is there already.
  useEffect(() => {
    const element = box.current;
    if (!element || place < 0) return;
    const top = place * ROW_PX;
    if (top < element.scrollTop || top + ROW_PX > element.scrollTop + element.clientHeight)
      element.scrollTop = Math.max(0, top - element.clientHeight / 2);
  }, [place, box]);
  const toggle = (id: string) =>
    setClosed((old) => (old.has(id) ? new Set([...old].filter((other) => other !== id)) : new Set(old).add(id)));
  if (rows.length === 0) return <p className="empty">No task has started yet. Rows appear here as tasks begin.</p>;
  return (
    <div className="gantt" role="tree" aria-label="Task runs">
      <Axis spanMs={span.to - span.from} />
      <div className="gantt-rows" ref={box} onScroll={onScroll} style={{ maxHeight: ROWS_SEEN_MAX * ROW_PX }}>
        <div style={{ height: rows.length * ROW_PX, position: 'relative' }}>
          {rows.slice(first, last).map((row, n) => (
            <GanttRow
              key={row.run.id}
              row={row}
              top={(first + n) * ROW_PX}
              span={span}
              open={!closed.has(row.run.id)}
              chosen={chosen === row.run.id}
              onChoose={() => onChoose(chosen === row.run.id ? undefined : row.run.id)}
              onToggle={() => toggle(row.run.id)}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

function Axis({ spanMs }: { readonly spanMs: number }) {
  return (
    <div className="gantt-axis" aria-hidden="true">
      <span className="gantt-name" />
      <span className="gantt-track">
        {marksOf(spanMs, MARKS).map((mark) => (
          <span key={mark} style={{ left: `${(mark / spanMs) * 100}%` }}>
            {mark === 0 ? '0' : spanText(mark)}
          </span>
        ))}
      </span>
      <span className="gantt-length" />
    </div>
  );
}

interface GanttRowProps {
  readonly row: Row;
  readonly top: number;
  readonly span: { readonly from: number; readonly to: number };
  readonly open: boolean;
  readonly chosen: boolean;
  readonly onChoose: () => void;
  readonly onToggle: () => void;
}

function GanttRow({ row: { run, depth, children }, top, span, open, chosen, onChoose, onToggle }: GanttRowProps) {
  const keys = (event: KeyboardEvent) => {
    if (children > 0 && event.key === (open ? 'ArrowLeft' : 'ArrowRight')) onToggle();
    else if (event.key === 'Enter' || event.key === ' ') onChoose();
    else return;
    event.preventDefault();
  };
  const attempts = run.attempts?.length ?? 0;
  return (
    <div
      className={`gantt-row${chosen ? ' chosen' : ''}`}
      role="treeitem"
      tabIndex={0}
      aria-level={depth + 1}
      aria-expanded={children > 0 ? open : undefined}
      aria-selected={chosen}
      style={{ top, height: ROW_PX }}
      data-task={run.taskId}
      data-state={run.state.current}
      onClick={onChoose}
      onKeyDown={keys}
    >
      <span className="gantt-name" style={{ paddingLeft: 8 + depth * 16 }} title={nameOf(run)}>
        <button
          type="button"
          className="fold"
          tabIndex={-1}
          aria-hidden={children === 0}
          style={{ visibility: children > 0 ? 'visible' : 'hidden' }}
          aria-label={open ? 'Fold' : 'Unfold'}
          onClick={(event) => {
            event.stopPropagation();
            onToggle();
          }}
        >
          {open ? '▾' : '▸'}
        </button>
        <span className="cut">{nameOf(run)}</span>
        {attempts > 1 && <span className="quiet"> attempt {attempts}</span>}
      </span>
      <span className="gantt-track">
        <Bars run={run} span={span} />
      </span>
      <span className="gantt-length">
        <StateBadge state={run.state.current} />
        <span>{lengthOf(run, span.to)}</span>
      </span>
    </div>
  );
}

function Bars({ run, span }: { readonly run: TaskRunView; readonly span: GanttRowProps['span'] }) {
  const whole = span.to - span.from;
  return barsOf(run).map(({ state, from, to = span.to, attempt }) => {
    const left = Math.min(100, Math.max(0, ((from - span.from) / whole) * 100));
    const width = Math.max(0, Math.min(100 - left, ((to - from) / whole) * 100));
    const title = `${attempt ? `attempt ${attempt}: ` : ''}${state}, ${spanText(to - from)}`;
    return (
      <span
        key={`${attempt ?? 0}/${from}/${state}`}
        className={`bar state-${state.toLowerCase()}`}
        title={title}
        style={{ left: `${left}%`, width: `${width}%` }}
      />
    );
  });
}

/** The task, and the value of the iteration that it belongs to. */
export const nameOf = (run: TaskRunView): string =>
  run.value === undefined ? run.taskId : `${run.taskId} · ${run.value}`;

const lengthOf = ({ state }: TaskRunView, now: number): string =>
  spanText((state.endDate ? Date.parse(state.endDate) : now) - Date.parse(state.startDate));
