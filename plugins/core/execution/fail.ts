/** execution.Fail: fails, always or when its condition holds. */
import { defineTask, TaskError } from '@windhover/sdk';
import { z } from 'zod';
import { holds } from '../condition.ts';

export const fail = defineTask({
  type: 'io.kestra.plugin.core.execution.Fail',
  title: 'Fail the execution',
  description: 'Fails with `errorMessage`: always, or only when `condition` holds.',
  properties: z.strictObject({
    condition: z
      .union([z.string(), z.boolean()])
      .optional()
      .describe('An expression; without it the task always fails'),
    errorMessage: z.string().default('Task failure').describe('Why'),
  }),
  atOnce: true,
  examples: [
    {
      title: 'Refuse an empty name',
      code: 'id: check\ntype: io.kestra.plugin.core.execution.Fail\ncondition: "{{ inputs.name == \'\' }}"\nerrorMessage: a name is needed\n',
    },
  ],
  run(_context, { condition, errorMessage }) {
    if (condition === undefined || holds(condition)) throw new TaskError(errorMessage);
    return undefined;
  },
});
