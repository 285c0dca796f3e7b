/** ForEach: its tasks once per value, one after the other within an iteration; `concurrencyLimit` iterations at once. */
import { flowableEntry, type PropertySchema } from './entry.ts';
import type { Flowable, Place } from './flowable.ts';
import { roomOf } from './parallel.ts';
import { valuesOf } from './values.ts';

export const VALUES: PropertySchema = {
  description: 'A list, or an expression that gives one; a map gives its entries as { key, value }',
  type: ['array', 'string', 'object'],
};

/** `resting`: iterations that a restart has found between two of their tasks. */
interface Memo {
  readonly values: readonly string[];
  readonly resting?: readonly number[];
}

/** Iterations one after the other, or several at the same time; `limit` says how many. */
export function iterating(
  limit: (properties: Readonly<Record<string, unknown>>) => number,
): Pick<Flowable, 'next' | 'complete' | 'after'> {
  return {
    *next({ task, tasks, memo, scope, scopeOf, touched }) {
      const { values, resting = [] } = memo as Memo;
      if (tasks.length === 0) return;
      const room = limit(task.properties);
      const { created } = scope;
      let { live } = scope;
      for (const iteration of [...touched, ...resting]) {
        const inner = scopeOf(iteration);
        if (live >= room || inner.live > 0 || inner.created >= tasks.length) continue;
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
