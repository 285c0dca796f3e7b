/** debug.Return: gives back what its format renders to. */
import { defineTask } from '@windhover/sdk';
import { z } from 'zod';

export const returns = defineTask({
  type: 'io.kestra.plugin.core.debug.Return',
  title: 'Return a value',
  description: 'Renders `format` and gives it back as the output `value`: for trying things out.',
  properties: z.strictObject({ format: z.string().optional().describe('What to return') }),
  examples: [
    { title: 'Return', code: 'id: hello\ntype: io.kestra.plugin.core.debug.Return\nformat: "{{ task.id }}"\n' },
  ],
  // Nothing here waits: a task without a promise is a plain call, and thousands of these run a second.
  run: (_context, { format }) => (format === undefined ? {} : { value: format }),
});
