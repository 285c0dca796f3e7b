/**
 * Task runs over time: a tree of rows, each with the bars of its states and attempts. Bars of what runs grow while they are
 * looked at. Only rows in sight are drawn, so ten thousand iterations scroll as ten do. The tree is one stop of the Tab key;
 * arrows move inside it.
 */
import { type KeyboardEvent, useEffect, useId, useMemo, useState } from 'react';
import type { ExecutionView } from '../../api.ts';
import { isLive } from '../../parts/state.tsx';
import { marksOf, moveOf, type Row, rowsOf, spanOf } from '../../parts/task-rows.ts';
import { bringIntoSight, useWindow, type Window } from '../../parts/use-window.ts';
import { markText, useNow } from '../../time.ts';
import { GanttRow, type Span } from './gantt-row.tsx';

const ROW_PX = 28;
const ROWS_SEEN_MAX = 18;
const MARKS = 6;
const GROW_MS = 100;
/** A mark further right has no room for its text. */
const MARK_PLACE_MAX = 0.86;

interface GanttProps {
  readonly execution: ExecutionView;
  readonly chosen?: string;
  readonly onChoose: (taskRunId: string | undefined) => void;
}

export function Gantt({ execution, chosen, onChoose }: GanttProps) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [active, setActive] = useState(chosen);
  const runs = execution.taskRunList ?? [];
  const rows = useMemo(() => rowsOf(runs, closed), [runs, closed]);
  const span = spanOf(execution, useNow(isLive(execution.state.current), GROW_MS));
  const view = useWindow(rows.length, ROW_PX);
  const idOf = useRowIds();
  const place = Math.max(0, active === undefined ? 0 : rows.findIndex(({ run }) => run.id === active));
  useInSight(view, chosen, rows);
  const toggle = (id: string) =>
    setClosed((old) => (old.has(id) ? new Set([...old].filter((other) => other !== id)) : new Set(old).add(id)));
  const choose = (id: string) => {
    setActive(id);
    onChoose(chosen === id ? undefined : id);
  };
  const keys = (event: KeyboardEvent) => {
    const row = rows[place]!;
    const move = moveOf(event.key, rows, place, closed.has(row.run.id));
    if (move === 'toggle') toggle(row.run.id);
    else if (move === 'choose') choose(row.run.id);
    else if (move === undefined) return;
    else {
      setActive(rows[move]!.run.id);
      bringIntoSight(view, move, ROW_PX);
    }
    event.preventDefault();
  };
  if (rows.length === 0) return <p className="empty">No task has started yet. Rows appear here as tasks begin.</p>;
  return (
    <div className={`gantt${rows.length > ROWS_SEEN_MAX ? ' scrolls' : ''}`}>
      <Axis span={span} />
      <div
        className="gantt-rows"
        role="tree"
        aria-label="Task runs"
        aria-activedescendant={idOf(rows[place]!.run.id)}
        tabIndex={0}
        ref={view.box}
        onScroll={view.onScroll}
        onKeyDown={keys}
        style={{ maxHeight: ROWS_SEEN_MAX * ROW_PX }}
      >
        <div style={{ height: rows.length * ROW_PX, position: 'relative' }}>
          {rows.slice(view.first, view.last).map((row, n) => (
            <GanttRow
              key={row.run.id}
              id={idOf(row.run.id)}
              row={row}
              top={(view.first + n) * ROW_PX}
              height={ROW_PX}
              span={span}
              open={!closed.has(row.run.id)}
              chosen={chosen === row.run.id}
              active={view.first + n === place}
              onChoose={() => choose(row.run.id)}
              onToggle={() => toggle(row.run.id)}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

/** Ids of rows as the document knows them. */
function useRowIds(): (taskRunId: string) => string {
  const tree = useId();
  return (taskRunId) => `${tree}-${taskRunId}`;
}

/** A link may name a row far below: it is brought into sight once, when it is there. */
function useInSight(view: Window, chosen: string | undefined, rows: readonly Row[]): void {
  const place = chosen === undefined ? -1 : rows.findIndex(({ run }) => run.id === chosen);
  const found = place >= 0;
  // What comes later moves rows, and must not move what the person looks at.
  useEffect(() => {
    if (found) bringIntoSight(view, place, ROW_PX, 4 * ROW_PX);
  }, [chosen, found]);
}

function Axis({ span }: { readonly span: Span }) {
  const ms = span.to - span.from;
  const marks = marksOf(ms, MARKS).filter((mark) => mark / ms <= MARK_PLACE_MAX);
  return (
    <div className="gantt-axis" aria-hidden="true">
      <span className="gantt-name" />
      <span className="gantt-track">
        {marks.map((mark) => (
          <span key={mark} style={{ left: `${(mark / ms) * 100}%` }}>
            {markText(mark)}
          </span>
        ))}
      </span>
      <span className="gantt-length" />
    </div>
  );
}
