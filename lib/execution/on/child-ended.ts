/** The execution that a task run has called has ended: so does the attempt, unless it was made anew. */
import type { Caller, TaskRun } from '../../model/execution.ts';
import { callName } from '../../model/letter.ts';
import type { ChildEndedMessage } from '../../model/message.ts';
import { isEnded, stateOf } from '../../model/state.ts';
import { endedAttempt, lastAttempt, withLastAttempt } from '../attempt.ts';
import { finishAttempt } from '../attempt-end.ts';
import { calledBy, endCall, killCall } from '../call.ts';
import type { Draft } from '../draft.ts';
import { flowableOf } from '../flowable/table.ts';

export function onChildEnded(draft: Draft, message: ChildEndedMessage): string | undefined {
  const taskRun = draft.taskRun(message.taskRunId);
  if (!taskRun || isEnded(stateOf(taskRun.history)) || taskRun.attempts.length !== message.attempt)
    return 'the attempt has ended';
  if (calledBy(taskRun) !== message.childId) return 'it waits for another execution';
  if (stateOf(taskRun.history) === 'RETRYING') return 'the attempt has ended';
  if (!message.begun) endCall(draft, taskRun);
  if (message.nextId !== undefined) waitForNext(draft, taskRun, message.nextId);
  else take(draft, taskRun, message);
  return undefined;
}

/** The one that takes its place has been begun by the other side. */
function waitForNext(draft: Draft, before: TaskRun, nextId: string): void {
  const taskRun = { ...before, outputs: { ...before.outputs, executionId: nextId } };
  if (stateOf(taskRun.history) === 'KILLING') return killCall(draft, taskRun, draft.start.principal);
  draft.put(taskRun);
  const { id: executionId } = draft.start;
  const caller: Caller = { executionId, taskRunId: taskRun.id, attempt: taskRun.attempts.length };
  draft.effects.push({
    kind: 'send',
    name: callName(executionId, taskRun.id, caller.attempt),
    letter: { kind: 'await', id: nextId, caller },
  });
}

function take(draft: Draft, taskRun: TaskRun, message: ChildEndedMessage): void {
  const { state: called, outputs, reason } = message;
  const task = draft.taskOf(taskRun);
  const killing = draft.state === 'KILLING';
  const state = killing ? 'KILLED' : (flowableOf(task.type).stateAfter?.(task, called) ?? called);
  if (state === 'FAILED' || reason !== undefined)
    draft.log(
      state === 'FAILED' ? 'ERROR' : 'WARN',
      reason ?? `the execution ${message.childId} is ${called}`,
      taskRun,
    );
  const ended = endedAttempt(lastAttempt(taskRun)!, state, { endedAtMs: draft.nowMs });
  const answered: TaskRun = {
    ...withLastAttempt(taskRun, ended),
    // Of one that nobody waits for, the state in which it was begun is all that is known of it.
    outputs: message.begun
      ? { ...taskRun.outputs, state: 'CREATED' }
      : { ...taskRun.outputs, ...(outputs ? { outputs } : {}), state: called },
    ...(reason === undefined ? {} : { reason }),
  };
  finishAttempt(draft, answered, draft.refOf(taskRun), state);
}
