/** A worker's answer: the one terminal record of its attempt (W1), then a retry or the end of the task run. */
import type { TaskRun } from '../../model/execution.ts';
import type { Task } from '../../model/flow.ts';
import type { TaskEndedMessage } from '../../model/message.ts';
import { entering, isEnded, type State, stateOf } from '../../model/state.ts';
import { endedAttempt, lastAttempt, withLastAttempt } from '../attempt.ts';
import type { Draft } from '../draft.ts';
import { endTaskRun } from '../next.ts';
import { retryDelayMs } from '../retry.ts';

export function onTaskEnded(draft: Draft, message: TaskEndedMessage): string | undefined {
  const taskRun = draft.taskRun(message.taskRunId);
  if (!taskRun || isEnded(stateOf(taskRun.history)) || taskRun.attempts.length !== message.attempt)
    return 'the attempt has ended';
  const attempt = lastAttempt(taskRun)!;
  if (attempt.delivery === undefined) return 'the attempt has ended';
  if (attempt.token !== undefined && attempt.token !== message.token)
    return 'late: another worker has claimed the attempt';
  // A worker that lost its claim ends its work and says so: only the end of what was meant to end counts.
  if (message.state === 'KILLED' && stateOf(taskRun.history) !== 'KILLING') return 'nobody has killed it';
  const task = draft.flow.taskOf.get(taskRun.taskId)!;
  const ref = draft.refOf(taskRun);
  draft.effects.push({ kind: 'closeAttempt', ref, ranMs: message.endedAtMs - message.startedAtMs, type: task.type });
  const ended = endedAttempt({ ...attempt, workerId: message.workerId }, message.state, message);
  const answered: TaskRun = {
    ...withLastAttempt(taskRun, ended),
    history: sawRunning(taskRun, message.startedAtMs),
    ...(message.outputs ? { outputs: message.outputs } : {}),
    ...(message.reason === undefined ? {} : { reason: message.reason }),
  };
  finishAttempt(draft, task, answered, ref, message.state);
  return undefined;
}

/** Small tasks end before their start was merged: the history says RUNNING all the same. */
const sawRunning = ({ history }: TaskRun, startedAtMs: number): TaskRun['history'] =>
  stateOf(history) === 'RUNNING' || stateOf(history) === 'KILLING'
    ? history
    : entering(history, 'RUNNING', startedAtMs);

/** After the last attempt's end: tried again, or the task run ends with it. */
export function finishAttempt(draft: Draft, task: Task, taskRun: TaskRun, ref: string, state: State): void {
  const killing = stateOf(draft.head.history) === 'KILLING';
  if (state === 'FAILED' && task.retry && !killing) {
    const delayMs = retryDelayMs(task.retry, taskRun, ref, draft.nowMs);
    if (delayMs !== undefined) {
      draft.put({ ...taskRun, history: entering(taskRun.history, 'RETRYING', draft.nowMs) });
      draft.effects.push({
        kind: 'setTimer',
        name: `${draft.start.id}/retry/${taskRun.id}/${taskRun.attempts.length}`,
        dueMs: draft.nowMs + delayMs,
      });
      return;
    }
  }
  endTaskRun(draft, taskRun, endStateOf(task, taskRun, state));
}

function endStateOf(task: Task, taskRun: TaskRun, state: State): State {
  if (state === 'FAILED' && task.allowFailure) return 'WARNING';
  if (state === 'WARNING' && task.allowWarning) return 'SUCCESS';
  if (state === 'SUCCESS' && task.retry?.warningOnRetry && taskRun.attempts.length > 1) return 'WARNING';
  return state;
}
