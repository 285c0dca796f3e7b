/** storage.PurgeCurrentExecutionFiles: removes what the execution has stored so far. */
import { defineTask } from '@windhover/sdk';
import { z } from 'zod';

/** Outputs have a bound: of more files the number is told. */
const TOLD_MAX = 100;

export const purgeCurrentExecutionFiles = defineTask({
  type: 'io.kestra.plugin.core.storage.PurgeCurrentExecutionFiles',
  aliases: ['io.kestra.plugin.core.storage.PurgeExecution', 'io.kestra.core.tasks.storages.PurgeExecution'],
  title: 'Purge the files of this execution',
  description: `Removes all files of this execution from the internal storage. Gives their number, and the first ${TOLD_MAX} addresses.`,
  properties: z.strictObject({
    includeChildExecutions: z
      .boolean()
      .default(false)
      .refine((wanted) => !wanted, 'expected false: files of other executions are not purged by it'),
    includeStates: z.boolean().default(false).describe('Accepted and not used: states are no files'),
  }),
  outputs: z.object({ uris: z.array(z.string()), count: z.int() }),
  examples: [{ title: 'Purge', code: 'id: purge\ntype: io.kestra.plugin.core.storage.PurgeCurrentExecutionFiles\n' }],
  async run({ files }) {
    const uris = await files.removeAll();
    return { uris: uris.slice(0, TOLD_MAX), count: uris.length };
  },
});
