/** Draws lists of tasks into a cluster: one after the other, side by side, or as they depend on each other; then what runs aside. */
import type { TaskRun } from '../model/execution.ts';
import type { Flow, Task } from '../model/flow.ts';
import { calledBy } from './calls.ts';
import {
  beginDraft,
  connect,
  type Draft,
  disconnect,
  entryOf,
  exitOf,
  type Member,
  removeMark,
  setBranch,
} from './draft.ts';
import type { GraphNode, RelationType, TaskNode } from './graph.ts';
import { drawnAs, type Pen } from './order.ts';

/** What a drawing knows besides the flow. */
export interface World {
  readonly number: () => number;
  /** The uid, or another one where it is taken: values of iterations may repeat. */
  readonly unique: (uid: string) => string;
  /** Task runs of a task; none where only the flow is drawn. */
  readonly runsOf: (taskId: string) => readonly TaskRun[];
  readonly valuesOf: (run: TaskRun) => readonly string[];
  /** The flow that the task with this uid is opened into. */
  readonly opened: (uid: string) => Flow | undefined;
}

interface Filled {
  readonly draft: Draft;
  readonly world: World;
  /** The run of the flowable that is drawn. */
  readonly parent?: TaskRun;
}

interface Aside {
  readonly errors: readonly Task[];
  readonly finally: readonly Task[];
  readonly afterExecution: readonly Task[];
}

const NONE: readonly Task[] = [];

/** A flow into a cluster, its triggers before it. */
export function fillFlow(draft: Draft, flow: Flow, world: World): void {
  if (flow.triggers.length > 0) {
    const triggers = beginDraft(`${draft.path}.Triggers`, world.number);
    draft.members.add(triggers);
    for (const trigger of flow.triggers) {
      const node: GraphNode = { kind: 'trigger', uid: `${triggers.path}.${trigger.id}`, trigger };
      triggers.members.add(node);
      connect(triggers, triggers.root, node);
      connect(triggers, node, triggers.end);
    }
    fillAside({ draft: triggers, world }, { errors: NONE, finally: NONE, afterExecution: NONE });
    connect(draft, triggers.end, draft.root);
  }
  const filled = { draft, world };
  follow(filled, flow.tasks, 'SEQUENTIAL');
  fillAside(filled, flow);
}

function fillAside(filled: Filled, { errors, finally: last, afterExecution }: Aside): void {
  const { draft } = filled;
  if (errors.length > 0) follow(filled, errors, 'ERROR');
  if (last.length > 0) follow(filled, last, 'FINALLY');
  else {
    disconnect(draft, draft.finally, draft.afterExecution);
    removeMark(draft, draft.finally, draft.afterExecution);
  }
  if (afterExecution.length > 0) follow(filled, afterExecution, 'AFTER_EXECUTION');
  else {
    disconnect(draft, draft.afterExecution, draft.end);
    removeMark(draft, draft.afterExecution, draft.end);
  }
}

/** Where a path begins, and where it leads in the end. */
function pathOf(draft: Draft, type: RelationType): { readonly from: GraphNode; readonly to: GraphNode } {
  switch (type) {
    case 'ERROR':
      return { from: draft.root, to: draft.finally };
    case 'FINALLY':
      disconnect(draft, draft.finally, draft.afterExecution);
      return { from: draft.finally, to: draft.afterExecution };
    case 'AFTER_EXECUTION':
      disconnect(draft, draft.afterExecution, draft.end);
      return { from: draft.afterExecution, to: draft.end };
    case 'SEQUENTIAL':
    case 'PARALLEL':
    case 'CHOICE':
    case 'DYNAMIC':
      return { from: draft.taskNode ?? draft.root, to: draft.finally };
  }
}

