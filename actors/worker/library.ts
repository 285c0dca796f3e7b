/**
 * What a runner knows: its plugins, the flows that it was sent (parsed at their first use, once), the starts of executions
 * that it has seen lately. Turns a work item into something that can be run.
 */
import { contextOf } from '../../lib/execution/context.ts';
import { parseFlow } from '../../lib/flow/parse.ts';
import type { Catalogue } from '../../lib/model/catalogue.ts';
import { taskPlace } from '../../lib/model/envelope.ts';
import { type ExecutionHead, type ExecutionStart, parseAttemptRef, type TaskRun } from '../../lib/model/execution.ts';
import { type Flow, type Task, TENANT } from '../../lib/model/flow.ts';
import type { Installation } from '../../lib/model/installation.ts';
import { kinOf } from '../../lib/model/kin.ts';
import type { ContentHash } from '../../lib/model/partition.ts';
import type { PluginSet } from '../../lib/plugin/load.ts';
import type { Roots, RunGiven, Runnable } from '../../lib/task/given.ts';
import { readYaml } from '../../lib/yaml/yaml.ts';
import { type Server, TaskError } from '../../plugins/sdk/index.ts';
import { type ExecutionPart, type RunMessage, startName, type WorkItem } from './channel.ts';
import { errorLines } from './error-lines.ts';
import type { Secrets } from './secrets.ts';

/** The part of a batch that one execution's items share, parsed as far as it was asked for. */
export interface OpenPart {
  readonly part: ExecutionPart;
  readonly parsed: Map<string, unknown>;
}

/** What a run is given by its runner. */
export interface RunnersPart extends Pick<RunGiven, 'sink' | 'metrics'> {
  /** For tasks that come with the server, and for expressions. */
  readonly server: Server;
}

export interface LibraryParts {
  readonly plugins: PluginSet;
  readonly secrets: Secrets;
  readonly installation: Installation;
}

export const openPart = (part: ExecutionPart): OpenPart => ({ part, parsed: new Map() });

export class Library {
  readonly #plugins: PluginSet;
  readonly #secrets: Secrets;
  readonly #installation: Installation;
  readonly #sources = new Map<ContentHash, string>();
  readonly #flows = new Map<ContentHash, Flow>();
  /** As text until it is needed. */
  readonly #starts = new Map<string, ExecutionStart | string>();

  constructor({ plugins, secrets, installation }: LibraryParts) {
    this.#plugins = plugins;
    this.#secrets = secrets;
    this.#installation = installation;
  }

