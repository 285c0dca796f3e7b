/** Task runs as the rows of a tree, and each row's bars: pure, so that a test can hold them without a browser. */
import type { ExecutionView, StateView, TaskRunView } from '../api.ts';

export interface Row {
  readonly run: TaskRunView;
  readonly depth: number;
  readonly children: number;
}

export interface Bar {
  readonly state: string;
  readonly from: number;
  /** Absent: it still grows. */
  readonly to?: number;
  /** From 1; absent where there was one attempt only. */
  readonly attempt?: number;
}

const ROOT = '';

/** Parents before children, siblings in the order of the list. What stands below a closed row is left out. */
export function rowsOf(runs: readonly TaskRunView[], closed: ReadonlySet<string>): Row[] {
  const known = new Set(runs.map(({ id }) => id));
  const below = new Map<string, TaskRunView[]>();
  for (const run of runs) {
    const parent = run.parentTaskRunId !== undefined && known.has(run.parentTaskRunId) ? run.parentTaskRunId : ROOT;
    const siblings = below.get(parent);
    if (siblings) siblings.push(run);
    else below.set(parent, [run]);
  }
  const rows: Row[] = [];
  // A stack, not recursion: depth and width are the user's.
  const waiting = (below.get(ROOT) ?? []).map((run) => ({ run, depth: 0 })).reverse();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const children = below.get(next.run.id) ?? [];
    rows.push({ run: next.run, depth: next.depth, children: children.length });
    if (closed.has(next.run.id)) continue;
    for (let n = children.length - 1; n >= 0; n--) waiting.push({ run: children[n]!, depth: next.depth + 1 });
  }
  return rows;
}

const ENDS = new Set(['SUCCESS', 'WARNING', 'FAILED', 'KILLED', 'CANCELLED', 'RETRIED', 'SKIPPED']);

/** A bar for each time between two states; what came of it colours the running one. */
export function barsOf(run: TaskRunView): Bar[] {
  const attempts = run.attempts ?? [];
  if (attempts.length < 2) return barsOfHistory(run.state);
  return attempts.flatMap(({ state }, n) => barsOfHistory(state).map((bar) => ({ ...bar, attempt: n + 1 })));
}

function barsOfHistory({ histories }: StateView): Bar[] {
  const bars: Bar[] = [];
  histories.forEach(({ state, date }, n) => {
    const next = histories[n + 1];
    if (ENDS.has(state)) return;
    const became = state === 'RUNNING' && next && ENDS.has(next.state) ? next.state : state;
    bars.push({ state: became, from: Date.parse(date), to: next && Date.parse(next.date) });
  });
  return bars;
}

/** The time that is shown, from the start to the end or to `now`. */
export function spanOf(execution: ExecutionView, now: number): { readonly from: number; readonly to: number } {
  const from = Date.parse(execution.state.startDate);
  const end = execution.state.endDate ? Date.parse(execution.state.endDate) : now;
  return { from, to: Math.max(end, from + 1) };
}

/** Round steps of 1, 2 or 5 that give about `count` marks. */
export function marksOf(spanMs: number, count: number): number[] {
  const rough = spanMs / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough)!;
  return Array.from({ length: Math.floor(spanMs / step) + 1 }, (_, n) => n * step);
}
