/** Task runs as the rows of a tree, and each row's bars: pure, so that a test can hold them without a browser. */
import type { ExecutionView, StateView, TaskRunView } from '../api.ts';
import type { TreeRow } from './tree-keys.ts';

export interface Row extends TreeRow {
  readonly run: TaskRunView;
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
    rows.push({ uid: next.run.id, run: next.run, depth: next.depth, children: children.length });
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
    const became = state === 'RUNNING' && next ? cameOf(next.state) : state;
    bars.push({ state: became, from: Date.parse(date), to: next && Date.parse(next.date) });
  });
  return bars;
}

function cameOf(next: string): string {
  // What is tried again has failed.
  if (next === 'RETRYING') return 'FAILED';
  return ENDS.has(next) ? next : 'RUNNING';
}

/** In percent of the span. Clocks differ by a little: what begins before it or ends behind it is cut. */
export function placeOf(
  { from, to }: Bar,
  span: { readonly from: number; readonly to: number },
): { readonly left: number; readonly width: number } {
  const percent = (ms: number) => Math.min(100, Math.max(0, ((ms - span.from) / (span.to - span.from)) * 100));
  const left = percent(from);
  return { left, width: Math.max(0, percent(to ?? span.to) - left) };
}

/** The task, and the value of the iteration that it belongs to. */
export const nameOf = (run: TaskRunView): string =>
  run.value === undefined ? run.taskId : `${run.taskId} · ${run.value}`;

/** The time that is shown, from the start to the end or to `now`. */
export function spanOf(execution: ExecutionView, now: number): { readonly from: number; readonly to: number } {
  const from = Date.parse(execution.state.startDate);
  const end = execution.state.endDate ? Date.parse(execution.state.endDate) : now;
  return { from, to: Math.max(end, from + 1) };
}

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
/** Beyond a second people count in sixties. */
const STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 3, 6, 12, 24, 48, 168].map((hours) => hours * HOUR_MS),
];

/** Round steps that give about `count` marks. */
export function marksOf(spanMs: number, count: number): number[] {
  const rough = spanMs / count;
  const step = rough < SECOND_MS ? decimalStep(rough) : (STEPS_MS.find((ms) => ms >= rough) ?? decimalStep(rough));
  return Array.from({ length: Math.floor(spanMs / step) + 1 }, (_, n) => n * step);
}

function decimalStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough)!;
}
