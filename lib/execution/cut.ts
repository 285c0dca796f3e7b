/** Cutting: live task runs end at once, without waiting for whoever works at them. What runs is told, and its answer is late. */
import type { TaskRun } from '../model/execution.ts';
import { callName } from '../model/letter.ts';
import { entering, type State, stateOf } from '../model/state.ts';
import { endedAttempt, lastAttempt, withLastAttempt } from './attempt.ts';
import { calledBy } from './call.ts';
import type { Draft } from './draft.ts';
import { dropTimers } from './end.ts';

/** All that lives in the execution. */
export function cutAll(draft: Draft): void {
  for (const taskRun of [...draft.live()]) cut(draft, taskRun, 'KILLED');
}

/** All that lives below a task run. */
export function cutBelow(draft: Draft, { id }: TaskRun): void {
  for (const taskRun of [...draft.live()]) if (isBelow(draft, taskRun, id)) cut(draft, taskRun, 'KILLED');
}

function isBelow(draft: Draft, { parentId }: TaskRun, ancestor: string): boolean {
  for (let at = parentId; at !== undefined; at = draft.taskRun(at)?.parentId) if (at === ancestor) return true;
  return false;
}

/** Writes the end of one; its owner is not woken. */
export function cut(draft: Draft, taskRun: TaskRun, state: State): TaskRun {
  const ended = withEndedAttempt(draft, dropTimers(draft, taskRun), state);
  const whole = { ...ended, history: entering(taskRun.history, state, draft.nowMs) };
  draft.put(whole);
  return whole;
}

/** Nobody is granted the attempt any more, and whoever has it is told. What was called is killed. */
export function withEndedAttempt(draft: Draft, taskRun: TaskRun, state: State): TaskRun {
  const attempt = lastAttempt(taskRun);
  // Between two tries the last attempt has ended already.
  if (!attempt || stateOf(taskRun.history) === 'RETRYING') return taskRun;
  if (draft.taskOf(taskRun).kind === 'flowable') dropCall(draft, taskRun);
  else {
    const ref = draft.refOf(taskRun);
    draft.effects.push({ kind: 'closeAttempt', ref }, { kind: 'revokeAttempt', ref });
  }
  return withLastAttempt(taskRun, endedAttempt(attempt, state, { endedAtMs: draft.nowMs }));
}

/** The kill is sent until it is answered, although nobody waits for the end any more. */
function dropCall(draft: Draft, taskRun: TaskRun): void {
  const { start } = draft;
  const attempt = taskRun.attempts.length;
  draft.effects.push({
    kind: 'send',
    name: callName(start.id, taskRun.id, attempt),
    letter: {
      kind: 'kill',
      id: calledBy(taskRun),
      caller: { executionId: start.id, taskRunId: taskRun.id, attempt },
      principal: start.principal,
    },
  });
}
