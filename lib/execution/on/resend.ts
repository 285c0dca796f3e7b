/**
 * The parcel of a delivery may not have been sent: it goes out once more under the same name. Another delivery would take
 * the attempt from a worker that claims it at this moment; a second parcel of the same one starts nothing that is claimed.
 */
import type { ResendMessage } from '../../model/message.ts';
import { isEnded, stateOf } from '../../model/state.ts';
import { lastAttempt, sendAgain } from '../attempt.ts';
import type { Draft } from '../draft.ts';

export function onResend(draft: Draft, message: ResendMessage): string | undefined {
  const taskRun = draft.taskRun(message.taskRunId);
  if (!taskRun || isEnded(stateOf(taskRun.history)) || taskRun.attempts.length !== message.attempt)
    return 'the attempt has ended';
  if (lastAttempt(taskRun)!.delivery !== message.delivery) return 'another delivery of the attempt is out';
  sendAgain(draft, draft.taskOf(taskRun), taskRun);
  return undefined;
}
