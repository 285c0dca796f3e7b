/** execution.Kill: kills an execution, this one or another. */
import { defineTask } from '@windhover/sdk';
import { z } from 'zod';
import { asked, part } from '../server.ts';

export const kill = defineTask({
  type: 'io.kestra.plugin.core.execution.Kill',
  title: 'Kill an execution',
  description: 'Kills `executionId`: none of its tasks begins from then on, and those that run are ended.',
  properties: z.strictObject({
    executionId: z.string().optional().describe('This execution, if absent'),
    propagateKilling: z.boolean().default(true).describe('Whether the executions that it has started are killed too'),
    propagateKill: z.boolean().optional().describe('Another name of `propagateKilling`'),
  }),
  examples: [
    {
      title: 'Kill what takes too long',
      code: 'id: kill\ntype: io.kestra.plugin.core.execution.Kill\nexecutionId: "{{ inputs.executionId }}"\n',
    },
  ],
  async run(context, { executionId, propagateKilling, propagateKill }) {
    const id = executionId ?? context.execution.id;
    const cascade = propagateKill ?? propagateKilling;
    await asked(context, 'DELETE', `/executions/${part(id)}/kill?isOnKillCascade=${cascade}`);
    return undefined;
  },
});
