/** storage.Write: a text of the flow's becomes a file. */
import { defineTask } from '@windhover/sdk';
import { z } from 'zod';
import { extensionIn } from './rows.ts';

export const write = defineTask({
  type: 'io.kestra.plugin.core.storage.Write',
  title: 'Write a file',
  description: 'Stores `content` as a file: `outputs.<task>.uri`.',
  properties: z.strictObject({
    content: z.string(),
    extension: z.string().default('').describe('Such as `.txt`'),
  }),
  outputs: z.object({ uri: z.string() }),
  examples: [
    {
      title: 'Write a text',
      code: 'id: write\ntype: io.kestra.plugin.core.storage.Write\ncontent: Good morning, {{ inputs.name }}\nextension: .txt\n',
    },
  ],
  run: async ({ files }, { content, extension }) => ({
    uri: await files.store(`content${extensionIn(extension)}`, Buffer.from(content)),
  }),
});
