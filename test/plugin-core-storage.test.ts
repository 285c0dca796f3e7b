/** The tasks that go through stored files, on a storage of their own. */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import core from '@windhover/plugin-core';
import type { Outcome } from '../lib/task/outcome.ts';
import { ROW_CHARS_MAX, rowsOf } from '../lib/task/rows.ts';
import { type AnyTask, TaskError } from '../plugins/sdk/index.ts';
import { aRun, aStored, storage, storedText } from './support/running.ts';

const taskOf = (name: string): AnyTask => core.tasks.find(({ type }) => type.endsWith(`.storage.${name}`))!;

async function outcomeOf(name: string, properties: Record<string, unknown>): Promise<Outcome> {
  return aRun(taskOf(name), properties, { roots: { inputs: { max: 10 } } }).run();
}
async function outputsOf(name: string, properties: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { outputs, reason } = await outcomeOf(name, properties);
  assert.equal(reason, undefined);
  return outputs!;
}
const textAt = async (uris: unknown): Promise<string[]> => Promise.all((uris as string[]).map(storedText));

test('writing, measuring and deleting a file', async () => {
  const { uri } = await outputsOf('Write', { content: 'Grüß dich', extension: 'txt' });
  assert.match(String(uri), /\/content\.txt$/);
  assert.equal(await storedText(String(uri)), 'Grüß dich');
  assert.deepEqual(await outputsOf('Size', { uri }), { size: 11 });
  assert.deepEqual(await outputsOf('Delete', { uri }), { uri, deleted: true });
  assert.deepEqual(await outputsOf('Delete', { uri }), { uri, deleted: false });
  assert.equal((await outcomeOf('Delete', { uri, errorOnMissing: true })).reason, `Unable to find file '${uri}'`);
  assert.match((await outcomeOf('Size', { uri })).reason!, /^no such file: kestra:/);
  assert.match(
    (await outcomeOf('Size', { uri: 'kestra:///../../etc/passwd' })).reason!,
    /the storage does not take this/,
  );
  assert.match((await outcomeOf('Write', { content: '', extension: '/../x' })).reason!, /extension: expected one such/);
});

test('concatenating files from a list or from JSON', async () => {
  const files = [await aStored('a.txt', 'a'), await aStored('b.txt', 'b')];
  const textOf = async (properties: Record<string, unknown>) =>
    storedText(String((await outputsOf('Concat', properties)).uri));
  assert.equal(await textOf({ files }), 'ab');
  assert.equal(await textOf({ files: JSON.stringify(files), separator: '\n' }), 'a\nb\n');
  assert.match((await outcomeOf('Concat', { files: '{"a":1}' })).reason!, /files: expected a list of addresses/);
  assert.match((await outcomeOf('Concat', { files: ['kestra:///none'] })).reason!, /^no such file/);
});

test('splitting by rows, bytes, number of files, and pattern', async () => {
  const from = await aStored('rows.csv', ['a1', 'b2', 'a3', 'c4', 'b5'].join('\n'));
  const split = async (how: Record<string, unknown>) => textAt((await outputsOf('Split', { from, ...how })).uris);
  assert.deepEqual(await split({ rows: 2 }), ['a1\nb2\n', 'a3\nc4\n', 'b5\n']);
  assert.deepEqual(await split({ bytes: '6B', rows: 1 }), ['a1\nb2\n', 'a3\nc4\n', 'b5\n']);
  assert.deepEqual(await split({ bytes: '10MB' }), ['a1\nb2\na3\nc4\nb5\n']);
  assert.deepEqual(await split({ partitions: 2, separator: ';' }), ['a1;a3;b5;', 'b2;c4;']);
  assert.deepEqual(await split({ partitions: 8 }), ['a1\n', 'b2\n', 'a3\n', 'c4\n', 'b5\n']);
  assert.deepEqual(await split({ regexPattern: '^([ab])' }), ['a1\na3\n', 'b2\nb5\n']);
  const { uris } = await outputsOf('Split', { from, rows: 5 });
  assert.match(String((uris as string[])[0]), /\/part-1\.csv$/);
  assert.match(
    (await outcomeOf('Split', { from })).reason!,
    /expected one of bytes, rows, partitions and regexPattern/,
  );
  assert.match((await outcomeOf('Split', { from, bytes: 'much' })).reason!, /bytes: expected a size such as 10MB/);
  assert.match((await outcomeOf('Split', { from, regexPattern: '(' })).reason!, /regexPattern: Invalid regular/);
});

