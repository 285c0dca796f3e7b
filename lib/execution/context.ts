/**
 * What expressions see: the variables of Kestra's contexts, made from what is handed in. A step hands in its run, a worker
 * the fields that it fetched; both see the same. `readsOf` says which fields those are.
 */

import type { Item, ItemParent } from '../bus/queues.ts';
import { reachesOf } from '../expression/render.ts';
import type { ExecutionHead, ExecutionStart, TaskRun } from '../model/execution.ts';
import type { Flow, Labels, Task } from '../model/flow.ts';
import { type Installation, NO_INSTALLATION } from '../model/installation.ts';
import { stateOf } from '../model/state.ts';
import { seenInputs } from './seen-inputs.ts';

type Json = Record<string, unknown>;
type Reach = readonly string[];

export interface Seen {
  readonly start: ExecutionStart;
  readonly head?: ExecutionHead;
  readonly flow: Flow;
  /** Those whose outputs and states are seen, oldest first. */
  readonly taskRuns: Iterable<TaskRun>;
  /** Any that was handed in, for the values of iterations around one. */
  taskRun(id: string): TaskRun | undefined;
  readonly installation?: Installation;
  /** The task run that looks; absent for the flow's own expressions. */
  readonly place?: Pick<Item, 'ref' | 'taskId' | 'parents' | 'value' | 'iteration' | 'startedAtMs'>;
}

export function contextOf(seen: Seen): Readonly<Json> {
  const { start, head, flow, place, installation = NO_INSTALLATION } = seen;
  const context: Json = {
    flow: { id: flow.id, namespace: flow.namespace, revision: start.flow.revision, tenantId: flow.tenant },
    execution: {
      id: start.id,
      startDate: iso(start.createdAtMs),
      originalId: start.originalId,
      ...(head ? { state: stateOf(head.history) } : {}),
      ...(head?.outputs ? { outputs: head.outputs } : {}),
    },
    inputs: seenInputs(start.inputs, flow),
    ...byTask(seen),
    vars: head?.variables ?? flow.variables,
    labels: head ? nested(head.labels) : {},
    envs: installation.envs,
    globals: installation.globals,
  };
  if (start.trigger) context.trigger = start.trigger.variables;
  if (head?.failure) context.error = errorOf(head.failure);
  if (place) addPlace(context, seen, place);
  return context;
}

function addPlace(context: Json, { flow, taskRun }: Seen, place: NonNullable<Seen['place']>): void {
  const [, id, attempt] = place.ref.split('/');
  context.task = { id: place.taskId, type: flow.taskOf.get(place.taskId)?.writtenType };
  context.taskrun = {
    id,
    startDate: iso(place.startedAtMs),
    attemptsCount: Number(attempt) - 1,
    ...(place.parents[0] ? { parentId: place.parents[0].taskRunId } : {}),
    ...iterationOf(place),
  };
  // Parents are those that carry a value or have outputs, innermost first: iterations, and what decides, such as If.
  const parents = place.parents
    .filter(({ value, gives }) => value !== undefined || gives)
    .map((parent) => ({
      ...(parent.value === undefined ? {} : { taskrun: iterationOf(parent) }),
      ...(parent.gives ? { outputs: taskRun(parent.taskRunId)?.outputs ?? {} } : {}),
    }));
  if (parents[0]) context.parent = parents[0];
  if (parents.length > 0) context.parents = parents;
}

/** A loop without values counts its rounds alone. */
function iterationOf({ value, iteration }: Pick<ItemParent, 'value' | 'iteration'>): Json {
  return { ...(value === undefined ? {} : { value }), ...(iteration === undefined ? {} : { iteration }) };
}

const errorOf = ({ taskId, message }: NonNullable<ExecutionHead['failure']>): Json => ({
  taskId,
  ...(message === undefined ? {} : { message, stackTrace: message }),
});

/**
 * Outputs and states by task id. Outputs of iterated tasks stand under the values of all iterations around them, outermost first;
 * a state under the task run's own value alone, as in Kestra: deeper inside a loop there is one state, of the last iteration.
 */
