/** A timer is due: a retry begins. Its name, `<execution>/<what>/<task run>/<attempt>`, says which. */
import type { TimerMessage } from '../../model/message.ts';
import { entering, stateOf } from '../../model/state.ts';
import { dispatchAttempt } from '../attempt.ts';
import type { Draft } from '../draft.ts';

export function onTimer(draft: Draft, { name }: TimerMessage): string | undefined {
  const [, what, taskRunId, attempt] = name.split('/');
  const taskRun = draft.taskRun(taskRunId ?? '');
  if (what !== 'retry' || !taskRun) return 'nothing waits for this timer';
  if (stateOf(taskRun.history) !== 'RETRYING' || taskRun.attempts.length !== Number(attempt))
    return 'the retry has begun';
  const { reason: _, outputs: __, ...fresh } = taskRun;
  dispatchAttempt(draft, draft.flow.taskOf.get(taskRun.taskId)!, {
    ...fresh,
    history: entering(taskRun.history, 'CREATED', draft.nowMs),
  });
  return undefined;
}