function follow(filled: Filled, tasks: readonly Task[], type: RelationType, value?: string): void {
  const { draft } = filled;
  const { from, to } = pathOf(draft, type);
  let previous: Member = from;
  let isFirst = true;
  for (const [n, task] of tasks.entries())
    for (const run of runsIn(filled, task)) {
      const member = memberOf(filled, task, run, type);
      draft.members.add(member);
      if (type === 'ERROR' || type === 'FINALLY' || type === 'AFTER_EXECUTION') setBranch(member, type);
      // What begins a list is related as the flowable relates what is in it; what follows, as the list does.
      const follows = !isFirst && type !== 'PARALLEL' && draft.relationType !== 'DYNAMIC';
      const relationType = type === 'ERROR' || follows ? type : draft.relationType;
      connect(draft, exitOf(previous), entryOf(member), related(relationType, run ? run.value : value));
      if (type !== 'PARALLEL') previous = member;
      if (type === 'PARALLEL' || n === tasks.length - 1) connect(draft, exitOf(member), to);
      isFirst = false;
    }
}

/** Each behind those that it depends on; those that nothing depends on lead to the end. */
function depend(filled: Filled, tasks: readonly Task[]): void {
  const { draft } = filled;
  const needed = new Set(tasks.flatMap(({ dependsOn = [] }) => dependsOn));
  const drawn = new Map<string, Member[]>();
  for (const task of tasks)
    drawn.set(
      task.id,
      runsIn(filled, task).map((run) => memberOf(filled, task, run, 'SEQUENTIAL')),
    );
  for (const { id, dependsOn = [] } of tasks)
    for (const member of drawn.get(id)!) {
      draft.members.add(member);
      const value = isTaskNode(member) ? member.taskRun?.value : undefined;
      const before =
        dependsOn.length === 0 ? [draft.taskNode ?? draft.root] : dependsOn.flatMap((each) => drawn.get(each) ?? []);
      for (const each of before) connect(draft, exitOf(each), entryOf(member), related('PARALLEL', value));
      if (!needed.has(id)) connect(draft, exitOf(member), draft.finally);
    }
}

const isTaskNode = (member: Member): member is TaskNode => 'task' in member;

const related = (relationType: RelationType | undefined, value: string | undefined) => ({
  ...(relationType === undefined ? {} : { relationType }),
  ...(value === undefined ? {} : { value }),
});

/** One for each run of the task under the flowable's; one without a run where the task has none at all. */
function runsIn({ world, parent }: Filled, task: Task): readonly (TaskRun | undefined)[] {
  const runs = world.runsOf(task.id);
  if (runs.length === 0) return [undefined];
  return parent ? runs.filter(({ parentId }) => parentId === parent.id) : runs;
}

function memberOf({ draft, world }: Filled, task: Task, run: TaskRun | undefined, type: RelationType): Member {
  const path = `${draft.path}.${task.id}`;
  const values = run ? world.valuesOf(run) : undefined;
  const { relationType, order } = drawnAs(task.type);
  const isCluster = task.kind === 'flowable' && Object.values(task.lists).some(({ length }) => length > 0);
  const isCall = calledBy(task) !== undefined;
  const node: TaskNode = {
    kind: isCall ? 'subflow' : 'task',
    uid: world.unique([path, ...(values ?? [])].join('_')),
    task,
    ...(run ? { taskRun: run } : {}),
    ...(values ? { values } : {}),
    relationType: isCluster ? relationType : type,
  };
  const called = isCall ? world.opened(node.uid) : undefined;
  if (called) return openedCluster(node, called, world);
  if (!isCluster) return node;
  const cluster = beginDraft(path, world.number, { relationType, taskNode: node });
  const filled: Filled = { draft: cluster, world, ...(run ? { parent: run } : {}) };
  order(task, penOf(filled));
  fillAside(filled, { errors: task.lists.errors ?? NONE, finally: task.lists.finally ?? NONE, afterExecution: NONE });
  return cluster;
}

/** What runs in the called flow is another execution's: it is drawn without runs. */
function openedCluster(node: TaskNode, flow: Flow, world: World): Draft {
  const cluster = beginDraft(node.uid, world.number, { kind: 'subflow', relationType: 'SEQUENTIAL', taskNode: node });
  fillFlow(cluster, flow, { ...world, runsOf: () => [] });
  return cluster;
}

const penOf = (filled: Filled): Pen => ({
  follow: (tasks, type, value) => follow(filled, tasks, type, value),
  depend: (tasks) => depend(filled, tasks),
});
