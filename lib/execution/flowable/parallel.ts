/** Parallel: all tasks at once, or `concurrent` of them. */
import { flowableEntry } from './entry.ts';
import type { Flowable } from './flowable.ts';

export const PARALLEL: Flowable = {
  ...flowableEntry({
    type: 'io.kestra.plugin.core.flow.Parallel',
    aliases: ['io.kestra.core.tasks.flows.Parallel'],
    title: 'Run tasks at the same time',
    properties: {
      concurrent: { type: 'integer', minimum: 0, default: 0, description: 'How many at the same time; 0 is all' },
    },
  }),
  *next({ task, tasks, scope }) {
    const room = Number(task.properties.concurrent ?? 0) || Number.POSITIVE_INFINITY;
    // The caller creates as we go, so the scope is not looked at again.
    const { created, live } = scope;
    for (let n = 0; created + n < tasks.length && live + n < room; n++) yield { task: tasks[created + n]! };
  },
  complete: ({ tasks, scope }) => scope.live === 0 && scope.created >= tasks.length,
};
