/** storage.Split: a file becomes several, by size, by rows, by number, or by what a pattern finds in each line. */
import { defineTask, TaskError } from '@windhover/sdk';
import { z } from 'zod';
import { Parts } from './parts.ts';
import { extensionOf, rowsOf } from './rows.ts';

const BYTES = /^(\d{1,12})\s*([KMG]?)B?$/i;
const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };
const whole = z.int().min(1);

export const split = defineTask({
  type: 'io.kestra.plugin.core.storage.Split',
  title: 'Split a file',
  description:
    'Stores the lines of the file at `from` as several files: `outputs.<task>.uris`. One of `bytes`, `rows`, `partitions` and `regexPattern` says how.',
  properties: z.strictObject({
    from: z.string(),
    bytes: z.union([z.string(), z.int()]).optional().describe('A file is full at this size, such as `10MB`'),
    rows: whole.optional().describe('Lines of each file'),
    partitions: whole.max(1_000).optional().describe('So many files; lines go to one after the other'),
    regexPattern: z
      .string()
      .optional()
      .describe('A file for each text that its first group finds; lines in which it finds none are left out'),
    separator: z.string().default('\n').describe('Written after each line'),
  }),
  outputs: z.object({ uris: z.array(z.string()) }),
  examples: [
    {
      title: 'A thousand rows each',
      code: 'id: split\ntype: io.kestra.plugin.core.storage.Split\nfrom: "{{ outputs.download.uri }}"\nrows: 1000\n',
    },
  ],
  async run(context, given) {
    const keyOf = keyer(given);
    const parts = new Parts(context.files, await context.files.workingDirectory(), extensionOf(given.from));
    try {
      for await (const { text } of rowsOf(context, given.from)) {
        const line = Buffer.from(text + given.separator);
        const key = keyOf(text, line.length);
        if (key !== undefined) await parts.add(key, line);
      }
      return { uris: [...(await parts.stored())] };
    } finally {
      parts.close();
    }
  },
});

interface Given {
  readonly bytes?: string | number;
  readonly rows?: number;
  readonly partitions?: number;
  readonly regexPattern?: string;
}

/** Of each line the file that it goes to; undefined: to none. A number that grows means that files before it are full. */
function keyer({
  bytes,
  rows,
  partitions,
  regexPattern,
}: Given): (text: string, bytes: number) => string | number | undefined {
  if (regexPattern !== undefined) {
    const pattern = patternIn(regexPattern);
    return (text) => pattern.exec(text)?.[1];
  }
  let line = 0;
  if (partitions !== undefined && bytes === undefined) return () => `partition ${line++ % partitions}`;
  if (bytes === undefined && rows === undefined)
    throw new TaskError('expected one of bytes, rows, partitions and regexPattern, got none');
  const bytesMax = bytes === undefined ? Number.POSITIVE_INFINITY : bytesIn(bytes);
  const rowsMax = bytes === undefined ? rows! : Number.POSITIVE_INFINITY;
  const full = { number: 0, bytes: 0, rows: 0 };
  return (_text, length) => {
    if (full.bytes >= bytesMax || full.rows >= rowsMax) {
      full.number++;
      full.bytes = 0;
      full.rows = 0;
    }
    full.bytes += length;
    full.rows++;
    return full.number;
  };
}

function bytesIn(text: string | number): number {
  const [, number, unit = ''] = BYTES.exec(String(text).trim()) ?? [];
  const bytes = Number(number) * UNITS[unit.toUpperCase()]!;
  if (bytes >= 1) return bytes;
  throw new TaskError(`bytes: expected a size such as 10MB, got ${JSON.stringify(text)}`);
}

function patternIn(text: string): RegExp {
  try {
    return new RegExp(text, 'u');
  } catch (cause) {
    throw new TaskError(`regexPattern: ${(cause as Error).message}`, { cause });
  }
}