test('reversing a file that is larger than a block', async () => {
  const reversed = async (content: string, more = {}) =>
    storedText(String((await outputsOf('Reverse', { from: await aStored('r.txt', content), ...more })).uri));
  assert.equal(await reversed('1\n2\r\n3'), '3\n2\n1\n');
  assert.equal(await reversed('1\n2\n3\n', { separator: '|' }), '3|2|1|');
  assert.equal(await reversed('\n\na\n\n'), '\na\n\n\n');
  assert.equal(await reversed(''), '');
  const lines = Array.from({ length: 50_000 }, (_, n) => `line ü ${n}`);
  assert.equal(await reversed(`${lines.join('\n')}\n`), `${lines.toReversed().join('\n')}\n`);
  assert.match(
    (await outcomeOf('Reverse', { from: 'x', charset: 'UTF-16' })).reason!,
    /charset: expected one of UTF-8/,
  );
});

test('filtering rows of JSON and of Ion by an expression about their fields', async () => {
  const rows = ['{"id": 1, "price": 5}', '{id:2,price:15}', '', '{"id": 3, "price": 25}'].join('\n');
  const from = await aStored('orders.ion', `${rows}\n`);
  const filtered = async (more: Record<string, unknown>) => {
    const outputs = await outputsOf('FilterItems', { from, ...more });
    return [await storedText(String(outputs.uri)), outputs.processedItemsTotal, outputs.droppedItemsTotal];
  };
  const filterCondition = '{{ price > inputs.max }}';
  assert.deepEqual(await filtered({ filterCondition }), ['{id:2,price:15}\n{"id": 3, "price": 25}\n', 3, 1]);
  assert.deepEqual(await filtered({ filterCondition, filterType: 'EXCLUDE' }), ['{"id": 1, "price": 5}\n', 3, 2]);
  const failing = '{{ id == 2 ? missing.x : true }}';
  const kept = await filtered({ filterCondition: failing, errorOrNullBehavior: 'EXCLUDE' });
  assert.deepEqual(kept.slice(1), [3, 1]);
  assert.match(
    (await outcomeOf('FilterItems', { from, filterCondition: failing })).reason!,
    /\(row: \{id:2,price:15\}\)$/,
  );
  const wrong = await aStored('wrong.ion', '{"a": 1}\n{a: \n');
  const reason = (await outcomeOf('FilterItems', { from: wrong, filterCondition: 'true' })).reason!;
  assert.match(reason, /^line 2: expected a value as JSON or Ion, got "\{a: "$/);
  const list = await aStored('list.ion', '[1]\n');
  assert.match(
    (await outcomeOf('FilterItems', { from: list, filterCondition: 'true' })).reason!,
    /expected a row with fields/,
  );
});

test('keeping the last of rows with the same key', async () => {
  const rows = [
    { email: 'a', n: 1 },
    { email: 'b', n: 2 },
    { email: 'a', n: 3 },
    { email: 'c'.repeat(100), n: 4 },
  ];
  const from = await aStored('customers.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'));
  const { uri, ...counts } = await outputsOf('DeduplicateItems', { from, expr: '{{ email }}' });
  assert.deepEqual(counts, { numKeys: 3, processedItemsTotal: 4, droppedItemsTotal: 1 });
  assert.deepEqual(
    (await storedText(String(uri)))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).n),
    [2, 3, 4],
  );
});

