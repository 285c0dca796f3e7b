/** ForEach: its tasks once per value, one after the other within an iteration; `concurrencyLimit` iterations at once. */

import { flowableEntry } from './entry.ts';
import type { Flowable } from './flowable.ts';

const VALUES_MAX = 100_000;

export const FOR_EACH: Flowable = {
  ...flowableEntry({
    type: 'io.kestra.plugin.core.flow.ForEach',
    aliases: [],
    title: 'Run tasks for each value of a list',
    properties: {
      values: { description: 'A list, or an expression that gives one', type: ['array', 'string', 'object'] },
      concurrencyLimit: {
        type: 'integer',
        minimum: 0,
        default: 1,
        description: 'How many iterations at the same time; 0 is all',
      },
    },
    required: ['values'],
  }),
  begin: (task, render) => valuesOf(render(task.properties.values)),
  *next({ task, tasks, memo, scope, scopeOf, touched }) {
    const values = memo as readonly string[];
    if (tasks.length === 0) return;
    for (const iteration of touched) {
      const { created, live } = scopeOf(iteration);
      if (live === 0 && created < tasks.length)
        yield { task: tasks[created]!, iteration, value: values[iteration]!, follows: true };
    }
    const limit = Number(task.properties.concurrencyLimit ?? 1) || Number.POSITIVE_INFINITY;
    const { created, live } = scope;
    for (let n = 0; created + n < values.length && live + n < limit; n++)
      yield { task: tasks[0]!, iteration: created + n, value: values[created + n]! };
  },
  complete: ({ tasks, memo, scope }) =>
    tasks.length === 0 || (scope.live === 0 && scope.created >= (memo as readonly string[]).length),
};

/** Values as Kestra has them: texts as they are, anything else as JSON. */
function valuesOf(rendered: unknown): readonly string[] {
  const list = typeof rendered === 'string' ? parsed(rendered) : rendered;
  const values = Array.isArray(list)
    ? list
    : isMap(list)
      ? Object.entries(list).map(([key, value]) => ({ key, value }))
      : undefined;
  if (!values) throw new Error(`values: expected a list, got ${excerptOf(rendered)}`);
  if (values.length > VALUES_MAX) throw new Error(`values: expected at most ${VALUES_MAX}, got ${values.length}`);
  return values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const isMap = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);
const excerptOf = (value: unknown): string =>
  (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')).slice(0, 80);
