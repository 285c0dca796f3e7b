/** A reopened execution goes on: what was restarted is tried again, flowables that hold nothing yet begin, the others are looked at. */
import type { TaskRun } from '../../model/execution.ts';
import type { Task } from '../../model/flow.ts';
import { stateOf } from '../../model/state.ts';
import { begin, beginIfMeant, limit } from '../begin.ts';
import { awaitCall, calledBy } from '../call.ts';
import type { Draft } from '../draft.ts';
import { failTaskRun } from '../end.ts';
import { reasonOf } from '../look.ts';
import { wakeWithIterations } from '../resting.ts';

/** `called`: executions that are restarted with it. */
export function goOn(draft: Draft, called: readonly string[] = []): void {
  const restarted = new Set(called);
  draft.enter('RUNNING');
  for (const taskRun of [...draft.live()]) {
    const task = draft.taskOf(taskRun);
    const { reason: _, outputs: __, ...fresh } = taskRun;
    const again = stateOf(taskRun.history) === 'RESTARTED';
    if (again && restarted.has(calledBy(taskRun))) goOnWaiting(draft, task, taskRun);
    else if (again) beginIfMeant(draft, task, fresh);
    else if (draft.childrenOf(taskRun.id).length === 0) begin(draft, task, taskRun);
    else goOnInside(draft, task, taskRun);
  }
  draft.wake(undefined);
}

function goOnWaiting(draft: Draft, task: Task, { reason: _, ...taskRun }: TaskRun): void {
  try {
    limit(draft, task, taskRun);
    awaitCall(draft, taskRun);
  } catch (error) {
    failTaskRun(draft, taskRun, reasonOf(error));
  }
}

function goOnInside(draft: Draft, task: Task, taskRun: TaskRun): void {
  try {
    limit(draft, task, taskRun);
    wakeWithIterations(draft, taskRun);
  } catch (error) {
    failTaskRun(draft, taskRun, reasonOf(error));
  }
}
