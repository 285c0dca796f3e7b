/**
 * Reopening: what has ended is to be done again. Chosen task runs become RESTARTED, or run again where they are flowables; those
 * around them run; what had handled their end goes. The execution is RESTARTED, in another incarnation, and nothing runs yet.
 */
import type { Caller, TaskRun } from '../../model/execution.ts';
import { answerName } from '../../model/letter.ts';
import { entering, type State, stateOf } from '../../model/state.ts';
import type { Draft } from '../draft.ts';
import { flowableOf } from '../flowable/table.ts';
import { HANDLERS, removeBelow } from '../handlers.ts';

const BAD: ReadonlySet<State> = new Set(['FAILED', 'KILLED', 'CANCELLED', 'RETRIED']);

/** Reopens what has not ended well. A sentence where there is nothing of that kind. `caller`: who waits for its end from now on. */
export function restart(draft: Draft, caller?: Caller): string | undefined {
  const failed = failedOf(draft);
  if (failed.length === 0 && draft.head.reason === undefined) return 'No task found to restart execution from!';
  for (const taskRun of failed) reopen(draft, taskRun);
  removeHandlers(draft, undefined);
  reopenExecution(draft, 'system.restarted');
  if (caller) {
    draft.start = { ...draft.start, caller };
    // Nobody waits for its earlier end.
    draft.effects.push({ kind: 'unsend', name: answerName(draft.start.id) });
  }
  return undefined;
}

/** Those that have not ended well, and hold none that has not; nor stand in one that has ended well all the same and is not done again. */
export function failedOf(draft: Draft): readonly TaskRun[] {
  const bad = [...draft.all()].filter((taskRun) => BAD.has(stateOf(taskRun.history)) && isMeant(draft, taskRun));
  const around = new Set(bad.map(({ parentId }) => parentId));
  return bad.filter(({ id }) => !around.has(id));
}

/** What failed for good in the execution: not what was forgiven, nor what handled it. */
export function isMeant(draft: Draft, taskRun: TaskRun): boolean {
  if (HANDLERS.has(taskRun.list)) return false;
  const parent = taskRun.parentId === undefined ? undefined : draft.taskRun(taskRun.parentId);
  if (parent === undefined) return true;
  const state = stateOf(parent.history);
  return state === 'RUNNING' || (BAD.has(state) && isMeant(draft, parent));
}

/** It is done again, and those around it run. */
export function reopen(draft: Draft, taskRun: TaskRun): void {
  const { dueMs: _, ending: __, ...rest } = taskRun;
  const runs = draft.taskOf(taskRun).kind === 'flowable' && taskRun.attempts.length === 0;
  if (!runs) draft.put({ ...rest, history: entering(taskRun.history, 'RESTARTED', draft.nowMs) });
  else {
    // It begins anew: what it remembered is of what was there before.
    removeBelow(draft, taskRun.id);
    const { memo: _, branch: __, outputs: ___, reason: ____, ...fresh } = rest;
    draft.put({ ...fresh, history: entering(taskRun.history, 'RUNNING', draft.nowMs) });
  }
  reopenAround(draft, taskRun);
}

export function reopenAround(draft: Draft, { parentId }: TaskRun): void {
  const parent = parentId === undefined ? undefined : draft.taskRun(parentId);
  if (!parent || stateOf(parent.history) === 'RUNNING') return;
  const { ending: _, reason: __, dueMs: ___, ...rest } = parent;
  removeHandlers(draft, parent.id);
  const outputs = flowableOf(draft.taskOf(parent).type).outputsAgain?.(parent.memo) ?? parent.outputs;
  const history = entering(parent.history, 'RUNNING', draft.nowMs);
  draft.put({ ...rest, history, ...(outputs ? { outputs } : {}) });
  reopenAround(draft, parent);
}

/** What has handled the end of an owner's tasks; a pause began with its own before them. */
export function removeHandlers(draft: Draft, ownerId: string | undefined): void {
  for (const id of draft.childrenOf(ownerId)) {
    const taskRun = draft.taskRun(id)!;
    if (!HANDLERS.has(taskRun.list) || taskRun.list === 'onPause') continue;
    removeBelow(draft, id);
    draft.remove(taskRun);
  }
}

/** `label`: says what was done to it. */
export function reopenExecution(draft: Draft, label: string): void {
  const { start, head } = draft;
  const { history, labels, variables, rememberS, missed, failure } = head;
  const failed = failure && draft.taskRun(failure.taskRunId);
  draft.start = { ...start, incarnation: start.incarnation + 1 };
  draft.head = {
    history: entering(history, 'RESTARTED', draft.nowMs),
    labels: { ...labels, [label]: 'true' },
    taskRuns: 0,
    ...(variables ? { variables } : {}),
    ...(rememberS === undefined ? {} : { rememberS }),
    ...(missed ? { missed } : {}),
    // What handles it may be done again without it.
    ...(failed && stateOf(failed.history) === 'FAILED' ? { failure } : {}),
  };
}
