/**
 * Task runs over time: a tree of rows, each with the bars of its states and attempts. Bars of what runs grow while they are
 * looked at.
 */
import { useMemo } from 'react';
import type { ExecutionView } from '../../api.ts';
import { isLive } from '../../parts/state.tsx';
import { marksOf, rowsOf, spanOf } from '../../parts/task-rows.ts';
import { ROWS_SEEN_MAX, Tree, useFolds } from '../../parts/tree.tsx';
import { markText, useNow } from '../../time.ts';
import { GanttRow, type Span } from './gantt-row.tsx';

const ROW_PX = 28;
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
  const folds = useFolds();
  const { folded } = folds;
  const runs = execution.taskRunList ?? [];
  const rows = useMemo(() => rowsOf(runs, folded), [runs, folded]);
  const span = spanOf(execution, useNow(isLive(execution.state.current), GROW_MS));
  if (rows.length === 0) return <p className="empty">No task has started yet. Rows appear here as tasks begin.</p>;
  return (
    <div className={`gantt${rows.length > ROWS_SEEN_MAX ? ' scrolls' : ''}`}>
      <Axis span={span} />
      <Tree
        label="Task runs"
        rows={rows}
        rowPx={ROW_PX}
        folds={folds}
        isChosen={({ uid }) => uid === chosen}
        onChoose={({ uid }) => onChoose(uid === chosen ? undefined : uid)}
        attributesOf={({ run }) => ({
          className: 'gantt-row',
          'data-task': run.taskId,
          'data-state': run.state.current,
        })}
        draw={(row, fold) => <GanttRow row={row} fold={fold} open={!folded.has(row.uid)} span={span} />}
      />
    </div>
  );
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
