/** EachParallel, deprecated: every task for every value at the same time, or `concurrent` of these task runs. */
import { flowableEntry } from './entry.ts';
import type { Flowable } from './flowable.ts';
import { VALUES } from './for-each.ts';
import { CONCURRENT, roomOf } from './parallel.ts';
import { valuesOf } from './values.ts';

interface Memo {
  readonly values: readonly string[];
}

export const EACH_PARALLEL: Flowable = {
  ...flowableEntry({
    type: 'io.kestra.plugin.core.flow.EachParallel',
    title: 'Run every task for every value at the same time',
    deprecated: 'io.kestra.plugin.core.flow.ForEach with concurrencyLimit: 0',
    properties: { value: VALUES, concurrent: CONCURRENT },
    required: ['value'],
  }),
  begin: (task, { render }) => ({ kind: 'runs', memo: { values: valuesOf(render(task.properties.value)) } }),
  *next({ task, tasks, memo, scope }) {
    const { values } = memo as Memo;
    const room = roomOf(task.properties.concurrent);
    const { runs, liveRuns } = scope;
    for (let n = 0; runs + n < values.length * tasks.length && liveRuns + n < room; n++) {
      const iteration = Math.floor((runs + n) / tasks.length);
      yield { task: tasks[(runs + n) % tasks.length]!, iteration, value: values[iteration]! };
    }
  },
  complete: ({ tasks, memo, scope }) =>
    scope.liveRuns === 0 && scope.runs >= (memo as Memo).values.length * tasks.length,
  after: () => false,
};
