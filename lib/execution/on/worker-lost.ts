/** A claim has run out: the attempt is delivered again, until the third loss fails the task run. */
import type { WorkerLostMessage } from '../../model/message.ts';
import { isEnded, stateOf } from '../../model/state.ts';
import { deliverAgain, endedAttempt, lastAttempt, withLastAttempt } from '../attempt.ts';
import type { Draft } from '../draft.ts';
import { endTaskRun } from '../end.ts';
import { tolerated } from '../tolerated.ts';

export const LOSSES_MAX = 3;

export function onWorkerLost(draft: Draft, message: WorkerLostMessage): string | undefined {
  const taskRun = draft.taskRun(message.taskRunId);
  if (!taskRun || isEnded(stateOf(taskRun.history)) || taskRun.attempts.length !== message.attempt)
    return 'the attempt has ended';
  const attempt = lastAttempt(taskRun)!;
  if (attempt.delivery !== message.delivery) return 'another delivery of the attempt is out';
  const task = draft.flow.taskOf.get(taskRun.taskId)!;
  const killing = stateOf(taskRun.history) === 'KILLING';
  if (!killing && (attempt.losses ?? 0) + 1 < LOSSES_MAX) {
    draft.log('WARN', `the worker ${attempt.workerId ?? ''} was lost: handing the attempt out again`, taskRun);
    deliverAgain(draft, task, taskRun, true);
    return undefined;
  }
  const state = killing ? 'KILLED' : 'FAILED';
  const reason = killing ? 'its worker was lost while it was being killed' : `its worker was lost ${LOSSES_MAX} times`;
  draft.effects.push({ kind: 'closeAttempt', ref: draft.refOf(taskRun) });
  draft.log('ERROR', reason, taskRun);
  const ended = endedAttempt({ ...attempt, losses: (attempt.losses ?? 0) + 1 }, state, { endedAtMs: draft.nowMs });
  endTaskRun(draft, { ...withLastAttempt(taskRun, ended), reason }, tolerated(state, task));
  return undefined;
}
