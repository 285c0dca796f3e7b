/** A reopened execution goes on: what was restarted is tried again, flowables that hold nothing yet begin, the others are looked at. */
import type { TaskRun } from '../../model/execution.ts';
import { stateOf } from '../../model/state.ts';
import { begin } from '../begin.ts';
import type { Draft } from '../draft.ts';

export function goOn(draft: Draft): void {
  draft.enter('RUNNING');
  for (const taskRun of [...draft.live()]) {
    const task = draft.taskOf(taskRun);
    const { reason: _, outputs: __, ...fresh } = taskRun;
    if (stateOf(taskRun.history) === 'RESTARTED') begin(draft, task, fresh);
    else if (draft.childrenOf(taskRun.id).length === 0) begin(draft, task, taskRun);
    else wakeIterations(draft, taskRun);
  }
  draft.wake(undefined);
}

/** One that was cut short between two of its tasks has nothing that lives, and nobody would come back to it. */
function wakeIterations(draft: Draft, taskRun: TaskRun): void {
  const { id, memo, branch = 'tasks' } = taskRun;
  const resting: number[] = [];
  const { created } = draft.scope(id, branch);
  for (let n = 0; n < created; n++)
    if (draft.scope(id, branch, n).runs > 0 && draft.scope(id, branch, n).live === 0) resting.push(n);
  if (isIteration(memo)) draft.put({ ...taskRun, memo: { ...memo, resting } });
  draft.wake(id);
  for (const n of resting) draft.wake(id, n);
}

const isIteration = (memo: unknown): memo is { readonly values: readonly string[] } =>
  typeof memo === 'object' && memo !== null && 'values' in memo;
