/** Nobody has the attempt, and nobody claims it: it is handed out again. */
import type { ReofferMessage } from '../../model/message.ts';
import { isEnded, stateOf } from '../../model/state.ts';
import { deliverAgain, lastAttempt } from '../attempt.ts';
import type { Draft } from '../draft.ts';

export function onReoffer(draft: Draft, message: ReofferMessage): string | undefined {
  const taskRun = draft.taskRun(message.taskRunId);
  if (!taskRun || isEnded(stateOf(taskRun.history)) || taskRun.attempts.length !== message.attempt)
    return 'the attempt has ended';
  const attempt = lastAttempt(taskRun)!;
  if (attempt.delivery !== message.delivery) return 'another delivery of the attempt is out';
  deliverAgain(draft, draft.taskOf(taskRun), taskRun, false);
  return undefined;
}
