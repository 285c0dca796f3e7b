/** storage.FilterItems: keeps the rows of a file for which an expression holds. */
import { Readable } from 'node:stream';
import { defineTask, type Row, type TaskContext, TaskError } from '@windhover/sdk';
import { z } from 'zod';
import { holds } from '../condition.ts';
import { fieldsOf, nameOf, rowsOf } from './rows.ts';

export const filterItems = defineTask({
  type: 'io.kestra.plugin.core.storage.FilterItems',
  title: 'Filter rows',
  description:
    'Stores the rows of the file at `from` (a line of JSON or Ion each) for which `filterCondition` holds. The expression sees the fields of the row by their names.',
  properties: z.strictObject({
    from: z.string(),
    filterCondition: z.string().meta({ dynamic: false }).describe('Such as `{{ price > 10 }}`'),
    filterType: z.enum(['INCLUDE', 'EXCLUDE']).default('INCLUDE').describe('What happens to rows for which it holds'),
    errorOrNullBehavior: z
      .enum(['FAIL', 'INCLUDE', 'EXCLUDE'])
      .default('FAIL')
      .describe('What happens to rows for which it cannot be rendered'),
  }),
  outputs: z.object({ uri: z.string(), processedItemsTotal: z.int(), droppedItemsTotal: z.int() }),
  examples: [
    {
      title: 'Orders above ten',
      code: 'id: filter\ntype: io.kestra.plugin.core.storage.FilterItems\nfrom: "{{ outputs.orders.uri }}"\nfilterCondition: "{{ price > 10 }}"\n',
    },
  ],
  async run(context, given) {
    const count = { processedItemsTotal: 0, droppedItemsTotal: 0 };
    async function* kept(): AsyncGenerator<string> {
      for await (const row of rowsOf(context, given.from)) {
        if (row.text.trim() === '') continue;
        count.processedItemsTotal++;
        if (await isKept(context, given, row)) yield `${row.text}\n`;
        else count.droppedItemsTotal++;
      }
    }
    const uri = await context.files.store(nameOf(given.from), Readable.from(kept(), { objectMode: false }));
    return { uri, ...count };
  },
});

interface Given {
  readonly filterCondition: string;
  readonly filterType: 'INCLUDE' | 'EXCLUDE';
  readonly errorOrNullBehavior: 'FAIL' | 'INCLUDE' | 'EXCLUDE';
}

async function isKept(
  { renderAsync }: TaskContext,
  { filterCondition, filterType, errorOrNullBehavior }: Given,
  row: Row,
): Promise<boolean> {
  const fields = fieldsOf(row);
  let rendered: unknown;
  try {
    rendered = await renderAsync(filterCondition, fields);
  } catch (cause) {
    if (errorOrNullBehavior !== 'FAIL') return errorOrNullBehavior === 'INCLUDE';
    throw new TaskError(`${(cause as Error).message} (row: ${row.text.slice(0, 200)})`, { cause });
  }
  return holds(rendered) === (filterType === 'INCLUDE');
}
