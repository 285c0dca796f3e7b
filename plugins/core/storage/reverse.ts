/** storage.Reverse: the last line of a file becomes the first. Read from its end, in blocks: it may be larger than memory. */
import { createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { defineTask, TaskError } from '@windhover/sdk';
import { z } from 'zod';
import { nameOf } from './rows.ts';

const BLOCK_BYTES = 64 * 1024;
const LINE_BYTES_MAX = 4 * 1024 * 1024;
const END = 0x0a;
const RETURN = 0x0d;
/** Those in which an end of line is the byte that it is everywhere. */
const CHARSETS: ReadonlySet<string> = new Set(['UTF-8', 'UTF8', 'US-ASCII', 'ASCII', 'ISO-8859-1', 'LATIN1']);

export const reverse = defineTask({
  type: 'io.kestra.plugin.core.storage.Reverse',
  title: 'Reverse a file',
  description: 'Stores the lines of the file at `from` the other way round, the last first: `outputs.<task>.uri`.',
  properties: z.strictObject({
    from: z.string(),
    separator: z.string().default('\n').describe('Written after each line'),
    charset: z
      .string()
      .default('UTF-8')
      .refine((text) => CHARSETS.has(text.toUpperCase()), `expected one of ${[...CHARSETS].join(', ')}`),
  }),
  outputs: z.object({ uri: z.string() }),
  examples: [
    {
      title: 'Newest first',
      code: 'id: reverse\ntype: io.kestra.plugin.core.storage.Reverse\nfrom: "{{ outputs.download.uri }}"\n',
    },
  ],
  async run({ files, signal }, { from, separator }) {
    const path = join(await files.workingDirectory(), 'from');
    await pipeline(await files.read(from), createWriteStream(path), { signal });
    const file = await open(path);
    try {
      const lines = backwards(file, (await file.stat()).size, Buffer.from(separator), signal);
      return { uri: await files.store(nameOf(from), Readable.from(lines, { objectMode: false })) };
    } finally {
      await file.close();
    }
  },
});

async function* backwards(
  file: FileHandle,
  size: number,
  separator: Buffer,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  // What was read and belongs to a line whose beginning was not.
  let rest = Buffer.alloc(0);
  let isLast = true;
  for (let at = size; at > 0; ) {
    if (signal.aborted) throw new TaskError('the task was ended');
    const block = Buffer.alloc(Math.min(BLOCK_BYTES, at));
    at -= block.length;
    await file.read(block, 0, block.length, at);
    const text = Buffer.concat([block, rest]);
    let stop = text.length;
    for (let end = text.lastIndexOf(END); end !== -1; end = end > 0 ? text.lastIndexOf(END, end - 1) : -1) {
      // After the last end of line there is no line.
      if (!(isLast && end + 1 === stop)) yield lineOf(text.subarray(end + 1, stop), separator);
      isLast = false;
      stop = end;
    }
    rest = text.subarray(0, stop);
    if (rest.length > LINE_BYTES_MAX)
      throw new TaskError(`expected lines of at most ${LINE_BYTES_MAX} bytes, got a longer one`);
  }
  if (size > 0) yield lineOf(rest, separator);
}

const lineOf = (line: Buffer, separator: Buffer): Buffer =>
  Buffer.concat([line.at(-1) === RETURN ? line.subarray(0, -1) : line, separator]);
