/** storage.Concat: files one after the other become one. */
import { Readable } from 'node:stream';
import { defineTask, type TaskContext, TaskError } from '@windhover/sdk';
import { z } from 'zod';
import { extensionIn } from './rows.ts';

const FILES_MAX = 10_000;

export const concat = defineTask({
  type: 'io.kestra.plugin.core.storage.Concat',
  title: 'Concatenate files',
  description: 'Stores the contents of `files`, one after the other, as one file: `outputs.<task>.uri`.',
  properties: z.strictObject({
    files: z.union([z.array(z.string()), z.string()]).describe('Addresses of files, as a list or JSON of one'),
    separator: z.string().default('').describe('Written after each file'),
    extension: z.string().default('.tmp').describe('Such as `.csv`'),
  }),
  outputs: z.object({ uri: z.string() }),
  examples: [
    {
      title: 'Two files',
      code: 'id: concat\ntype: io.kestra.plugin.core.storage.Concat\nfiles:\n  - "{{ outputs.first.uri }}"\n  - "{{ outputs.second.uri }}"\nextension: .csv\n',
    },
  ],
  async run(context, { files, separator, extension }) {
    const name = `files${extensionIn(extension)}`;
    const content = contentsOf(context, listIn(files), Buffer.from(separator));
    return { uri: await context.files.store(name, Readable.from(content, { objectMode: false })) };
  },
});

async function* contentsOf(
  { files, signal }: TaskContext,
  uris: readonly string[],
  separator: Buffer,
): AsyncGenerator<Buffer> {
  for (const uri of uris) {
    if (signal.aborted) throw new TaskError('the task was ended');
    yield* (await files.read(uri)) as AsyncIterable<Buffer>;
    if (separator.length > 0) yield separator;
  }
}

function listIn(files: readonly string[] | string): readonly string[] {
  const list = typeof files === 'string' ? parsed(files) : files;
  if (!Array.isArray(list) || !list.every((uri) => typeof uri === 'string'))
    throw new TaskError('files: expected a list of addresses, or JSON of one');
  if (list.length > FILES_MAX) throw new TaskError(`files: expected at most ${FILES_MAX}, got ${list.length}`);
  return list;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The refusal says what was expected.
    return undefined;
  }
}
