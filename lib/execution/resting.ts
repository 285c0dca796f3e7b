/**
 * Iterations between two of their tasks: nothing lives in them, and what ended last was seen when nothing could follow, since the
 * execution was cut short or paused. Whoever lets it go on wakes them, or nobody would come back to them.
 */
import type { TaskRun } from '../model/execution.ts';
import type { Draft } from './draft.ts';
import { enabled } from './enabled.ts';

/** `taskRun`: of a flowable that lives. */
export function wakeWithIterations(draft: Draft, taskRun: TaskRun): void {
  const { id, memo, branch = 'tasks' } = taskRun;
  draft.wake(id);
  if (!isIteration(memo)) return;
  const resting = restingOf(draft, taskRun, branch);
  if (resting.length > 0 || memo.resting) draft.put({ ...taskRun, memo: { ...memo, resting } });
  for (const n of resting) draft.wake(id, n);
}

function restingOf(draft: Draft, taskRun: TaskRun, branch: string): readonly number[] {
  const all = enabled(draft.taskOf(taskRun).lists[branch]).length;
  const resting: number[] = [];
  const { created } = draft.scope(taskRun.id, branch);
  for (let n = 0; n < created; n++) {
    const { runs, live } = draft.scope(taskRun.id, branch, n);
    if (runs > 0 && runs < all && live === 0) resting.push(n);
  }
  return resting;
}

const isIteration = (memo: unknown): memo is { readonly values: readonly string[]; readonly resting?: unknown } =>
  typeof memo === 'object' && memo !== null && 'values' in memo;
