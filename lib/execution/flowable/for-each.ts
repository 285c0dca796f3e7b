/** ForEach: its tasks once per value, one after the other within an iteration; `concurrencyLimit` iterations at once. */
import { flowableEntry, type PropertySchema } from './entry.ts';
import type { Flowable, FlowableView, Place } from './flowable.ts';
import { roomOf } from './parallel.ts';
import { valuesOf } from './values.ts';

export const VALUES: PropertySchema = {
  description: 'A list, or an expression that gives one; a map gives its entries as { key, value }',
  type: ['array', 'string', 'object'],
};

/** `resting`: iterations that were found between two of their tasks, see ../resting.ts. */
interface Memo {
  readonly values: readonly string[];
  readonly resting?: readonly number[];
}

/** How many of those that rested, from the first on, are done: none of them is looked at again (E4). Only ever too few. */
const doneOf = new WeakMap<readonly number[], number>();

/** Those that rest no more are in somebody's `touched` when something of them ends. */
function* stillResting({ resting = [] }: Memo, { tasks, scopeOf }: FlowableView): Iterable<number> {
  let at = doneOf.get(resting) ?? 0;
  const isDone = (n: number) => scopeOf(n).created >= tasks.length && scopeOf(n).live === 0;
  while (at < resting.length && isDone(resting[at]!)) at++;
  if (at > 0) doneOf.set(resting, at);
  yield* resting.slice(at);
}

/** Iterations one after the other, or several at the same time; `limit` says how many. */
export function iterating(
  limit: (properties: Readonly<Record<string, unknown>>) => number,
): Pick<Flowable, 'inSequence' | 'next' | 'complete' | 'after'> {
  return {
    inSequence: true,
    *next(view) {
      const { task, tasks, memo, scope, scopeOf, touched } = view;
      const { values } = memo as Memo;
      if (tasks.length === 0) return;
      const room = limit(task.properties);
      const { created } = scope;
      let { live } = scope;
      for (const iteration of [...touched, ...stillResting(memo as Memo, view)]) {
        if (live >= room) return;
        const inner = scopeOf(iteration);
        if (inner.live > 0 || inner.created >= tasks.length) continue;
        live++;
        yield { task: tasks[inner.created]!, iteration, value: values[iteration]!, follows: true };
      }
      for (let n = created; n < values.length && live < room; n++, live++)
        yield { task: tasks[0]!, iteration: n, value: values[n]! };
    },
    complete: ({ tasks, memo, scope }) =>
      tasks.length === 0 || (scope.live === 0 && scope.created >= (memo as Memo).values.length),
    after: ({ lists, properties }, one, other) => {
      const placeOf = (place: Place) => lists.tasks!.findIndex(({ id }) => id === place.taskId);
      const [at, otherAt] = [placeOf(one), placeOf(other)];
      // As Kestra has it: all values of one task, and then all values of the next.
      if (limit(properties) === 1) return otherAt > at || (otherAt === at && other.iteration! > one.iteration!);
      return one.iteration === other.iteration && otherAt > at;
    },
  };
}

export const FOR_EACH: Flowable = {
  ...flowableEntry({
    type: 'io.kestra.plugin.core.flow.ForEach',
    title: 'Run tasks for each value of a list',
    properties: {
      values: VALUES,
      concurrencyLimit: {
        type: 'integer',
        minimum: 0,
        default: 1,
        description: 'How many iterations at the same time; 0 is all',
      },
    },
    required: ['values'],
  }),
  ...iterating(({ concurrencyLimit }) => roomOf(concurrencyLimit, 1)),
  begin: (task, { render }) => ({ kind: 'runs', memo: { values: valuesOf(render(task.properties.values)) } }),
};
