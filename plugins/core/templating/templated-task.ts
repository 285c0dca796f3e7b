/** templating.TemplatedTask: a task that is not known before the flow runs. */
import { defineTask } from '@windhover/sdk';
import { z } from 'zod';

export const templatedTask = defineTask({
  type: 'io.kestra.plugin.core.templating.TemplatedTask',
  title: 'Run a task out of a template',
  description:
    'Renders `spec`, reads it as the YAML of a task, and runs that task in the place of this one: its outputs are this one’s. What `spec` renders to is not rendered again. Properties that the engine reads (`timeout`, `retry`, `runIf`) stand at this task, not in `spec`.',
  properties: z.strictObject({ spec: z.string().describe('YAML, with a type and its properties') }),
  examples: [
    {
      title: 'A type that is an input',
      code: 'id: dynamic\ntype: io.kestra.plugin.core.templating.TemplatedTask\nspec: |\n  type: io.kestra.plugin.core.http.{{ inputs.what }}\n  uri: https://example.org/orders\n',
    },
  ],
  run: async ({ runTask }, { spec }) => (await runTask(spec)) as undefined,
});
