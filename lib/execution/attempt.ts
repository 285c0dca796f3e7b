/** The life of an attempt: dispatched, delivered again, ended. */

import type { Item } from '../bus/queues.ts';
import { type Attempt, deliveryNumber, type TaskRun } from '../model/execution.ts';
import type { Task } from '../model/flow.ts';
import type { NextClaim } from '../model/message.ts';
import { entering, type State } from '../model/state.ts';
import type { Draft } from './draft.ts';
import { placeOf, readsOf } from './look.ts';
import { sequelsOf } from './sequels.ts';

export const lastAttempt = (taskRun: TaskRun): Attempt | undefined => taskRun.attempts[taskRun.attempts.length - 1];

export const withLastAttempt = (taskRun: TaskRun, attempt: Attempt): TaskRun => ({
  ...taskRun,
  attempts: [...taskRun.attempts.slice(0, -1), attempt],
});

/** Hands the next attempt of a task run to the workers. */
export function dispatchAttempt(draft: Draft, task: Task, taskRun: TaskRun): void {
  const delivery = `${draft.epoch}.1`;
  const attempt: Attempt = {
    history: [
      ['CREATED', draft.nowMs],
      ['SUBMITTED', draft.nowMs],
    ],
    delivery,
  };
  const submitted: TaskRun = {
    ...taskRun,
    attempts: [...taskRun.attempts, attempt],
    history: entering(taskRun.history, 'SUBMITTED', draft.nowMs),
  };
  draft.put(submitted);
  const sequels = sequelsOf(draft, task, submitted);
  draft.effects.push({
    kind: 'runTask',
    group: task.workerGroup ?? 'default',
    type: task.type,
    item: { ...itemOf(draft, task, submitted, delivery), ...(sequels.length > 0 ? { sequels } : {}) },
  });
}

/** An attempt that a worker has begun by itself, behind the one that it has ended. */
export function keepAttempt(
  draft: Draft,
  task: Task,
  taskRun: TaskRun,
  { delivery, token, workerId, atMs }: NextClaim & { readonly workerId: string },
): void {
  const history: TaskRun['history'] = [
    ['CREATED', atMs],
    ['SUBMITTED', atMs],
    ['RUNNING', atMs],
  ];
  const running = { ...taskRun, history, attempts: [{ history, delivery, token, workerId }] };
  draft.put(running);
  draft.effects.push({ kind: 'keepTask', group: task.workerGroup ?? 'default', ref: draft.refOf(running), delivery });
}

/** Hands the present attempt out again, under a name that no earlier delivery has. */
export function deliverAgain(draft: Draft, task: Task, taskRun: TaskRun, lost: boolean): void {
  const attempt = lastAttempt(taskRun)!;
  const number = deliveryNumber(attempt.delivery ?? '') + 1;
  const delivery = `${draft.epoch}.${number}`;
  const { token: _, workerId: __, ...rest } = attempt;
  const state: State = lost ? 'RESUBMITTED' : 'SUBMITTED';
  const again: Attempt = {
    ...rest,
    delivery,
    ...(lost ? { losses: (attempt.losses ?? 0) + 1, history: entering(attempt.history, state, draft.nowMs) } : {}),
  };
  const changed = {
    ...withLastAttempt(taskRun, again),
    ...(lost ? { history: entering(taskRun.history, state, draft.nowMs) } : {}),
  };
  draft.put(changed);
  draft.effects.push({
    kind: 'runTask',
    group: task.workerGroup ?? 'default',
    type: task.type,
    item: itemOf(draft, task, changed, delivery),
  });
}

/** The present delivery, once more. */
export function sendAgain(draft: Draft, task: Task, taskRun: TaskRun): void {
  const { delivery } = lastAttempt(taskRun)!;
  draft.effects.push({
    kind: 'runTask',
    group: task.workerGroup ?? 'default',
    type: task.type,
    item: itemOf(draft, task, taskRun, delivery!),
    isOpen: true,
  });
}

function itemOf(draft: Draft, task: Task, taskRun: TaskRun, delivery: string): Omit<Item, 'version'> {
  const { start } = draft;
  const alone = (lastAttempt(taskRun)?.losses ?? 0) > 0;
  return {
    ...placeOf(draft, taskRun),
    delivery,
    hash: start.flow.hash,
    incarnation: start.incarnation,
    reads: readsOf(draft, task, taskRun),
    ...(alone ? { alone } : {}),
  };
}

/** The attempt with its end, and without what only a running one has. */
export function endedAttempt(
  attempt: Attempt,
  state: State,
  times: {
    readonly startedAtMs?: number;
    readonly endedAtMs: number;
    readonly lines?: number;
    readonly logFile?: string;
  },
): Attempt {
  const { delivery: _, token: __, ...rest } = attempt;
  const started = attempt.history.some(([known]) => known === 'RUNNING');
  const running =
    started || times.startedAtMs === undefined
      ? attempt.history
      : entering(attempt.history, 'RUNNING', times.startedAtMs);
  return {
    ...rest,
    history: entering(running, state, times.endedAtMs),
    ...(times.lines ? { lines: times.lines } : {}),
    ...(times.logFile === undefined ? {} : { logFile: times.logFile }),
  };
}
