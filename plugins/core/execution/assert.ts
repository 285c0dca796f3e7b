/** execution.Assert: fails unless every condition holds, and says which do not. */
import { defineTask, TaskError } from '@windhover/sdk';
import { z } from 'zod';
import { holds } from '../condition.ts';

export const assert = defineTask({
  type: 'io.kestra.plugin.core.execution.Assert',
  title: 'Assert conditions',
  description: 'Renders each of `conditions` and fails when one does not hold, or cannot be rendered.',
  properties: z.strictObject({
    // Rendered one by one: the others are judged although one cannot be rendered.
    conditions: z.array(z.string()).meta({ dynamic: false }).describe('Expressions'),
    errorMessage: z.string().optional().describe('Said after the number of those that failed'),
  }),
  examples: [
    {
      title: 'Check what was counted',
      code: 'id: check\ntype: io.kestra.plugin.core.execution.Assert\nconditions:\n  - "{{ outputs.count.vars.rows > 0 }}"\nerrorMessage: there are no rows\n',
    },
  ],
  async run({ renderAsync, log, metric }, { conditions, errorMessage }) {
    let failed = 0;
    for (const condition of conditions) {
      const fault = await faultOf(condition, renderAsync);
      if (fault === undefined) continue;
      log.error(`Assertion \`${condition}\` failed${fault}`);
      failed++;
    }
    metric({ type: 'counter', name: 'success', value: conditions.length - failed });
    metric({ type: 'counter', name: 'failed', value: failed });
    if (failed === 0) return undefined;
    const more = errorMessage === undefined ? '' : `\n${errorMessage}`;
    throw new TaskError(`${failed} assertion${failed > 1 ? 's' : ''} failed!${more}`);
  },
});

async function faultOf(condition: string, render: (template: string) => Promise<unknown>): Promise<string | undefined> {
  try {
    return holds(await render(condition)) ? undefined : '!';
  } catch (error) {
    return `, failed to render \`${(error as Error).message}\``;
  }
}
