/**
 * Scopes: what a step must know of many task runs without looking at each (E4). A scope is one list of tasks under one
 * parent, in one iteration; it counts. The iterations of a parent's list are counted in a scope of their own.
 */
import type { TaskRun } from '../model/execution.ts';
import { isEnded, stateOf } from '../model/state.ts';

export interface Scope {
  /** Task runs that were created. */
  created: number;
  /** Those that have not ended. */
  live: number;
  failed: number;
  killed: number;
  warned: number;
}

/** Of a list with iterations: `created` and `live` count iterations, the others task runs. */
export type Scopes = Map<string, Scope>;

export const scopeKey = (parentId: string | undefined, list: string, iteration?: number): string =>
  iteration === undefined ? `${parentId ?? ''}/${list}` : `${parentId ?? ''}/${list}/${iteration}`;

export const emptyScope = (): Scope => ({ created: 0, live: 0, failed: 0, killed: 0, warned: 0 });

/** Counts a task run that went from `before` (absent: it is new) to `after`. `scopeOf` gives scopes that may be changed. */
export function count(scopeOf: (key: string) => Scope, before: TaskRun | undefined, after: TaskRun): void {
  const { parentId, list, iteration } = after;
  const scope = scopeOf(scopeKey(parentId, list, iteration));
  const wasLive = scope.live > 0;
  const isFirst = scope.created === 0;
  countIn(scope, before, after);
  if (iteration === undefined) return;
  const all = scopeOf(scopeKey(parentId, list));
  if (isFirst) all.created++;
  if (scope.live > 0 && !wasLive) all.live++;
  if (scope.live === 0 && wasLive) all.live--;
  countEnds(all, before, after);
}

function countIn(scope: Scope, before: TaskRun | undefined, after: TaskRun): void {
  if (!before) scope.created++;
  const wasLive = before !== undefined && !isEnded(stateOf(before.history));
  const live = !isEnded(stateOf(after.history));
  if (live !== wasLive) scope.live += live ? 1 : -1;
  countEnds(scope, before, after);
}

function countEnds(scope: Scope, before: TaskRun | undefined, after: TaskRun): void {
  if (before) add(scope, before, -1);
  add(scope, after, 1);
}

function add(scope: Scope, taskRun: TaskRun, by: 1 | -1): void {
  switch (stateOf(taskRun.history)) {
    case 'FAILED':
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
