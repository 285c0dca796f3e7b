/** execution.Resume: lets a paused execution go on. */
import { defineTask, type TaskContext, TaskError } from '@windhover/sdk';
import { z } from 'zod';
import { asked, part } from '../server.ts';

export const resume = defineTask({
  type: 'io.kestra.plugin.core.execution.Resume',
  title: 'Resume an execution',
  description:
    'Lets the paused execution `executionId` go on; or, with `namespace` and `flowId`, the latest paused one of that flow.',
  properties: z.strictObject({
    executionId: z.string().optional().describe('This execution, if neither it nor a flow is named'),
    namespace: z.string().optional(),
    flowId: z.string().optional(),
    inputs: z.record(z.string(), z.unknown()).optional().describe('What its Pause asks for (`onResume`)'),
  }),
  examples: [
    {
      title: 'Resume what asked for it',
      code: 'id: resume\ntype: io.kestra.plugin.core.execution.Resume\nexecutionId: "{{ inputs.executionId }}"\n',
    },
  ],
  async run(context, { executionId, namespace, flowId, inputs }) {
    const id = executionId ?? (namespace && flowId ? await paused(context, namespace, flowId) : context.execution.id);
    await asked(context, 'POST', `/executions/${part(id)}/resume`, inputs ?? {});
    return undefined;
  },
});

async function paused(context: TaskContext, namespace: string, flowId: string): Promise<string> {
  const query = `namespace=${part(namespace)}&flowId=${part(flowId)}&state=PAUSED&size=1&sort=state.startDate:desc`;
  const { results = [] } = (await asked(context, 'GET', `/executions/search?${query}`)) as {
    readonly results?: readonly { readonly id: string }[];
  };
  if (results[0]) return results[0].id;
  throw new TaskError(`expected a paused execution of ${namespace}.${flowId}, got none`);
}
