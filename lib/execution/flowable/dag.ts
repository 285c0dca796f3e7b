/** Dag: each task as soon as those that it depends on have ended well, `concurrent` of them at once. */
import type { PropertyProblem } from '../../model/catalogue.ts';
import type { Task } from '../../model/flow.ts';
import { isEnded, stateOf } from '../../model/state.ts';
import { nearest } from '../../nearest.ts';
import { flowableEntry } from './entry.ts';
import type { Flowable, FlowableView } from './flowable.ts';
import { CONCURRENT, roomOf } from './parallel.ts';

export const DAG: Flowable = {
  ...flowableEntry({
    type: 'io.kestra.plugin.core.flow.Dag',
    title: 'Run tasks in the order of their dependencies',
    properties: { concurrent: CONCURRENT },
    lists: [{ name: 'tasks', shape: 'dag', needed: true, main: true }],
    checkLists,
  }),
  *next(view) {
    const { task, tasks, scope } = view;
    if (scope.created >= tasks.length) return;
    let room = roomOf(task.properties.concurrent) - scope.live;
    const byId = new Map(tasks.map((each) => [each.id, each]));
    for (const each of tasks) {
      if (room <= 0) return;
      if (view.taskRun(each) || !each.dependsOn?.every((id) => isDone(view, byId.get(id)))) continue;
      room--;
      yield { task: each };
    }
  },
  complete: ({ tasks, scope }) => scope.live === 0 && scope.created >= tasks.length,
  after: ({ lists }, one, other) => dependents(lists.tasks ?? [], one.taskId).has(other.taskId),
};

/** One that is disabled holds nobody up. */
function isDone(view: FlowableView, task: Task | undefined): boolean {
  const taskRun = task && view.taskRun(task);
  return task === undefined || (taskRun !== undefined && isEnded(stateOf(taskRun.history)));
}

/** All that wait for it, through others too. */
function dependents(tasks: readonly Task[], id: string): ReadonlySet<string> {
  const found = new Set<string>([id]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const task of tasks) if (task.dependsOn?.some((each) => found.has(each))) found.add(task.id);
  }
  found.delete(id);
  return found;
}

function checkLists({ id, lists }: Task): readonly PropertyProblem[] {
  const tasks = lists.tasks ?? [];
  const ids = new Set(tasks.map((task) => task.id));
  const unknown = tasks.flatMap(({ dependsOn = [] }, n) =>
    dependsOn.flatMap((each, m): PropertyProblem[] => {
      if (ids.has(each)) return [];
      const hint = nearest(each, ids);
      return [
        {
          severity: 'error',
          path: `tasks[${n}].dependsOn[${m}]`,
          message: `expected the id of a task in this Dag, got ${each}${hint ? ` (did you mean ${hint}?)` : ''}`,
          got: each,
          kestra: `${id}: Not existing task id in dependency: ${each}`,
        },
      ];
    }),
  );
  const cyclic = cyclicOf(tasks);
  if (cyclic.length === 0) return unknown;
  const names = cyclic.join(', ');
  return [
    ...unknown,
    {
      severity: 'error',
      path: 'tasks',
      message: `expected dependencies without a cycle, got one among ${names}`,
      got: names,
      kestra: `${id}: Cyclic dependency detected: ${names}`,
    },
  ];
}

/** The tasks that stand on a cycle, in the order written. */
function cyclicOf(tasks: readonly Task[]): readonly string[] {
  const dependsOn = new Map(tasks.map((task) => [task.id, task.dependsOn ?? []]));
  // What nobody left depends on, and what depends on nobody left, is on no cycle.
  for (let changed = true; changed; ) {
    const wanted = new Set([...dependsOn.values()].flat());
    const free = [...dependsOn].filter(([id, needs]) => !wanted.has(id) || !needs.some((each) => dependsOn.has(each)));
    for (const [id] of free) dependsOn.delete(id);
    changed = free.length > 0;
  }
  return [...dependsOn.keys()];
}
