/** Inputs over REST: judged one by one, files as they come, secrets that nobody reads but tasks, defaults of the installation. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { HIDDEN } from '../lib/secret/mask.ts';
import type { InputsBody } from '../web/api/bodies.ts';
import type { Answer, Api, ExecutionAnswer } from './support/api.ts';
import { eventually } from './support/eventually.ts';
import { aFlow, NAMESPACE, says } from './support/flow-source.ts';
import { anInstallation, type Installation } from './support/server.ts';

const SECRET = 'correct horse battery staple';
const RETURN = 'io.kestra.plugin.core.debug.Return';
const UPLOAD_BYTES_MAX = 1024 * 1024;
const DEFAULTS = [{ type: 'io.kestra.plugin.core.debug.', values: { format: 'by default, {{ task.id }}' } }];

let installation: Installation;
let api: Api;
before(async () => {
  installation = anInstallation({
    env: { WINDHOVER_UPLOAD_MB: '1', WINDHOVER_PLUGIN_DEFAULTS: JSON.stringify(DEFAULTS) },
  });
  await installation.start('standalone');
  api = installation.api();
  await api.save(
    aFlow('order', [says('{{ inputs.kind }}')], {
      inputs: [
        { id: 'kind', type: 'SELECT', values: ['card', 'cash'] },
        {
          id: 'number',
          type: 'STRING',
          validator: '\\d+',
          dependsOn: { inputs: ['kind'], condition: "{{ inputs.kind == 'card' }}" },
        },
        { id: 'count', type: 'INT', defaults: 3 },
        { id: 'zone', type: 'SELECT', expression: "{{ [inputs.kind ~ '-a', inputs.kind ~ '-b'] }}", required: false },
        { id: 'pin', type: 'SECRET', required: false },
      ],
    }),
  );
  await api.save(
    aFlow('files', [{ id: 'show', type: RETURN, format: '{{ inputs.data }}' }], {
      inputs: [
        { id: 'data', type: 'FILE', allowedFileExtensions: ['.csv', '.upl'] },
        { id: 'more.data', type: 'FILE', required: false },
        { id: 'n', type: 'INT', required: false },
      ],
    }),
  );
  await api.save(
    aFlow(
      'secret',
      [says('the pin is {{ inputs.pin }}'), { id: 'give', type: RETURN, format: '{{ inputs.pin | length }}' }],
      {
        inputs: [{ id: 'pin', type: 'SECRET' }],
        outputs: [
          { id: 'size', type: 'INT', value: '{{ outputs.give.value }}' },
          { id: 'kept', type: 'SECRET', value: 'of {{ outputs.give.value }}' },
        ],
      },
    ),
  );
  await api.save(aFlow('defaulted', [{ id: 'first', type: RETURN }]));
});
after(() => installation.remove());

type Fields = Readonly<Record<string, string | File>>;

function formOf(fields: Fields): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
}

const post = <T = ExecutionAnswer & { message: string }>(path: string, fields: Fields): Promise<Answer<T>> =>
  api.ask<T>('POST', `/executions/${NAMESPACE}/${path}`, { body: formOf(fields) });
const aFile = (content: string, name: string): File => new File([content], name);
const stored = (): readonly string[] =>
  readdirSync(join(installation.data, 'storage'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(installation.data, 'storage', path)).isFile(),
  );

test('judging each input, without a start', async () => {
  const { status, body } = await post<InputsBody>('order/validate', { kind: 'card', number: 'x', zone: 'cash-a' });
  assert.equal(status, 200);
  assert.deepEqual([body.id, body.namespace, body.checks], ['order', NAMESPACE, []]);
  const [kind, number, count, zone, pin] = body.inputs;
  assert.deepEqual([kind!.value, kind!.enabled, kind!.isDefault, kind!.errors], ['card', true, false, undefined]);
  assert.deepEqual(number!.errors, [
    { message: 'Invalid input for `number`, it must match the pattern `\\d+`, but received `x`' },
  ]);
  assert.deepEqual([count!.value, count!.isDefault], [3, true]);
  assert.deepEqual(zone!.input.values, ['card-a', 'card-b']);
  assert.match(zone!.errors![0]!.message, /it must match the values `\[card-a, card-b\]`/);
  assert.deepEqual([pin!.value, pin!.enabled, pin!.errors], [undefined, true, undefined]);
  const cash = await post<InputsBody>('order/validate', { kind: 'cash', pin: SECRET });
  assert.deepEqual([cash.body.inputs[1]!.enabled, cash.body.inputs[1]!.errors], [false, undefined]);
  assert.equal(cash.text.includes(SECRET), false);
  const none = await post<InputsBody>('order/validate', {});
  assert.match(none.body.inputs[0]!.errors![0]!.message, /missing required input, but received `null`/);
  assert.equal((await post('nothing/validate', {})).status, 404);
  const upload = await post<InputsBody>('files/validate', {
    data: aFile('a,b\n', 'x.csv'),
    'more.data': aFile('', 'y.csv'),
  });
  assert.match(
    String(upload.body.inputs[0]!.value),
    /^kestra:\/\/\/tests\/rest\/files\/executions\/\w+\/inputs\/data\/x\.csv$/,
  );
  assert.match(upload.body.inputs[1]!.errors![0]!.message, /Can't upload file: y\.csv/);
  assert.deepEqual(stored(), []);
});

test('storing a file under the execution that it starts, by either name of its part', async () => {
  const content = 'a,b\n1,2\n'.repeat(10_000);
  const named = await post('files', {
    data: aFile(content, '../Größe & co.csv'),
    'more.data': aFile('x', 'c.csv'),
    n: '7',
  });
  const { id, inputs } = named.body;
  const place = `kestra:///tests/rest/files/executions/${id}/inputs`;
  assert.deepEqual(inputs, { data: `${place}/data/Größe___co.csv`, more: { data: `${place}/more.data/c.csv` }, n: 7 });
  const download = await api.ask('GET', `/executions/${id}/file?path=${encodeURIComponent(inputs!.data as string)}`);
  assert.equal(download.text, content);
  const ended = await api.ended(id);
  assert.equal(ended.taskRunList[0]!.outputs!.value, inputs!.data);
  const older = await post('files', { files: aFile('old', 'data') });
  assert.deepEqual(older.body.inputs!.data, `${place.replace(id, older.body.id)}/data/data.upl`);
  const byUri = await post('files', { data: inputs!.data as string });
  assert.deepEqual([byUri.status, byUri.body.inputs!.data], [200, inputs!.data]);
});

test('leaving no file of a start that is refused', async () => {
  const before = stored().length;
  const data = aFile('a', 'a.csv');
  const cases: [fields: Fields, status: number, message: RegExp][] = [
    [{ data, n: 'many' }, 422, /Invalid input for `n`/],
    [{ data, 'more.data': aFile('', 'empty.csv') }, 422, /Can't upload file: empty\.csv/],
    [{ data: aFile('a', 'a.exe') }, 422, /File type not allowed\. Accepted extensions: \.csv, \.upl/],
    [
      { data, 'more.data': aFile('x'.repeat(UPLOAD_BYTES_MAX), 'b.csv') },
      413,
      /expected at most 1048576 bytes of files/,
    ],
    [{ data: aFile('x'.repeat(20 * UPLOAD_BYTES_MAX), 'b.csv') }, 413, /expected at most/],
    [{ data: '/etc/passwd' }, 422, /Expected `FILE` but received `\/etc\/passwd`/],
    [Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`f${n}`, data])), 413, /expected at most 20 files/],
  ];
  for (const [fields, status, message] of cases) {
    const answer = await post('files', fields);
    assert.equal(answer.status, status, answer.text.slice(0, 200));
    assert.match(answer.text, message);
  }
  assert.equal(stored().length, before);
});

test('forgetting a file whose sender goes away', async () => {
  const before = stored();
  const { hostname, port } = new URL(api.url);
  const begin = '--x\r\ncontent-disposition: form-data; name="data"; filename="half.csv"\r\n\r\n';
  await new Promise<void>((resolve) => {
    const path = `/api/v1/main/executions/${NAMESPACE}/files`;
    const headers = { authorization: `Bearer ${api.token}`, 'content-type': 'multipart/form-data; boundary=x' };
    const sending = request({ hostname, port, path, method: 'POST', headers });
    sending.on('error', () => {}); // It is we who leave.
    sending.on('close', resolve);
    sending.write(begin + 'x'.repeat(200_000));
    sending.on(
      'socket',
      (socket) => void eventually(() => stored().length > before.length).then(() => socket.destroy()),
    );
  });
  await eventually(() => stored().length === before.length);
});

test('taking no file a second time under one Idempotency-Key', async () => {
  const send = (content: string) =>
    api.ask<ExecutionAnswer>('POST', `/executions/${NAMESPACE}/files`, {
      headers: { 'idempotency-key': 'once' },
      body: formOf({ data: aFile(content, 'a.csv') }),
    });
  const first = await send('first');
  const again = await send('second');
  assert.equal(again.body.id, first.body.id);
  const path = encodeURIComponent(first.body.inputs!.data as string);
  assert.equal((await api.ask('GET', `/executions/${first.body.id}/file?path=${path}`)).text, 'first');
});

test('keeping a secret from everybody but its tasks', async () => {
  const started = await post('secret', { pin: SECRET });
  const ended = await api.ended(started.body.id);
  assert.equal(ended.state.current, 'SUCCESS');
  const pin = ended.inputs!.pin as { type: string; value: string };
  assert.equal(pin.type, 'io.kestra.datatype:aes_encrypted');
  assert.deepEqual(pin, started.body.inputs!.pin);
  assert.equal(ended.taskRunList.find(({ taskId }) => taskId === 'give')!.outputs!.value, String(SECRET.length));
  const { size, kept } = ended.outputs as { size: number; kept: typeof pin };
  assert.deepEqual([size, kept.type, kept.value.includes(' ')], [SECRET.length, pin.type, false]);
  const { body: lines } = await api.ask<{ message: string }[]>('GET', `/logs/${ended.id}`);
  assert.deepEqual(
    lines.map(({ message }) => message),
    [`the pin is ${HIDDEN}`],
  );
  const inClear = readdirSync(installation.data, { recursive: true, encoding: 'utf8' }).filter((path) => {
    const file = join(installation.data, path);
    return statSync(file).isFile() && readFileSync(file).includes(SECRET);
  });
  assert.deepEqual(inClear, []);
  assert.equal(statSync(join(installation.data, 'encryption.key')).mode & 0o777, 0o600);
});

test('deciding by a secret, and hiding it where that fails', async () => {
  const tasks = [
    says('yes', 'say', { runIf: `{{ inputs.pin == '${SECRET}' }}` }),
    says('never', 'fails', { runIf: "{{ inputs.pin | date('x') }}", allowFailure: true }),
  ];
  await api.save(aFlow('asking', tasks, { inputs: [{ id: 'pin', type: 'SECRET' }] }));
  const ended = await api.run(`${NAMESPACE}/asking`, { pin: SECRET });
  assert.deepEqual(
    ended.taskRunList.map(({ state }) => state.current),
    ['SUCCESS', 'WARNING'],
  );
  const { text } = await api.ask('GET', `/logs/${ended.id}`);
  for (const said of [text, ended.taskRunList[1]!.reason!]) {
    assert.ok(said.includes(HIDDEN), said);
    assert.equal(said.includes(SECRET), false);
  }
});

test('starting no server with another key', async () => {
  const other = randomBytes(32).toString('base64');
  await assert.rejects(installation.start('worker', [], { WINDHOVER_ENCRYPTION_KEY: other }), (error: Error) => {
    assert.match(
      error.message,
      /WINDHOVER_ENCRYPTION_KEY: expected the key \w{8}, which this installation encrypts with/,
    );
    assert.equal(error.message.includes(other), false);
    return true;
  });
});

test('laying the defaults of the installation over a flow', async () => {
  const { taskRunList } = await api.run(`${NAMESPACE}/defaulted`);
  assert.equal(taskRunList[0]!.outputs!.value, 'by default, first');
});
