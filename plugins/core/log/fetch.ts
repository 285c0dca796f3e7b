/** log.Fetch: the log of an execution as a file, a line of JSON for each line. */
import { defineTask } from '@windhover/sdk';
import { z } from 'zod';
import { asked, part } from '../server.ts';
import { LEVELS } from './log.ts';

const TASKS_MAX = 100;

export const fetchLog = defineTask({
  type: 'io.kestra.plugin.core.log.Fetch',
  title: 'Fetch a log',
  description:
    'Stores the log so far of `executionId` as a file: `outputs.<task>.uri`, with a line of JSON for each line. Lines that were written a moment ago may not be there yet.',
  properties: z.strictObject({
    executionId: z.string().optional().describe('This execution, if absent'),
    namespace: z.string().optional().describe('Accepted and not used: an id names one execution'),
    flowId: z.string().optional().describe('Accepted and not used'),
    tasksId: z.array(z.string()).max(TASKS_MAX).default([]).describe('Only the lines of these tasks'),
    level: z.enum(LEVELS).default('INFO').describe('The lowest level'),
  }),
  outputs: z.object({ size: z.int(), uri: z.string() }),
  examples: [
    {
      title: 'Keep the errors',
      code: 'id: errors\ntype: io.kestra.plugin.core.log.Fetch\nlevel: ERROR\n',
    },
  ],
  async run(context, { executionId, tasksId, level }) {
    const path = `/logs/${part(executionId ?? context.execution.id)}?minLevel=${level}`;
    const paths = tasksId.length === 0 ? [path] : tasksId.map((id) => `${path}&taskId=${part(id)}`);
    const lines: string[] = [];
    for (const each of paths)
      for (const line of (await asked(context, 'GET', each)) as readonly unknown[])
        lines.push(`${JSON.stringify(line)}\n`);
    return { size: lines.length, uri: await context.files.store('log.ion', Buffer.from(lines.join(''))) };
  },
});
