/** EachSequential, deprecated: a ForEach of one iteration at a time. */
import { flowableEntry } from './entry.ts';
import type { Flowable } from './flowable.ts';
import { iterating, VALUES } from './for-each.ts';
import { valuesOf } from './values.ts';

export const EACH_SEQUENTIAL: Flowable = {
  ...flowableEntry({
    type: 'io.kestra.plugin.core.flow.EachSequential',
    title: 'Run tasks for each value, one value after the other',
    deprecated: 'io.kestra.plugin.core.flow.ForEach',
    properties: { value: VALUES },
    required: ['value'],
  }),
  ...iterating(() => 1),
  begin: (task, { render }) => ({ kind: 'runs', memo: { values: valuesOf(render(task.properties.value)) } }),
};
