/** Flows over REST: what was saved is read back to the byte, revisions count, what is refused says why. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { aFlow, NAMESPACE, says, YAML } from '../support/flow-source.ts';
import { aStandalone } from '../support/standalone.ts';

interface FlowAnswer {
  readonly id: string;
  readonly revision: number;
  readonly deleted: boolean;
  readonly source?: string;
  readonly tasks: readonly { readonly id: string }[];
}

const house = aStandalone();

const send = (method: 'POST' | 'PUT', path: string, body: string) =>
  house.api.ask<FlowAnswer>(method, path, { headers: YAML, body });
const read = (id: string, query = '') => house.api.ask<FlowAnswer>('GET', `/flows/${NAMESPACE}/${id}${query}`);
const found = async (query: string) => {
  const { body } = await house.api.ask<{ results: readonly FlowAnswer[]; total: number }>(
    'GET',
    `/flows/search?${query}`,
  );
  return { ids: body.results.map(({ id }) => id), total: body.total };
};

const SPELLINGS: Readonly<Record<string, (source: string) => string>> = {
  comments: (source) => `# first\n${source}# last, without an end of line`,
  'trailing-spaces': (source) => source.replace('tasks:', 'description: a   \t \ntasks:'),
  crlf: (source) => source.replaceAll('\n', '\r\n'),
  unicode: (source) => source.replace('hello', 'Grüße, 世界 🌍 e\u0301'),
  bom: (source) => `\uFEFF${source}`,
};
for (const [name, spelled] of Object.entries(SPELLINGS))
  test(`reading a source with ${name} back to the byte`, async () => {
    const source = spelled(aFlow(`spelled-${name}`, [says('hello')]));
    const created = await send('POST', '/flows', source);
    assert.deepEqual([created.status, created.body.revision, created.body.source], [200, 1, source]);
    assert.equal((await read(`spelled-${name}`, '?source=true')).body.source, source);
    assert.equal((await read(`spelled-${name}`)).body.source, undefined);
  });

test('counting a revision for each source that differs, and none for the same one', async () => {
  const [first, second] = [aFlow('counted', [says('one')]), aFlow('counted', [says('two')])];
  await send('POST', '/flows', first);
  assert.equal((await send('PUT', `/flows/${NAMESPACE}/counted`, first)).body.revision, 1);
  assert.equal((await send('PUT', `/flows/${NAMESPACE}/counted`, second)).body.revision, 2);
  assert.equal((await send('PUT', `/flows/${NAMESPACE}/counted`, second)).body.revision, 2);
  const { body } = await house.api.ask<FlowAnswer[]>('GET', `/flows/${NAMESPACE}/counted/revisions`);
  assert.deepEqual(
    body.map(({ revision, source }) => [revision, source]),
    [
      [1, first],
      [2, second],
    ],
  );
  assert.equal((await read('counted', '?source=true&revision=1')).body.source, first);
  assert.equal((await read('counted', '?revision=3')).status, 404);
  assert.equal((await read('counted', '?revision=first')).status, 422);
});

test('deleting a flow, and counting on when one of its name is created again', async () => {
  const source = aFlow('deleted', [says('one')]);
  await send('POST', '/flows', source);
  assert.equal((await house.api.ask('DELETE', `/flows/${NAMESPACE}/deleted`)).status, 204);
  assert.equal((await read('deleted')).status, 404);
  assert.equal((await house.api.ask('POST', `/executions/${NAMESPACE}/deleted`)).status, 404);
  assert.deepEqual((await read('deleted', '?allowDeleted=true')).body.deleted, true);
  assert.equal((await read('deleted', '?revision=1&source=true')).body.source, source);
  assert.equal((await house.api.ask('DELETE', `/flows/${NAMESPACE}/deleted`)).status, 404);
  assert.equal((await send('PUT', `/flows/${NAMESPACE}/deleted`, source)).status, 404);
  const again = await send('POST', '/flows', source);
  assert.deepEqual([again.status, again.body.revision, again.body.deleted], [200, 2, false]);
});

test('refusing what exists, what is unknown, and a source of another name', async () => {
  const source = aFlow('taken', [says('one')]);
  await send('POST', '/flows', source);
  const exists = await send('POST', '/flows', aFlow('taken', [says('another')]));
  assert.equal(exists.status, 422);
  assert.match(exists.text, /Flow id already exists/);
  assert.equal((await read('taken', '?source=true')).body.source, source);

  assert.equal((await read('nowhere')).status, 404);
  assert.equal((await house.api.ask('GET', `/flows/${NAMESPACE}/nowhere/revisions`)).status, 404);
  assert.equal((await send('PUT', `/flows/${NAMESPACE}/nowhere`, 'neither a flow nor known: [')).status, 404);

  const other = await send('PUT', `/flows/${NAMESPACE}/taken`, aFlow('renamed', [says('one')]));
  assert.equal(other.status, 422);
  assert.match(other.text, /expected tests\.rest\.taken as in the address, got tests\.rest\.renamed/);
});

test('letting one of many who create the same flow at once create it', async () => {
  const sources = Array.from({ length: 8 }, (_, n) => aFlow('raced', [says(`${n}`)]));
  const answers = await Promise.all(sources.map((source) => send('POST', '/flows', source)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(7).fill(422)]);
  const winner = answers.find(({ status }) => status === 200)!;
  assert.equal((await read('raced', '?source=true')).body.source, winner.body.source);
});

test('finding flows by text and by namespace, a moment after they were saved', async () => {
  await send('POST', '/flows', aFlow('wanted', [says('a needle')], {}, 'tests.search'));
  await send('POST', '/flows', aFlow('below', [says('hay')], {}, 'tests.search.below'));
  await send('POST', '/flows', aFlow('beside', [says('hay')], {}, 'tests.searching'));
  await eventually(async () => (await found('q=beside')).total === 1);
  assert.deepEqual((await found('namespace=tests.search')).ids.sort(), ['below', 'wanted']);
  assert.deepEqual((await found('q=needle')).ids, ['wanted']);
  assert.deepEqual(await found('namespace=tests.search&size=1&page=2'), { ids: ['below'], total: 2 });
  await house.api.ask('DELETE', '/flows/tests.search/wanted');
  await eventually(async () => (await found('namespace=tests.search')).total === 1);
});

test('validating several documents of one text, each problem on the line of the text', async () => {
  const text = `${aFlow('good', [says('one')])}---\n${aFlow('bad', [says('two', 'say', { mesage: 'three' })])}`;
  const { status, body } = await house.api.ask<
    readonly {
      flow?: string;
      constraints?: string;
      problems: readonly { line: number; path: string; message: string }[];
    }[]
  >('POST', '/flows/validate', { headers: YAML, body: text });
  assert.equal(status, 200);
  assert.deepEqual([body.length, body[0]!.flow, body[0]!.constraints], [2, 'good', undefined]);
  assert.match(body[1]!.constraints!, /tasks\[0\]\.mesage: Unrecognized field "mesage"/);
  const [problem] = body[1]!.problems;
  assert.deepEqual(
    [problem!.line, problem!.path],
    [text.split('\n').findIndex((line) => line.includes('mesage')) + 1, 'tasks[0].mesage'],
  );
  assert.match(problem!.message, /expected .*message.*, got mesage|did you mean message/);
  assert.equal((await read('good')).status, 404);
});
