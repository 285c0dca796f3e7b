/** storage.Delete: removes a stored file. */
import { defineTask, TaskError } from '@windhover/sdk';
import { z } from 'zod';

export const deleteFile = defineTask({
  type: 'io.kestra.plugin.core.storage.Delete',
  title: 'Delete a file',
  description: 'Removes the file at `uri` from the internal storage.',
  properties: z.strictObject({
    uri: z.string(),
    errorOnMissing: z.boolean().default(false).describe('Whether it is a failure that there is none'),
  }),
  outputs: z.object({ uri: z.string(), deleted: z.boolean() }),
  examples: [
    {
      title: 'Delete',
      code: 'id: delete\ntype: io.kestra.plugin.core.storage.Delete\nuri: "{{ outputs.download.uri }}"\n',
    },
  ],
  async run({ files }, { uri, errorOnMissing }) {
    const deleted = await files.remove(uri);
    if (!deleted && errorOnMissing) throw new TaskError(`Unable to find file '${uri}'`);
    return { uri, deleted };
  },
});
