/** debug.Return: gives back what its format renders to. */
import { defineTask } from '@windhover/sdk';
import { z } from 'zod';

export const returns = defineTask({
  type: 'io.kestra.plugin.core.debug.Return',
  title: 'Return a value',
  description: 'Renders `format` and gives it back as the output `value`: for trying things out.',
  properties: z.strictObject({ format: z.string().optional().describe('What to return') }),
  atOnce: true,
  examples: [
    { title: 'Return', code: 'id: hello\ntype: io.kestra.plugin.core.debug.Return\nformat: "{{ task.id }}"\n' },
  ],
  // Nothing here waits: a task without a promise is a plain call, and thousands of these run a second.
  run: (context, { format }) => {
    const fromMs = performance.now();
    const outputs = format === undefined ? {} : { value: format };
    context.metric({ type: 'counter', name: 'length', value: format?.length ?? 0 });
    context.metric({ type: 'timer', name: 'duration', value: performance.now() - fromMs });
    return outputs;
  },
});
