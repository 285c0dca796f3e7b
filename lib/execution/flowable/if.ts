/** If: the tasks of `then` where the condition holds, those of `else` where it does not. */
import { holds } from '../holds.ts';
import { flowableEntry } from './entry.ts';
import type { Flowable } from './flowable.ts';
import { IN_SEQUENCE } from './sequential.ts';

export const IF: Flowable = {
  ...flowableEntry({
    type: 'io.kestra.plugin.core.flow.If',
    title: 'Run tasks if a condition holds',
    properties: {
      condition: {
        type: ['string', 'boolean', 'integer'],
        description: 'It does not hold if it is false, 0, -0 or an empty text',
      },
    },
    required: ['condition'],
    lists: [
      { name: 'then', shape: 'list', needed: true, main: true },
      { name: 'else', shape: 'list', main: true },
    ],
  }),
  ...IN_SEQUENCE,
  begin: (task, { render }) => {
    const evaluationResult = holds(render(task.properties.condition));
    return { kind: 'runs', list: evaluationResult ? 'then' : 'else', outputs: { evaluationResult } };
  },
};
