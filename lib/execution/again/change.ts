/** Somebody says how a task run, or the execution, has ended. */
import { entering, isEnded, type State, stateOf } from '../../model/state.ts';
import type { Draft } from '../draft.ts';
import { removeHandlers, reopenAround, reopenExecution } from './reopen.ts';

/** What a task run may be said to be. */
export const TASK_RUN_STATES: readonly State[] = ['SUCCESS', 'WARNING', 'FAILED', 'KILLED', 'SKIPPED'];
export const EXECUTION_STATES: readonly State[] = ['SUCCESS', 'WARNING', 'FAILED', 'KILLED', 'CANCELLED'];

/** The task run has that state, and the execution goes on from there. A sentence where it cannot. */
export function changeTaskRun(draft: Draft, taskRunId: string, state: State): string | undefined {
  const taskRun = draft.taskRun(taskRunId);
  if (!taskRun) return `expected a task run of the execution, got ${taskRunId}`;
  const now = stateOf(taskRun.history);
  if (!isEnded(now)) return `expected a task run that has ended, got one that is ${now}`;
  if (!TASK_RUN_STATES.includes(state)) return `expected one of ${TASK_RUN_STATES.join(', ')}, got ${state}`;
  const { reason: _, ending: __, ...rest } = taskRun;
  draft.put({ ...rest, history: entering(taskRun.history, state, draft.nowMs) });
  reopenAround(draft, taskRun);
  removeHandlers(draft, undefined);
  reopenExecution(draft, 'system.restarted');
  return undefined;
}

/** The execution has that state; nothing of it runs. */
export function changeState(draft: Draft, state: State): string | undefined {
  if (!EXECUTION_STATES.includes(state)) return `expected one of ${EXECUTION_STATES.join(', ')}, got ${state}`;
  if (draft.state === state) return `it is ${state}`;
  draft.enter(state);
  return undefined;
}
