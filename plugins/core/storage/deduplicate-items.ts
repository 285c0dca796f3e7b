/** storage.DeduplicateItems: of rows with the same key the last is kept. Read twice, so that only the keys are in memory. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { defineTask, type Row, TaskError } from '@windhover/sdk';
import { z } from 'zod';
import { fieldsOf, nameOf, rowsOf } from './rows.ts';

const KEYS_MAX = 1_000_000;
/** A longer key is remembered by its hash. */
const KEY_CHARS_MAX = 64;

export const deduplicateItems = defineTask({
  type: 'io.kestra.plugin.core.storage.DeduplicateItems',
  title: 'Deduplicate rows',
  description:
    'Stores the rows of the file at `from` (a line of JSON or Ion each), of those with the same key only the last. `expr` gives the key and sees the fields of the row by their names.',
  properties: z.strictObject({
    from: z.string(),
    expr: z.string().meta({ dynamic: false }).describe('Such as `{{ email }}`'),
  }),
  outputs: z.object({
    uri: z.string(),
    numKeys: z.int(),
    processedItemsTotal: z.int(),
    droppedItemsTotal: z.int(),
  }),
  examples: [
    {
      title: 'One row for each customer',
      code: 'id: customers\ntype: io.kestra.plugin.core.storage.DeduplicateItems\nfrom: "{{ outputs.orders.uri }}"\nexpr: "{{ email }}"\n',
    },
  ],
  async run(context, { from, expr }) {
    const keyOf = async (row: Row): Promise<string> => short(String(await context.renderAsync(expr, fieldsOf(row))));
    const lastOf = new Map<string, number>();
    let count = 0;
    for await (const row of rowsOf(context, from)) {
      if (row.text.trim() === '') continue;
      lastOf.set(await keyOf(row), count++);
      if (lastOf.size > KEYS_MAX) throw new TaskError(`expected at most ${KEYS_MAX} keys, got more`);
    }
    const last = new Set(lastOf.values());
    const numKeys = lastOf.size;
    lastOf.clear();
    async function* kept(): AsyncGenerator<string> {
      let place = 0;
      for await (const row of rowsOf(context, from))
        if (row.text.trim() !== '' && last.has(place++)) yield `${row.text}\n`;
    }
    const uri = await context.files.store(nameOf(from), Readable.from(kept(), { objectMode: false }));
    return { uri, numKeys, processedItemsTotal: count, droppedItemsTotal: count - numKeys };
  },
});

const short = (key: string): string =>
  key.length <= KEY_CHARS_MAX ? key : createHash('sha256').update(key).digest('base64url');