test('reading a file no faster than what becomes of it is written', async () => {
  let read = 0;
  async function* endless() {
    for (;;) {
      read++;
      yield Buffer.from('{"n":1}\n'.repeat(1_000));
    }
  }
  const put = async (_tenant: string, _uri: string, content: Readable | Uint8Array) => {
    const chunks = (content as Readable)[Symbol.asyncIterator]();
    for (let n = 0; n < 3; n++) await chunks.next();
    for (let n = 0; n < 100; n++) await new Promise((resolve) => setImmediate(resolve));
    throw new TaskError(`read ${read} chunks`);
  };
  const filter = { from: 'kestra:///a/b', filterCondition: '{{ n == 1 }}' };
  const ground = { storage: { ...storage, get: async () => Readable.from(endless()), put } };
  const { reason } = await aRun(taskOf('FilterItems'), filter, { ground }).run();
  assert.ok(Number(/^read (\d+) chunks$/.exec(reason!)?.[1]) < 200, reason);
});

test('ending in the middle of a file when it is told to', async () => {
  let read = 0;
  async function* endless() {
    for (;;) {
      read++;
      yield Buffer.from('{"n":1}\n'.repeat(1_000));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  const run = aRun(
    taskOf('FilterItems'),
    { from: 'kestra:///a/b', filterCondition: 'true' },
    {
      ground: { storage: { ...storage, get: async () => Readable.from(endless()) } },
    },
  );
  const outcome = run.run();
  setImmediate(() => run.running.end({ kind: 'killed' }));
  assert.equal((await outcome).state, 'KILLED');
  assert.ok(read > 0);
});

test('reading rows wherever a file is cut, and none that is too long', async () => {
  const textsOf = async (chunks: readonly (string | Buffer)[]) => {
    const texts: string[] = [];
    for await (const { text } of rowsOf(Readable.from(chunks.map((chunk) => Buffer.from(chunk))))) texts.push(text);
    return texts;
  };
  const bytes = Buffer.from('\uFEFFgrü\r\n\nb');
  for (let cut = 0; cut <= bytes.length; cut++)
    assert.deepEqual(await textsOf([bytes.subarray(0, cut), bytes.subarray(cut)]), ['grü', '', 'b']);
  assert.deepEqual(await textsOf([]), []);
  const long = Buffer.alloc(ROW_CHARS_MAX + 1, 'x');
  await assert.rejects(textsOf(['a\n', long, 'x']), /line 2: expected at most 4194304 characters, got more/);
});

test('putting files into the working directory and keeping them', async () => {
  const uri = await aStored('given.txt', 'given');
  const { uris } = await outputsOf('LocalFiles', {
    inputs: { 'out/a.txt': 'a {{ inputs.max }}', 'b.txt': uri },
    outputs: ['out/*', 'b.txt'],
  });
  assert.deepEqual(Object.keys(uris as object), ['b.txt', 'out/a.txt']);
  assert.deepEqual(await textAt(Object.values(uris as object)), ['given', 'a 10']);
  assert.match(
    (await outcomeOf('LocalFiles', { inputs: 'text' })).reason!,
    /inputs: expected a map of names and contents/,
  );
});

test('purging the files of the execution and no others', async () => {
  const other = 'kestra:///company/team/flow/executions/other/a.txt';
  await storage.put('main', other, Buffer.from('a'));
  await aStored('purged.txt', 'a');
  const { count } = await outputsOf('PurgeCurrentExecutionFiles', {});
  assert.ok((count as number) > 1);
  assert.deepEqual(await storage.list('main', 'kestra:///company/team/flow/executions/execution/'), []);
  assert.equal(await storage.exists('main', other), true);
  assert.match(
    (await outcomeOf('PurgeCurrentExecutionFiles', { includeChildExecutions: true })).reason!,
    /expected false: files of other executions are not purged/,
  );
});
