/** Nobody has the attempt, and nobody claims it: it is handed out again. One that is being killed is over with that. */
import type { ReofferMessage } from '../../model/message.ts';
import { isEnded, stateOf } from '../../model/state.ts';
import { deliverAgain, endedAttempt, lastAttempt, withLastAttempt } from '../attempt.ts';
import type { Draft } from '../draft.ts';
import { endTaskRun } from '../end.ts';

export function onReoffer(draft: Draft, message: ReofferMessage): string | undefined {
  const taskRun = draft.taskRun(message.taskRunId);
  if (!taskRun || isEnded(stateOf(taskRun.history)) || taskRun.attempts.length !== message.attempt)
    return 'the attempt has ended';
  const attempt = lastAttempt(taskRun)!;
  if (attempt.delivery !== message.delivery) return 'another delivery of the attempt is out';
  if (stateOf(taskRun.history) !== 'KILLING') {
    deliverAgain(draft, draft.taskOf(taskRun), taskRun, false);
    return undefined;
  }
  // The gate grants no claim to what is killing: nobody would ever answer for another delivery.
  draft.effects.push({ kind: 'closeAttempt', ref: draft.refOf(taskRun) });
  const ended = endedAttempt(attempt, 'KILLED', { endedAtMs: draft.nowMs });
  endTaskRun(draft, withLastAttempt(taskRun, ended), 'KILLED');
  return undefined;
}