function byTask(seen: Seen): { readonly outputs: Json; readonly tasks: Json } {
  const outputs: Json = {};
  const tasks: Json = {};
  for (const taskRun of seen.taskRuns) {
    const path = [taskRun.taskId, ...valuesAround(taskRun, seen)];
    if (taskRun.outputs) put(outputs, path, taskRun.outputs);
    const { taskId, value } = taskRun;
    put(tasks, value === undefined ? [taskId] : [taskId, value], { state: stateOf(taskRun.history) });
  }
  return { outputs, tasks };
}

function put(at: Json, path: readonly string[], value: unknown): void {
  let place = at;
  for (const key of path.slice(0, -1)) place = (Object.hasOwn(place, key) ? place[key] : (place[key] = {})) as Json;
  place[path.at(-1)!] = value;
}

function valuesAround(taskRun: TaskRun, seen: Seen): string[] {
  const values: string[] = [];
  for (let at: TaskRun | undefined = taskRun; at; at = at.parentId ? seen.taskRun(at.parentId) : undefined)
    if (at.value !== undefined) values.unshift(at.value);
  return values;
}

/** Labels with dots as Kestra nests them: `system.correlationId` is `labels.system.correlationId`. */
function nested(labels: Labels): Json {
  const result: Json = {};
  for (const [key, value] of Object.entries(labels)) {
    const path = key.split('.');
    let place = result;
    for (const part of path.slice(0, -1)) {
      const inner = Object.hasOwn(place, part) ? place[part] : undefined;
      place = typeof inner === 'object' && inner !== null ? (inner as Json) : ((place[part] = {}) as Json);
    }
    place[path.at(-1)!] = value;
  }
  return result;
}

const ISO_MAX = 1_000;
const isoOf = new Map<number, string>();

/** All tasks of an execution see its start, and many of a batch began in one millisecond: a text is made once. */
function iso(ms: number): string {
  let text = isoOf.get(ms);
  if (text === undefined) {
    if (isoOf.size >= ISO_MAX) isoOf.clear();
    isoOf.set(ms, (text = new Date(ms).toISOString()));
  }
  return text;
}

const reachesOfTask = new WeakMap<Task, readonly Reach[]>();

/** What the expressions of a task can reach, `vars` looked through. Parsed once per task. */
export function taskReaches(task: Task, flow: Flow): readonly Reach[] {
  let reaches = reachesOfTask.get(task);
  if (!reaches) {
    reaches = valueReaches([task.properties, task.timeout, task.runIf, task.workerGroup], flow);
    reachesOfTask.set(task, reaches);
  }
  return reaches;
}

export function valueReaches(value: unknown, flow: Flow): readonly Reach[] {
  const reaches = reachesOf(value);
  return reaches.some(([root]) => root === 'vars') ? [...reaches, ...reachesOf(flow.variables)] : reaches;
}

/** Whether labels, state, variables and the last failure must be at hand. */
export const needsHead = (reaches: readonly Reach[], flow: Flow): boolean =>
  reaches.some(
    ([root, field]) =>
      root === undefined ||
      root === 'labels' ||
      root === 'error' ||
      (root === 'execution' && field !== 'id') ||
      (root === 'vars' && changesVariables(flow)),
  );

/** Whether outputs of those around it must be at hand. */
export const needsParents = (reaches: readonly Reach[]): boolean =>
  reaches.some(([root]) => root === undefined || root === 'parent' || root === 'parents');

export const givesOutputs = ({ outputs }: TaskRun): boolean => outputs !== undefined && Object.keys(outputs).length > 0;

const changesVariablesOf = new WeakMap<Flow, boolean>();
const CHANGES_VARIABLES = /\.(?:Unset|Set)Variables$/;

function changesVariables(flow: Flow): boolean {
  let changes = changesVariablesOf.get(flow);
  if (changes === undefined) {
    changes = [...flow.taskOf.values()].some(({ type }) => CHANGES_VARIABLES.test(type));
    changesVariablesOf.set(flow, changes);
  }
  return changes;
}

/** Ids of the tasks whose outputs or states can be reached; `all` when it cannot be told. */
export function reachedTasks(reaches: readonly Reach[]): ReadonlySet<string> | 'all' {
  const ids = new Set<string>();
  for (const [root, id] of reaches) {
    const isByTask = root === 'outputs' || root === 'tasks';
    if (root === undefined || (isByTask && id === undefined)) return 'all';
    if (isByTask) ids.add(id!);
  }
  return ids;
}
