/** execution.Exit: ends the execution in a state of the author's choice. */
import { defineTask } from '@windhover/sdk';
import { z } from 'zod';

export const exit = defineTask({
  type: 'io.kestra.plugin.core.execution.Exit',
  title: 'End the execution',
  description:
    'Ends the execution in `state`: nothing that follows is run. What runs beside it goes on, unless the state is KILLED.',
  properties: z.strictObject({
    state: z.enum(['SUCCESS', 'WARNING', 'KILLED', 'FAILED', 'CANCELED', 'CANCELLED']).default('SUCCESS'),
  }),
  atOnce: true,
  examples: [
    {
      title: 'End early when there is nothing to do',
      code: 'id: nothing_to_do\ntype: io.kestra.plugin.core.execution.Exit\nrunIf: "{{ inputs.orders is empty }}"\nstate: WARNING\n',
    },
  ],
  run({ update }, { state }) {
    update({ exit: state === 'CANCELED' ? 'CANCELLED' : state });
    return undefined;
  },
});