  learn({ flows = [], starts = [], drop = [] }: Partial<Pick<RunMessage, 'flows' | 'starts' | 'drop'>>): void {
    for (const name of drop) for (const known of [this.#sources, this.#flows, this.#starts]) known.delete(name);
    for (const [hash, source] of flows) this.#sources.set(hash, source);
    for (const [name, json] of starts) this.#starts.set(name, json);
  }

  /** Throws a TaskError when the flow, the task or its type cannot be had. */
  given({ item }: WorkItem, open: OpenPart, { sink, metrics, server }: RunnersPart): RunGiven {
    const start = this.#start(open.part);
    const flow = this.#flow(item.hash, start.flow.tenant);
    const task = flow.taskOf.get(item.taskId);
    if (!task)
      throw new TaskError(
        `expected a task ${item.taskId} in revision ${start.flow.revision} of ${flow.namespace}.${flow.id}, got none`,
      );
    const { executionId, taskRunId, attempt } = parseAttemptRef(item.ref);
    const { tenant, namespace, id: flowId, revision: flowRevision } = start.flow;
    const installation = this.#installation;
    const opened = (run: TaskRun): TaskRun => this.#secrets.openedRun(run, start);
    const sealedRoots = (): Roots => rootsOf({ start, flow, installation }, item, open);
    const clearRoots = (): Roots =>
      rootsOf({ start: this.#secrets.opened(start, flow), flow, installation }, item, open, opened);
    return {
      place: { tenant, namespace, flowId, executionId, taskId: item.taskId, taskRunId, attempt },
      flowRevision,
      ...this.#runnable(task, server),
      value: item.value,
      sink,
      metrics,
      roots: clearRoots,
      shown: () => (this.#secrets.hasOpened(start) ? sealedRoots() : undefined),
      seal: (text) => this.#secrets.seal(taskPlace(start.originalId, item.taskId), text),
      kin: () => kinOf(start),
      errorLogs: () => errorLines(server, executionId),
      mask: () => this.#secrets.maskOf(start, flow),
      taskIn: (source) => this.#runnable(taskIn(source, this.#plugins.catalogue), server),
    };
  }

  #runnable(task: Task, server: Server): Runnable {
    const definition = this.#plugins.task(task.type);
    if (!definition) throw new TaskError(`expected a plugin for ${task.writtenType} in this worker, got none`);
    return { task, definition, ...(this.#plugins.isOwn(definition) ? { server } : {}) };
  }

  #start(part: ExecutionPart): ExecutionStart {
    const name = startName(part);
    const known = this.#starts.get(name);
    if (known === undefined) throw new TaskError(`expected the start of the execution ${name} to be at hand, got none`);
    if (typeof known !== 'string') return known;
    const start = JSON.parse(known) as ExecutionStart;
    this.#starts.set(name, start);
    return start;
  }

  #flow(hash: ContentHash, tenant: string): Flow {
    const known = this.#flows.get(hash);
    if (known) return known;
    const source = this.#sources.get(hash);
    if (source === undefined) throw new TaskError(`expected the flow ${hash} to be at hand, got none`);
    const { flow, problems } = parseFlow(source, this.#plugins.catalogue, { tenant });
    if (!flow) throw new TaskError(`the flow is not valid here: ${problems[0]?.message ?? 'it has no tasks'}`);
    this.#flows.set(hash, flow);
    return flow;
  }
}

/** A task written as in a flow, on its own. Throws a TaskError. */
function taskIn(source: string, catalogue: Catalogue): Task {
  const { value, problems } = readYaml(source);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TaskError(`spec: ${problems[0]?.message ?? 'expected a task with a type'}`);
  // JSON is YAML: the parser of flows judges it as it would in a flow.
  const flow = JSON.stringify({ id: 'spec', namespace: 'spec', tasks: [{ id: 'task', ...value }] });
  const parsed = parseFlow(flow, catalogue, { tenant: TENANT });
  const task = parsed.flow?.tasks[0];
  if (!task) throw new TaskError(`spec: ${parsed.problems[0]?.message ?? 'expected a task with a type'}`);
  if (task.kind !== 'runnable') throw new TaskError(`spec: expected a task that does work, got ${task.writtenType}`);
  const outside = OF_THE_OUTER_TASK.find((name) => Object.hasOwn(value, name));
  if (outside) throw new TaskError(`spec: expected ${outside} at the task around it, got it in the spec`);
  return task;
}

/** What the engine reads before a task runs. */
const OF_THE_OUTER_TASK = [
  'timeout',
  'retry',
  'runIf',
  'when',
  'disabled',
  'allowFailure',
  'allowWarning',
  'workerGroup',
];

function rootsOf(
  seen: { readonly start: ExecutionStart; readonly flow: Flow; readonly installation: Installation },
  item: WorkItem['item'],
  open: OpenPart,
  opened: (taskRun: TaskRun) => TaskRun = (taskRun) => taskRun,
): Roots {
  const taskRuns = new Map<string, TaskRun>();
  let head: ExecutionHead | undefined;
  for (const name of item.reads) {
    const value = fieldOf(open, name);
    if (value === undefined) continue;
    if (name === 'head') head = value as ExecutionHead;
    else if (name.startsWith('t:')) taskRuns.set((value as TaskRun).id, opened(value as TaskRun));
  }
  const oldestFirst = [...taskRuns.values()].sort((a, b) => a.index - b.index);
  const taskRun = (id: string): TaskRun | undefined => taskRuns.get(id);
  return contextOf({ ...seen, head, taskRuns: oldestFirst, taskRun, place: item });
}

function fieldOf({ part, parsed }: OpenPart, name: string): unknown {
  if (parsed.has(name)) return parsed.get(name);
  const text = part.fields.find(([field]) => field === name)?.[1];
  const value: unknown = text === undefined ? undefined : JSON.parse(text);
  parsed.set(name, value);
  return value;
}
