/** A worker has claimed an attempt: from now on only its token's answer counts. */
import type { TaskStartedMessage } from '../../model/message.ts';
import { entering, isEnded, stateOf } from '../../model/state.ts';
import { lastAttempt, withLastAttempt } from '../attempt.ts';
import type { Draft } from '../draft.ts';

export function onTaskStarted(draft: Draft, message: TaskStartedMessage): string | undefined {
  const taskRun = draft.taskRun(message.taskRunId);
  if (!taskRun || isEnded(stateOf(taskRun.history)) || taskRun.attempts.length !== message.attempt)
    return 'the attempt has ended';
  const attempt = lastAttempt(taskRun)!;
  if (attempt.delivery !== message.delivery) return 'another delivery of the attempt is out';
  if (attempt.token === message.token) return 'known';
  const running = {
    ...attempt,
    token: message.token,
    workerId: message.workerId,
    history:
      stateOf(attempt.history) === 'RUNNING' ? attempt.history : entering(attempt.history, 'RUNNING', message.atMs),
  };
  const changed = withLastAttempt(taskRun, running);
  const killing = stateOf(taskRun.history) === 'KILLING';
  // A claim that was handed back before user code began, and taken by another worker: it runs all the while.
  const runs = stateOf(taskRun.history) === 'RUNNING';
  draft.put(killing || runs ? changed : { ...changed, history: entering(taskRun.history, 'RUNNING', message.atMs) });
  if (killing) draft.effects.push({ kind: 'revokeAttempt', ref: draft.refOf(taskRun) });
  return undefined;
}
