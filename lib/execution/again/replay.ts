/**
 * Replay: another execution is made from one that has ended, from a task run on: what was done before it is kept, under ids of the
 * new execution's own; what comes after it goes, and is done again.
 */
import { type ExecutionHead, type ExecutionStart, placedId, type TaskRun } from '../../model/execution.ts';
import type { Flow } from '../../model/flow.ts';
import { stateOf } from '../../model/state.ts';
import { Draft } from '../draft.ts';
import type { Change } from '../effect.ts';
import { flowableOf } from '../flowable/table.ts';
import { removeBelow } from '../handlers.ts';
import { applyChange, type Run } from '../run.ts';
import { failedOf, removeHandlers, reopen, reopenExecution } from './reopen.ts';

export interface Replay {
  /** Of the new execution. */
  readonly id: string;
  /** From which task run on; absent: from those that have not ended well. */
  readonly taskRunId?: string;
  readonly flow: Flow;
  readonly revision: number;
  readonly principal: string;
  readonly nowMs: number;
  readonly inputs?: ExecutionStart['inputs'];
}

/** The new execution, RESTARTED; or a sentence. */
export function replay(run: Run, replay: Replay): Change | string {
  const known = [...run.taskRuns.values()].filter(({ taskId }) => replay.flow.taskOf.has(taskId));
  const whole = { start: run.start, head: run.head, taskRuns: known, removed: [] };
  const { flow, nowMs } = replay;
  const draft = new Draft(applyChange(undefined, whole), run, { flow, nowMs, saidAtMs: nowMs, epoch: 0 });
  const problem = replay.taskRunId === undefined ? fromFailures(draft) : from(draft, replay.taskRunId);
  if (problem !== undefined) return problem;
  reopenExecution(draft, replay.taskRunId === undefined ? 'system.restarted' : 'system.replay');
  return copyOf([...draft.all()], startOf(run.start, replay), draft.head);
}

function fromFailures(draft: Draft): string | undefined {
  const failed = failedOf(draft);
  if (failed.length === 0) return 'No task found to restart execution from!';
  for (const taskRun of failed) reopen(draft, taskRun);
  removeHandlers(draft, undefined);
  return undefined;
}

function from(draft: Draft, taskRunId: string): string | undefined {
  const named = draft.taskRun(taskRunId);
  if (!named) return `expected a task run of the execution, and of its flow, got ${taskRunId}`;
  // What a pause begins with is done when the pause is.
  const taskRun = named.list === 'onPause' ? draft.taskRun(named.parentId!)! : named;
  for (let at: TaskRun | undefined = taskRun; at; at = at.parentId ? draft.taskRun(at.parentId) : undefined)
    removeAfter(draft, at);
  reopen(draft, draft.taskRun(taskRun.id)!);
  // What was killed beside it never came to an end: as it is, it would end the new execution as killed, too.
  for (const beside of failedOf(draft)) if (wasKilled(draft, beside)) reopen(draft, beside);
  return undefined;
}

function wasKilled(draft: Draft, taskRun: TaskRun): boolean {
  for (let at: TaskRun | undefined = taskRun; at; at = at.parentId ? draft.taskRun(at.parentId) : undefined)
    if (stateOf(at.history) === 'KILLED') return true;
  return false;
}

/** Errors are run after the tasks, and finally after both. */
const ORDER: readonly string[] = ['errors', 'finally', 'afterExecution'];

/** What stands beside a task run and is done after it. */
function removeAfter(draft: Draft, taskRun: TaskRun): void {
  const { parentId, list } = taskRun;
  for (const id of draft.childrenOf(parentId)) {
    const other = draft.taskRun(id)!;
    const later =
      other.list === list ? isAfter(draft, taskRun, other) : ORDER.indexOf(other.list) > ORDER.indexOf(list);
    if (!later) continue;
    removeBelow(draft, id);
    draft.remove(other);
  }
}

function isAfter(draft: Draft, one: TaskRun, other: TaskRun): boolean {
  const parent = one.parentId === undefined ? undefined : draft.taskRun(one.parentId);
  const task = parent && draft.taskOf(parent);
  const after = task && ORDER.indexOf(one.list) < 0 ? flowableOf(task.type).after : undefined;
  if (after) return after(task!, one, other);
  const tasks = (task?.lists ?? listsOf(draft.flow))[one.list] ?? [];
  const placeOf = ({ taskId }: TaskRun) => tasks.findIndex(({ id }) => id === taskId);
  return placeOf(other) > placeOf(one);
}

const listsOf = ({ tasks, errors, finally: last, afterExecution, listeners }: Flow): Record<string, Flow['tasks']> => ({
  tasks,
  errors,
  finally: last,
  afterExecution: [...afterExecution, ...listeners.flatMap((listener) => listener.tasks)],
});

function startOf(old: ExecutionStart, { id, flow, revision, principal, nowMs, inputs }: Replay): ExecutionStart {
  const { caller: _, scheduleDateMs: __, ...rest } = old;
  const { tenant, namespace, id: flowId, hash } = flow;
  return {
    ...rest,
    id,
    flow: { tenant, namespace, id: flowId, revision, hash },
    inputs: inputs ?? old.inputs,
    parentId: old.id,
    principal,
    incarnation: 0,
    attemptNumber: (old.attemptNumber ?? 1) + 1,
    firstCreatedAtMs: old.firstCreatedAtMs ?? nowMs,
  };
}

/** Ids follow from where a task run stands, in the new execution too (B3). */
function copyOf(taskRuns: readonly TaskRun[], start: ExecutionStart, head: ExecutionHead): Change {
  const newIds = new Map<string, string>();
  const copies = taskRuns
    .toSorted((a, b) => a.index - b.index)
    .map((taskRun) => {
      const { parentId: old, ...rest } = taskRun;
      const parentId = old === undefined ? {} : { parentId: newIds.get(old)! };
      const id = placedId(start.id, start.incarnation, { ...rest, ...parentId });
      newIds.set(taskRun.id, id);
      return { ...rest, id, ...parentId };
    });
  const { failure } = head;
  const moved = failure && { ...failure, taskRunId: newIds.get(failure.taskRunId)! };
  return { start, head: moved ? { ...head, failure: moved } : head, taskRuns: copies, removed: [] };
}
