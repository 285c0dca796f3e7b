/** What follows the end of an attempt: another one after a while, the whole execution anew, or the end of the task run. */
import type { TaskRun } from '../model/execution.ts';
import type { Task } from '../model/flow.ts';
import { entering, type State } from '../model/state.ts';
import type { Draft } from './draft.ts';
import { endTaskRun } from './end.ts';
import { renewalMs, retryDelayMs } from './retry.ts';
import { tolerated } from './tolerated.ts';

/** What may fail has ended well with its own last try, as Kestra's worker says: nobody around it tries it again. */
export const retryOf = (task: Task): Task['retry'] =>
  task.retry ?? (task.allowFailure ? undefined : task.inheritedRetry);

/** `taskRun` has the attempt's end already; `ref` names it. */
export function finishAttempt(draft: Draft, taskRun: TaskRun, ref: string, state: State): void {
  const task = draft.taskOf(taskRun);
  const retry = retryOf(task);
  if (state === 'FAILED' && retry && mayTryAgain(draft)) {
    if (retry.behavior === 'CREATE_NEW_EXECUTION') {
      const againMs = renewalMs(draft, retry);
      if (againMs !== undefined) {
        draft.head = { ...draft.head, againMs, ending: 'FAILED' };
        return endTaskRun(draft, taskRun, 'FAILED');
      }
    } else {
      const delayMs = retryDelayMs(retry, taskRun, ref, draft.nowMs);
      if (delayMs !== undefined) return waitForRetry(draft, taskRun, draft.nowMs + delayMs);
    }
  }
  const warned = state === 'SUCCESS' && task.retry?.warningOnRetry && taskRun.attempts.length > 1;
  endTaskRun(draft, taskRun, tolerated(warned ? 'WARNING' : state, task));
}

/** What is about to end, or has ended, tries nothing again. */
const mayTryAgain = ({ state, head }: Draft): boolean =>
  state !== 'KILLING' && head.ending === undefined && head.closing === undefined;

/** Its history says that it has failed, as Kestra's does; so does that of the execution, where the task is the flow's own. */
function waitForRetry(draft: Draft, taskRun: TaskRun, dueMs: number): void {
  const failed = entering(taskRun.history, 'FAILED', draft.nowMs);
  draft.put({ ...taskRun, dueMs, history: entering(failed, 'RETRYING', draft.nowMs) });
  draft.setTimer('retry', taskRun.id, dueMs);
  if (draft.state !== 'RUNNING') return;
  if (taskRun.parentId === undefined) draft.enter('FAILED', 'RETRYING');
  else draft.enter('RETRYING');
}
