/** Executions over REST: started once however often they are asked for, found, searched, killed. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Answer, type Api, type ExecutionAnswer, stateOfTask } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { aFlow, NAMESPACE, says, sleeps } from '../support/flow-source.ts';
import { anInstallation, type Installation } from '../support/server.ts';

const TALK_PLUGIN = fileURLToPath(new URL('../support/talk-plugin.ts', import.meta.url));
let installation: Installation;
let api: Api;
before(async () => {
  installation = anInstallation({ env: { WINDHOVER_PLUGINS: TALK_PLUGIN } });
  await installation.start('standalone');
  api = installation.api();
  const inputs = [
    { id: 'name', type: 'STRING' },
    { id: 'count', type: 'INT', defaults: 3 },
    { id: 'what', type: 'JSON', required: false },
  ];
  await api.save(
    aFlow('greet', [says('{{ inputs.name }} × {{ inputs.count }}')], { inputs, labels: { of: 'flow', kept: 'yes' } }),
  );
  await api.save(aFlow('plain', [says('hello')]));
  await api.save(aFlow('plain', [says('hello')], {}, `${NAMESPACE}.below`));
  await api.save(aFlow('sleepy', [sleeps('PT10M')]));
  await api.save(aFlow('switched-off', [says('hello')], { disabled: true }));
  await api.save(aFlow('failing', [{ id: 'fail', type: 'io.kestra.plugin.core.execution.Fail' }]));
});
after(() => installation.remove());

const FLOW = `/executions/${NAMESPACE}`;
const kill = (id: string) => api.ask<{ code?: string }>('DELETE', `/executions/${id}/kill`);
const labelsOf = ({ labels }: ExecutionAnswer) => Object.fromEntries(labels.map(({ key, value }) => [key, value]));
const post = (path: string, init: RequestInit = {}) => api.ask<ExecutionAnswer>('POST', path, init);

test('starting with the fields of a form, and with the values of a JSON object', async () => {
  const form = await api.start(`${NAMESPACE}/greet`, {
    name: 'Ada {{ 1 + 1 }}',
    count: '5',
    what: '{"a":[1]}',
    other: 'dropped',
  });
  assert.deepEqual(form.inputs, { name: 'Ada {{ 1 + 1 }}', count: 5, what: { a: [1] } });
  const headers = { 'content-type': 'application/json' };
  const json = await post(`${FLOW}/greet`, {
    headers,
    body: JSON.stringify({ name: 'Ada', count: 6, what: { a: null } }),
  });
  assert.deepEqual([json.status, json.body.inputs], [200, { name: 'Ada', count: 6, what: { a: null } }]);
  const file = await api.start(`${NAMESPACE}/greet`, { name: new Blob(['from a file']) });
  assert.deepEqual(file.inputs, { name: 'from a file', count: 3, what: null });
  const ended = await api.ended(form.id);
  assert.equal(ended.state.current, 'SUCCESS');
  const { body: lines } = await api.ask<{ message: string }[]>('GET', `/logs/${form.id}`);
  assert.deepEqual(
    lines.map(({ message }) => message),
    ['Ada {{ 1 + 1 }} × 5'],
  );
});

test('labelling an execution on top of its flow, without what belongs to the system', async () => {
  const query =
    '?labels=of:request&labels=url:https://a.b/c&labels=system.readOnly:true&labels=system.correlationId:mine';
  const labels = labelsOf(await api.start(`${NAMESPACE}/greet`, { name: 'Ada' }, query));
  const expected = {
    of: 'request',
    kept: 'yes',
    url: 'https://a.b/c',
    'system.readOnly': 'true',
    'system.correlationId': 'mine',
  };
  assert.deepEqual(labels, expected);
  const plain = await api.start(`${NAMESPACE}/plain`);
  assert.deepEqual(labelsOf(plain), { 'system.correlationId': plain.id });

  const refused = await post(`${FLOW}/plain?labels=system.label:system`);
  assert.equal(refused.status, 422);
  assert.match(refused.text, /System labels can only be set by Kestra itself, offending label: system\.label=system/);
  for (const label of ['key:', ':value', 'key', '__proto__:x'])
    assert.equal((await post(`${FLOW}/plain?labels=${label}`)).status, 422, label);
});

test('answering with the end when it is waited for', async () => {
  const { status, body } = await post(`${FLOW}/plain?wait=true`);
  assert.deepEqual([status, body.state.current, stateOfTask(body, 'say')], [200, 'SUCCESS', 'SUCCESS']);
  assert.equal((await post(`${FLOW}/failing?wait=true`)).body.state.current, 'FAILED');
});

test('starting once under one Idempotency-Key, at once and later, waited for or not', async () => {
  const startAs = (key: string, query = '') => post(`${FLOW}/plain${query}`, { headers: { 'idempotency-key': key } });
  const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => startAs('one', n % 2 ? '?wait=true' : '')));
  const ids = new Set(answers.map(({ body }) => body.id));
  assert.equal(ids.size, 1, answers.map(({ text }) => text).join('\n'));
  const [id] = ids as Set<string>;
  await api.ended(id!);
  assert.equal((await startAs('one')).body.id, id);
  assert.equal((await startAs('one', '?wait=true')).body.state.current, 'SUCCESS');
  assert.notEqual((await startAs('another')).body.id, id);
  assert.equal((await startAs('k'.repeat(256))).status, 400);
  // A key that begins with a time gives an id that begins as those without a key do.
  const timed = `${Date.now().toString(16).padStart(12, '0')}70008000000000000001`;
  const uuid = timed.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  const [first, second] = [await startAs(uuid), await startAs(uuid)];
  assert.equal(first.body.id, second.body.id);
  assert.equal(first.body.id.slice(0, 2), (await post(`${FLOW}/plain`)).body.id.slice(0, 2));
  const search = `/executions/search?namespace=${NAMESPACE}&flowId=plain&q=${id}`;
  await eventually(async () => (await api.ask<{ total: number }>('GET', search)).body.total > 0);
  assert.equal((await api.ask<{ total: number }>('GET', search)).body.total, 1);
});

test('finding an execution from the moment that it was created', async () => {
  const reads: Answer<ExecutionAnswer>[] = [];
  for (let n = 0; n < 40; n++) {
    const { id } = await api.start(`${NAMESPACE}/plain`);
    reads.push(...(await Promise.all([1, 2, 3].map(() => api.ask<ExecutionAnswer>('GET', `/executions/${id}`)))));
  }
  assert.deepEqual([...new Set(reads.map(({ status }) => status))], [200]);
  // And until it has left Redis for the repository.
  const { id } = await api.run(`${NAMESPACE}/plain`);
  const seen = new Set<string>();
  await eventually(async () => {
    const { status, body } = await api.ask<ExecutionAnswer>('GET', `/executions/${id}`);
    seen.add(`${status} ${body.state?.current} ${body.taskRunList?.length}`);
    const { body: found } = await api.ask<{ total: number }>('GET', `/executions/search?q=${id}&state=SUCCESS`);
    return found.total === 1;
  });
  assert.deepEqual([...seen], ['200 SUCCESS 1']);
});

test('refusing what is unknown, disabled or not of this flow', async () => {
  assert.equal((await post(`${FLOW}/nowhere`)).status, 404);
  assert.equal((await post('/executions/trigger/foo/bar')).status, 404);
  assert.equal((await post(`${FLOW}/switched-off`)).status, 409);
  assert.equal((await post(`${FLOW}/plain?revision=9`)).status, 404);
  assert.equal((await post(`${FLOW}/plain?revision=0`)).status, 422);
  assert.equal((await api.ask('GET', '/executions/nobody')).status, 404);
  assert.deepEqual((await api.ask('GET', '/logs/nobody')).body, []);
});

test('killing what runs, at once and again, and refusing what has ended or nobody knows', async () => {
  const running = await api.start(`${NAMESPACE}/sleepy`);
  await eventually(async () => stateOfTask(await api.execution(running.id), 'sleep') === 'RUNNING');
  const just = await api.start(`${NAMESPACE}/sleepy`);
  const kills = await Promise.all([kill(just.id), kill(running.id), kill(running.id)]);
  assert.deepEqual(
    kills.map(({ status }) => status),
    [202, 202, 202],
  );
  for (const { id } of [running, just]) {
    const ended = await api.ended(id);
    assert.equal(ended.state.current, 'KILLED');
    assert.deepEqual(
      [...new Set(ended.taskRunList.map(({ state }) => state.current))].filter((state) => state !== 'KILLED'),
      [],
    );
    const refused = await kill(id);
    assert.deepEqual([refused.status, refused.body.code], [409, 'execution.ended']);
  }
  const unknown = await kill('nobody');
  assert.deepEqual([unknown.status, unknown.body.code], [404, 'execution.unknown']);
});

test('killing right after creating, however often', async () => {
  const ids = await Promise.all(
    Array.from({ length: 30 }, async () => {
      const { id } = await api.start(`${NAMESPACE}/sleepy`);
      const { status, text } = await kill(id);
      assert.equal(status, 202, text);
      return id;
    }),
  );
  const ends = await Promise.all(ids.map((id) => api.ended(id)));
  assert.deepEqual([...new Set(ends.map(({ state }) => state.current))], ['KILLED']);
});
