/** execution.SetVariables: sets variables of the execution, which later tasks see as `vars`. */
import { defineTask } from '@windhover/sdk';
import { z } from 'zod';

export const setVariables = defineTask({
  type: 'io.kestra.plugin.core.execution.SetVariables',
  title: 'Set variables',
  description: 'Puts `variables` over those of the execution, maps within maps too: later tasks see them as `vars`.',
  properties: z.strictObject({
    variables: z.record(z.string(), z.unknown()),
    overwrite: z.boolean().default(true).describe('Whether a variable that is there may get a new value'),
  }),
  atOnce: true,
  examples: [
    {
      title: 'Remember a name',
      code: 'id: remember\ntype: io.kestra.plugin.core.execution.SetVariables\nvariables:\n  name: "{{ inputs.name }}"\n',
    },
  ],
  run({ update }, { variables, overwrite }) {
    update({ variables, overwrite });
    return undefined;
  },
});
