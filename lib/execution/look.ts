/** What a step's own expressions see, and what a task run's will need: looked up in the draft, only what can be reached (E4). */

import type { ItemParent } from '../bus/queues.ts';
import { Fault, textOf } from '../errors.ts';
import { NeedsFact, renderAll } from '../expression/render.ts';
import { durationMs } from '../flow/duration.ts';
import { secretIn } from '../flow/input/order.ts';
import type { TaskRun } from '../model/execution.ts';
import type { Task } from '../model/flow.ts';
import { contextOf, needsHead, reachedTasks, type Seen, taskReaches, valueReaches } from './context.ts';
import type { Draft } from './draft.ts';
import { taskRunField } from './run.ts';

/**
 * Renders a value as the flow (`place` absent) or as a task run sees it. Throws ExpressionError, NeedsFact, and
 * `expression.invalid` where it reads a secret: that is decrypted in workers alone, and compared as it is here it would be equal
 * to nothing.
 */
export function renderIn(draft: Draft, value: unknown, place?: Seen['place']): unknown {
  const reaches = valueReaches(value, draft.flow);
  const secret = secretIn(reaches, draft.flow.inputs);
  if (secret !== undefined)
    throw new Fault('expression.invalid', `expected what an executor may read, got inputs.${secret}, which is secret`);
  const reached = reachedTasks(reaches);
  const context = contextOf({
    start: draft.start,
    head: draft.head,
    flow: draft.flow,
    taskRuns: reachedRuns(draft, reached),
    taskRun: (id) => draft.taskRun(id),
    installation: draft.installation,
    place,
  });
  return renderAll(value, context, draft.world(place?.ref ?? ''));
}

/** Why something cannot be rendered. What is only not known yet is no reason: the step is taken again when it is. */
export function reasonOf(error: unknown): string {
  if (error instanceof NeedsFact) throw error;
  return textOf(error);
}

/** A duration as a task run sees it, ms. Throws ExpressionError, or a sentence. */
export function durationIn(draft: Draft, taskRun: TaskRun, name: string, written: string): number {
  const text = String(renderIn(draft, written, placeOf(draft, taskRun)));
  const ms = durationMs(text);
  if (ms !== undefined && ms >= 0) return ms;
  throw new Error(`${name}: expected an ISO-8601 duration such as PT30S, got ${text}`);
}

export function placeOf(draft: Draft, taskRun: TaskRun): NonNullable<Seen['place']> {
  return {
    ref: draft.refOf(taskRun),
    taskId: taskRun.taskId,
    parents: parentsOf(draft, taskRun),
    startedAtMs: draft.nowMs,
    ...iterationOf(taskRun),
  };
}

/** Document fields that a worker must fetch before it renders the task. */
export function readsOf(draft: Draft, task: Task): readonly string[] {
  const reaches = taskReaches(task, draft.flow);
  if (reaches.length === 0) return NOTHING;
  const reads = new Set<string>();
  if (needsHead(reaches, draft.flow)) reads.add('head');
  for (const taskRun of reachedRuns(draft, reachedTasks(reaches))) {
    reads.add(taskRunField(taskRun.id));
    for (let id = taskRun.parentId; id; id = draft.taskRun(id)?.parentId)
      if (draft.taskRun(id)?.value !== undefined) reads.add(taskRunField(id));
  }
  return [...reads];
}

const NOTHING: readonly string[] = [];

function reachedRuns(draft: Draft, reached: ReadonlySet<string> | 'all'): readonly TaskRun[] {
  const taskIds = reached === 'all' ? draft.flow.taskOf.keys() : reached;
  const taskRuns: TaskRun[] = [];
  for (const taskId of taskIds) for (const id of draft.taskRunsOf(taskId)) taskRuns.push(draft.taskRun(id)!);
  return taskRuns;
}

function parentsOf(draft: Draft, taskRun: TaskRun): readonly ItemParent[] {
  const parents: ItemParent[] = [];
  for (let id = taskRun.parentId; id; ) {
    const parent: TaskRun = draft.taskRun(id)!;
    parents.push({
      taskRunId: id,
      taskId: parent.taskId,
      ...iterationOf(parent),
    });
    id = parent.parentId;
  }
  return parents;
}

const iterationOf = ({ value, iteration }: TaskRun): Pick<ItemParent, 'value' | 'iteration'> => ({
  ...(value === undefined ? {} : { value }),
  ...(iteration === undefined ? {} : { iteration }),
});
