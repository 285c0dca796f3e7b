/** A worker's answer: the one terminal record of its attempt (W1), then a retry or the end of the task run. */
import type { TaskRun } from '../../model/execution.ts';
import type { TaskEndedMessage } from '../../model/message.ts';
import { entering, isEnded, type State, stateOf } from '../../model/state.ts';
import { endedAttempt, lastAttempt, withLastAttempt } from '../attempt.ts';
import { finishAttempt } from '../attempt-end.ts';
import { createNext } from '../begin.ts';
import { cutAll } from '../cut.ts';
import type { Draft } from '../draft.ts';
import { endExecution } from '../end.ts';
import { updateExecution } from '../update.ts';

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
  const ref = draft.refOf(taskRun);
  const { type } = draft.taskOf(taskRun);
  draft.effects.push({ kind: 'closeAttempt', ref, ranMs: message.endedAtMs - message.startedAtMs, type });
  const { state, reason } = updated(draft, taskRun, message);
  const ended = endedAttempt({ ...attempt, workerId: message.workerId }, state, message);
  const answered: TaskRun = {
    ...withLastAttempt(taskRun, ended),
    history: sawRunning(taskRun, message.startedAtMs),
    ...(message.outputs ? { outputs: message.outputs } : {}),
    ...(reason === undefined ? {} : { reason }),
  };
  finishAttempt(draft, answered, ref, state);
  if (message.next) createNext(draft, answered, message.workerId, message.next);
  if (state === 'KILLED' && draft.head.ending === 'KILLED') killAround(draft);
  return undefined;
}

/** It has ended the execution as killed: what runs beside it is told to end, and not waited for. */
function killAround(draft: Draft): void {
  cutAll(draft);
  endExecution(draft, 'KILLED');
}

/** What it changes in its execution may not be possible: then it has failed. The state in which it ends it is its own, too. */
function updated(
  draft: Draft,
  taskRun: TaskRun,
  { update, state, reason }: TaskEndedMessage,
): { readonly state: State; readonly reason?: string } {
  const problem = update && updateExecution(draft, update, taskRun);
  if (problem === undefined) return { state: update?.exit ?? state, reason };
  draft.log('ERROR', problem, taskRun);
  return { state: 'FAILED', reason: problem };
}

/** Small tasks end before their start was merged: the history says RUNNING all the same. */
const sawRunning = ({ history }: TaskRun, startedAtMs: number): TaskRun['history'] =>
  stateOf(history) === 'RUNNING' || stateOf(history) === 'KILLING'
    ? history
    : entering(history, 'RUNNING', startedAtMs);
