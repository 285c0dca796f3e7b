/** storage.Size: how large a stored file is. */
import { defineTask } from '@windhover/sdk';
import { z } from 'zod';

export const size = defineTask({
  type: 'io.kestra.plugin.core.storage.Size',
  title: 'Size of a file',
  description: 'Gives the bytes of the file at `uri` as the output `size`.',
  properties: z.strictObject({ uri: z.string() }),
  outputs: z.object({ size: z.int() }),
  examples: [
    { title: 'Size', code: 'id: size\ntype: io.kestra.plugin.core.storage.Size\nuri: "{{ outputs.download.uri }}"\n' },
  ],
  run: async ({ files }, { uri }) => ({ size: await files.size(uri) }),
});
