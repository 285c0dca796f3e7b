/** What a step's own expressions see, and what a task run's will need: looked up in the draft, only what can be reached (E4). */

import type { ItemParent } from '../bus/queues.ts';
import { textOf } from '../errors.ts';
import { NeedsFact, renderAll } from '../expression/render.ts';
import { durationMs } from '../flow/duration.ts';
import { secretsIn } from '../flow/input/order.ts';
import type { TaskRun } from '../model/execution.ts';
import type { Task } from '../model/flow.ts';
import {
  contextOf,
  givesOutputs,
  needsHead,
  needsParents,
  reachedTasks,
  type Seen,
  taskReaches,
  valueReaches,
} from './context.ts';
import type { Draft } from './draft.ts';
import { openedRun, openedStart } from './opened.ts';
import { taskRunField } from './run.ts';

/**
 * Renders a value as the flow (`place` absent) or as a task run sees it, secrets in clear. Throws ExpressionError, NeedsFact,
 * `encryption.unreadable`, and `expression.invalid` where it reads a secret and there is no key.
 */
export function renderIn(draft: Draft, value: unknown, place?: Seen['place']): unknown {
  const reaches = valueReaches(value, draft.flow);
  const { start, flow, opener } = draft;
  const taskRuns = reachedRuns(draft, reachedTasks(reaches));
  const context = contextOf({
    start: openedStart(start, flow, opener.open, secretsIn(reaches, flow.inputs)),
    head: draft.head,
    flow,
    taskRuns: taskRuns.map((taskRun) => openedRun(taskRun, start, opener.open)),
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
export function readsOf(draft: Draft, task: Task, taskRun: TaskRun): readonly string[] {
  const reaches = taskReaches(task, draft.flow);
  if (reaches.length === 0) return NOTHING;
  const reads = new Set<string>();
  if (needsHead(reaches, draft.flow)) reads.add('head');
  if (needsParents(reaches))
    for (const { taskRunId, gives } of parentsOf(draft, taskRun)) if (gives) reads.add(taskRunField(taskRunId));
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
      ...(givesOutputs(parent) ? { gives: true } : {}),
    });
    id = parent.parentId;
  }
  return parents;
}

const iterationOf = ({ value, iteration }: TaskRun): Pick<ItemParent, 'value' | 'iteration'> => ({
  ...(value === undefined ? {} : { value }),
  ...(iteration === undefined ? {} : { iteration }),
});
