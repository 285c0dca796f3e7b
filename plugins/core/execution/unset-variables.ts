/** execution.UnsetVariables: takes variables of the execution away. */
import { defineTask } from '@windhover/sdk';
import { z } from 'zod';

export const unsetVariables = defineTask({
  type: 'io.kestra.plugin.core.execution.UnsetVariables',
  title: 'Take variables away',
  description: 'Takes `variables` from those of the execution; `a.b` is the variable `b` in the map `a`.',
  properties: z.strictObject({
    variables: z.array(z.string().min(1)),
    ignoreMissing: z.boolean().default(false).describe('Whether one that is not there is no error'),
  }),
  atOnce: true,
  examples: [
    {
      title: 'Forget a name',
      code: 'id: forget\ntype: io.kestra.plugin.core.execution.UnsetVariables\nvariables:\n  - name\n',
    },
  ],
  run({ update }, { variables, ignoreMissing }) {
    update({ unset: variables, ignoreMissing });
    return undefined;
  },
});
