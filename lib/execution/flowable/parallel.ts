/** Parallel: all tasks at once, or `concurrent` of them. */
import { flowableEntry, type PropertySchema } from './entry.ts';
import type { Flowable } from './flowable.ts';

export const CONCURRENT: PropertySchema = {
  type: 'integer',
  minimum: 0,
  default: 0,
  description: 'How many at the same time; 0 is all',
};

/** How many may live at the same time, of a property in which 0 is all. */
export const roomOf = (limit: unknown, absent = 0): number => Number(limit ?? absent) || Number.POSITIVE_INFINITY;

export const PARALLEL: Flowable = {
  ...flowableEntry({
    type: 'io.kestra.plugin.core.flow.Parallel',
    title: 'Run tasks at the same time',
    properties: { concurrent: CONCURRENT },
  }),
  *next({ task, tasks, scope }) {
    const room = roomOf(task.properties.concurrent);
    // The caller creates as we go, so the scope is not looked at again.
    const { created, live } = scope;
    for (let n = 0; created + n < tasks.length && live + n < room; n++) yield { task: tasks[created + n]! };
  },
  complete: ({ tasks, scope }) => scope.live === 0 && scope.created >= tasks.length,
  after: () => false,
};
