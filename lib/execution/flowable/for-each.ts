/** ForEach: its tasks once per value, one after the other within an iteration; `concurrencyLimit` iterations at once. */
import { flowableEntry, type PropertySchema } from './entry.ts';
import type { Flowable } from './flowable.ts';
import { roomOf } from './parallel.ts';
import { valuesOf } from './values.ts';

export const VALUES: PropertySchema = {
  description: 'A list, or an expression that gives one; a map gives its entries as { key, value }',
  type: ['array', 'string', 'object'],
};

/** Iterations one after the other, or several at the same time; `limit` says how many. */
export function iterating(
  limit: (properties: Readonly<Record<string, unknown>>) => number,
): Pick<Flowable, 'next' | 'complete'> {
  return {
    *next({ task, tasks, memo, scope, scopeOf, touched }) {
      const values = memo as readonly string[];
      if (tasks.length === 0) return;
      for (const iteration of touched) {
        const { created, live } = scopeOf(iteration);
        if (live === 0 && created < tasks.length)
          yield { task: tasks[created]!, iteration, value: values[iteration]!, follows: true };
      }
      const room = limit(task.properties);
      const { created, live } = scope;
      for (let n = 0; created + n < values.length && live + n < room; n++)
        yield { task: tasks[0]!, iteration: created + n, value: values[created + n]! };
    },
    complete: ({ tasks, memo, scope }) =>
      tasks.length === 0 || (scope.live === 0 && scope.created >= (memo as readonly string[]).length),
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
  begin: (task, { render }) => ({ kind: 'runs', memo: valuesOf(render(task.properties.values)) }),
};
