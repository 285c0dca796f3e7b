/**
 * Scopes: what a step must know of many task runs without looking at each (E4). A scope is one list of tasks under one
 * parent, in one iteration; it counts. The iterations of a parent's list are counted in a scope of their own.
 */
import type { TaskRun } from '../model/execution.ts';
import { isEnded, stateOf } from '../model/state.ts';

export interface Scope {
  /** Task runs that were created; of a list with iterations: iterations. */
  created: number;
  /** Those that have not ended. */
  live: number;
  /** Task runs, iterations or not. */
  runs: number;
  liveRuns: number;
  failed: number;
  killed: number;
  warned: number;
}

export type Scopes = Map<string, Scope>;

export const scopeKey = (parentId: string | undefined, list: string, iteration?: number): string =>
  iteration === undefined ? `${parentId ?? ''}/${list}` : `${parentId ?? ''}/${list}/${iteration}`;

export const emptyScope = (): Scope => ({
  created: 0,
  live: 0,
  runs: 0,
  liveRuns: 0,
  failed: 0,
  killed: 0,
  warned: 0,
});

/**
 * Counts a task run that went from `before` (absent: it is new) to `after` (absent: it is taken away). `scopeOf` gives scopes
 * that may be changed.
 */
export function count(scopeOf: (key: string) => Scope, before: TaskRun | undefined, after: TaskRun | undefined): void {
  const { parentId, list, iteration } = (after ?? before)!;
  const scope = scopeOf(scopeKey(parentId, list, iteration));
  const [had, hadLive] = [scope.runs > 0, scope.liveRuns > 0];
  add(scope, before, -1);
  add(scope, after, 1);
  scope.created = scope.runs;
  scope.live = scope.liveRuns;
  if (iteration === undefined) return;
  const all = scopeOf(scopeKey(parentId, list));
  add(all, before, -1);
  add(all, after, 1);
  all.created += Number(scope.runs > 0) - Number(had);
  all.live += Number(scope.liveRuns > 0) - Number(hadLive);
}

function add(scope: Scope, taskRun: TaskRun | undefined, by: 1 | -1): void {
  if (!taskRun) return;
  const state = stateOf(taskRun.history);
  scope.runs += by;
  if (!isEnded(state)) scope.liveRuns += by;
  switch (state) {
    case 'FAILED':
    case 'CANCELLED':
      scope.failed += by;
      break;
    case 'KILLED':
      scope.killed += by;
      break;
    case 'WARNING':
      scope.warned += by;
      break;
    default:
  }
}
