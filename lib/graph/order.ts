/**
 * In which order a flowable runs what is in it, as far as a drawing shows it: one function per order. A flowable that has no row
 * here is drawn as a sequence of all its lists.
 */
import type { Task } from '../model/flow.ts';
import type { RelationType } from './graph.ts';

/** Draws a flowable's tasks into its cluster. */
export interface Pen {
  follow(tasks: readonly Task[], relationType: 'SEQUENTIAL' | 'PARALLEL', value?: string): void;
  depend(tasks: readonly Task[]): void;
}

type Order = (task: Task, pen: Pen) => void;

export interface Drawn {
  /** Of the edge that leads from the flowable to what is in it. */
  readonly relationType: RelationType;
  readonly order: Order;
}

const CASES = 'cases.';
const ASIDE: ReadonlySet<string> = new Set(['errors', 'finally']);

/** The lists that are no ends: in the order in which the flowable's type names them. */
const listsOf = ({ lists }: Task): readonly (readonly [name: string, tasks: readonly Task[]])[] =>
  Object.entries(lists).filter(([name]) => !ASIDE.has(name));

const sequence: Order = (task, pen) =>
  pen.follow(
    listsOf(task).flatMap(([, tasks]) => tasks),
    'SEQUENTIAL',
  );

const parallel: Order = (task, pen) =>
  pen.follow(
    listsOf(task).flatMap(([, tasks]) => tasks),
    'PARALLEL',
  );

/** Each list is a way of its own, named as the list. */
const choice: Order = (task, pen) => {
  for (const [name, tasks] of listsOf(task))
    pen.follow(tasks, 'SEQUENTIAL', name.startsWith(CASES) ? name.slice(CASES.length) : name);
};

const dependencies: Order = (task, pen) => pen.depend(listsOf(task).flatMap(([, tasks]) => tasks));

const FLOW = 'io.kestra.plugin.core.flow.';
const IN_SEQUENCE: Drawn = { relationType: 'SEQUENTIAL', order: sequence };
const TABLE: Readonly<Record<string, Drawn>> = {
  [`${FLOW}Parallel`]: { relationType: 'PARALLEL', order: parallel },
  [`${FLOW}EachSequential`]: { relationType: 'DYNAMIC', order: sequence },
  [`${FLOW}EachParallel`]: { relationType: 'DYNAMIC', order: parallel },
  // Iterations may run side by side; the tasks of each never do.
  [`${FLOW}ForEach`]: { relationType: 'DYNAMIC', order: sequence },
  [`${FLOW}If`]: { relationType: 'CHOICE', order: choice },
  [`${FLOW}Switch`]: { relationType: 'CHOICE', order: choice },
  [`${FLOW}Dag`]: { relationType: 'DYNAMIC', order: dependencies },
};

/** By canonical type. */
export const drawnAs = (type: string): Drawn => (Object.hasOwn(TABLE, type) ? TABLE[type]! : IN_SEQUENCE);
