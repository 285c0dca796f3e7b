/** Pauses: a Pause task run that stands still, an execution that somebody has paused, and how both go on. */

import type { TaskRun } from '../model/execution.ts';
import { entering, isEnded, stateOf } from '../model/state.ts';
import type { Draft } from './draft.ts';
import type { Beginning } from './flowable/flowable.ts';
import { wakeWithIterations } from './resting.ts';

/** The task run stands still, and its execution is shown as paused, although other branches of it go on. */
export function beginPause(draft: Draft, taskRun: TaskRun, { dueMs }: Extract<Beginning, { kind: 'pauses' }>): void {
  draft.put({
    ...taskRun,
    history: entering(taskRun.history, 'PAUSED', draft.nowMs),
    ...(dueMs === undefined ? {} : { dueMs }),
  });
  if (dueMs !== undefined) draft.setTimer('pause', taskRun.id, dueMs);
  if (draft.state === 'RUNNING' || draft.state === 'RETRYING') draft.enter('PAUSED');
}

/** A Pause goes on with its tasks. `by`: who has resumed it; absent where its time was over. */
export function endPause(
  draft: Draft,
  paused: TaskRun,
  resumed: { readonly by?: string; readonly inputs?: Readonly<Record<string, unknown>> },
): void {
  const { by, inputs } = resumed;
  const { dueMs, ...taskRun } = paused;
  if (dueMs !== undefined) draft.dropTimer('pause', taskRun.id);
  draft.put({
    ...taskRun,
    history: entering(taskRun.history, 'RUNNING', draft.nowMs),
    outputs: {
      ...taskRun.outputs,
      ...(inputs ? { onResume: inputs } : {}),
      resumed: { ...(by === undefined ? {} : { by }), on: new Date(draft.nowMs).toISOString(), to: 'RUNNING' },
    },
  });
  draft.wake(taskRun.id);
  leavePaused(draft);
}

/** The execution is shown as paused for as long as anything in it is. */
export function leavePaused(draft: Draft): void {
  if (draft.state !== 'PAUSED' || draft.head.heldBy !== undefined || firstPaused(draft)) return;
  draft.enter('RESTARTED', 'RUNNING');
}

export function firstPaused(draft: Draft): TaskRun | undefined {
  let first: TaskRun | undefined;
  for (const taskRun of draft.live())
    if (stateOf(taskRun.history) === 'PAUSED' && (!first || taskRun.index < first.index)) first = taskRun;
  return first;
}

/** Nothing new begins in the execution. */
export function hold(draft: Draft, principal: string): void {
  draft.head = { ...draft.head, heldBy: principal };
  if (draft.state !== 'PAUSED') draft.enter('PAUSED');
}

/** What was held begins: task runs that wait for their next try too, if their time has come meanwhile. */
export function letGo(draft: Draft): void {
  const { heldBy: _, ...head } = draft.head;
  draft.head = head;
  leavePaused(draft);
  for (const taskRun of [...draft.live()]) {
    const { id, history, dueMs } = taskRun;
    if (stateOf(history) === 'RETRYING') draft.setTimer('retry', id, Math.max(dueMs ?? 0, draft.nowMs));
    else if (draft.taskOf(taskRun).kind === 'flowable') wakeWithIterations(draft, taskRun);
  }
  draft.wake(undefined);
}

export const isPaused = (draft: Draft): boolean => !isEnded(draft.state) && draft.state === 'PAUSED';
