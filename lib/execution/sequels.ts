/**
 * Sequels: what follows a task run without its owner being asked in between. Where tasks run one after the other, a worker is told
 * of the next ones too, and goes on by itself for as long as all goes well: it claims each with the end of the one before, and the
 * owner reads of both in one message. Only what can be foreseen is a sequel: where it stands, and all that it will see.
 */
import type { Sequel } from '../bus/queues.ts';
import type { TaskRun } from '../model/execution.ts';
import type { Task } from '../model/flow.ts';
import { isEnded, stateOf } from '../model/state.ts';
import { needsHead, reachedTasks, taskReaches } from './context.ts';
import type { Draft } from './draft.ts';
import { enabled } from './enabled.ts';
import { flowableOf } from './flowable/table.ts';
import { readsOf } from './look.ts';
import { taskRunField } from './run.ts';

/** A worker is told of so many at once. */
const SEQUELS_MAX = 20;
const NONE: readonly never[] = [];

/** Of a task run that is about to be handed out for the first time. What a flow promises is judged between its tasks. */
export function sequelsOf(draft: Draft, task: Task, taskRun: TaskRun): readonly Sequel[] {
  if (taskRun.attempts.length > 1 || draft.flow.sla.length > 0) return NONE;
  const sequels: Sequel[] = [];
  /** Fields that the worker fills in itself, by task. */
  const own = new Map([[task.id, taskRunField(taskRun.id)]]);
  for (const next of tasksAfter(draft, taskRun)) {
    const reads = isAlike(task, next) ? foreseenReads(draft, next, taskRun, own) : undefined;
    if (!reads) break;
    const taskRunId = draft.idOf(next, taskRun.parentId, taskRun.list, taskRun.iteration);
    sequels.push({ taskRunId, taskId: next.id, type: next.type, reads });
    own.set(next.id, taskRunField(taskRunId));
  }
  return sequels;
}

/** The next tasks of its list, in order, as many as a worker is told of; none where that does not run one after the other. */
export function tasksAfter(draft: Draft, { parentId, list, iteration }: TaskRun): readonly Task[] {
  const parent = parentId === undefined ? undefined : draft.taskRun(parentId)!;
  if (list !== (parent?.branch ?? 'tasks')) return NONE;
  const around = parent && draft.taskOf(parent);
  if (around && !flowableOf(around.type).inSequence) return NONE;
  const tasks = enabled(around ? around.lists[list] : draft.flow.tasks);
  const { created } = draft.scope(parentId, list, iteration);
  return tasks.slice(created, created + SEQUELS_MAX);
}

/** The same workers run both, and nothing is asked before the second begins. */
const isAlike = (one: Task, next: Task): boolean =>
  next.kind === 'runnable' && next.runIf === undefined && next.workerGroup === one.workerGroup;

/**
 * Undefined where what it sees may still change: labels and variables, and what runs beside it. In an iteration a task that reads one
 * before it is given that of all iterations: none looks at all the others before it must (E4).
 */
function foreseenReads(
  draft: Draft,
  task: Task,
  before: TaskRun,
  own: ReadonlyMap<string, string>,
): readonly string[] | undefined {
  const reaches = taskReaches(task, draft.flow);
  if (reaches.length === 0) return NONE;
  const reached = reachedTasks(reaches);
  if (reached === 'all' || needsHead(reaches, draft.flow)) return undefined;
  const ownReads: string[] = [];
  for (const id of reached) {
    const field = own.get(id);
    if (field ? isIterated(draft, before) : !hasEnded(draft, id)) return undefined;
    if (field) ownReads.push(field);
  }
  return [...new Set([...readsOf(draft, task, before), ...ownReads])];
}

function isIterated(draft: Draft, taskRun: TaskRun): boolean {
  for (let at: TaskRun | undefined = taskRun; at; at = at.parentId ? draft.taskRun(at.parentId) : undefined)
    if (at.iteration !== undefined) return true;
  return false;
}

function hasEnded(draft: Draft, taskId: string): boolean {
  const ids = draft.taskRunsOf(taskId);
  return ids.length > 0 && ids.every((id) => isEnded(stateOf(draft.taskRun(id)!.history)));
}
