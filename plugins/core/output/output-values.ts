/** output.OutputValues: gives values of the author's own as outputs. */
import { defineTask } from '@windhover/sdk';
import { z } from 'zod';

export const outputValues = defineTask({
  type: 'io.kestra.plugin.core.output.OutputValues',
  title: 'Give values as outputs',
  description: 'Renders `values` and gives them back: `outputs.<task>.values.<name>`.',
  properties: z.strictObject({ values: z.record(z.string(), z.unknown()).optional().describe('Names and values') }),
  atOnce: true,
  examples: [
    {
      title: 'Two values',
      code: 'id: totals\ntype: io.kestra.plugin.core.output.OutputValues\nvalues:\n  orders: "{{ outputs.count.value }}"\n  day: "{{ execution.startDate }}"\n',
    },
  ],
  run: (_context, { values }) => ({ values: values ?? {} }),
});
