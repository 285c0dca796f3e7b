/** What clients send that is right, though unusual, is taken; what is wrong is refused with what was got. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, type RawAnswer } from '../support/http.ts';
import { anInstallation, type Installation, type ServerProcess } from '../support/server.ts';

const FLOW = (id: string, description = 'x') => `id: ${id}
namespace: odd.requests
description: ${description}
inputs: [{id: n, type: INT, required: false}]
tasks: [{id: a, type: io.kestra.plugin.core.debug.Return, format: x}]
`;
const YAML = 'application/x-yaml';
/** Text that was written in Latin-1. */
const LATIN = Buffer.from(FLOW('latin', 'gr\u00fc\u00df'), 'latin1');
let installation: Installation;
let server: ServerProcess;
let authorization: string;
before(async () => {
  installation = anInstallation();
  server = await installation.start('standalone');
  authorization = `Bearer ${installation.api().token}`;
  await send('POST', '/flows', FLOW('taken'), YAML);
});
after(() => installation.remove());

const send = (method: string, path: string, body: string | Buffer = '', type?: string): Promise<RawAnswer> =>
  ask(`${server.url}/api/v1/main${path}`, {
    method,
    headers: {
      authorization,
      'content-length': String(Buffer.byteLength(body)),
      ...(type === undefined ? {} : { 'content-type': type }),
    },
    body,
  });
const told = ({ status, text }: RawAnswer): readonly [number, string] => [status, JSON.parse(text).message];
const formWith = (name: string, fileName: string, content: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(`--b\r\nContent-Disposition: form-data; name="${name}"; filename="${fileName}"\r\n\r\n`),
    content,
    Buffer.from('\r\n--b--\r\n'),
  ]);

test('taking media types in capitals', async () => {
  const start = '/executions/odd.requests/taken';
  const field = '--b\r\nContent-Disposition: form-data; name="n"\r\n\r\n5\r\n--b--\r\n';
  for (const [type, body] of [
    ['Application/JSON; Charset=UTF-8', '{"n": 5}'],
    ['Multipart/Form-Data; boundary=b', field],
    ['application/X-WWW-Form-URLEncoded', 'n=5'],
  ] as const) {
    const answer = await send('POST', start, body, type);
    assert.equal(answer.status, 200, `${type}: ${answer.text}`);
    assert.deepEqual(JSON.parse(answer.text).inputs, { n: 5 });
  }
  assert.deepEqual(told(await send('POST', start, 'x', 'text/plain')), [
    400,
    'Content-Type: expected multipart/form-data, got text/plain',
  ]);
});

test('refusing flows in files that are not UTF-8, as it refuses a body', async () => {
  const type = 'multipart/form-data; boundary=b';
  for (const [path, name] of [
    ['/flows/import', 'fileUpload'],
    ['/flows/validate', 'flows'],
  ] as const)
    assert.deepEqual(told(await send('POST', path, formWith(name, 'latin.yaml', LATIN), type)), [
      400,
      'expected latin.yaml in UTF-8, got bytes that are none',
    ]);
  assert.equal((await send('GET', '/flows/odd.requests/latin')).status, 404);
});

test('keeping flows where delete=False is said, and asking again where nobody can tell what is meant', async () => {
  await send('POST', '/flows', FLOW('kept'), YAML);
  assert.equal((await send('POST', '/flows/odd.requests?delete=False', FLOW('taken', 'y'), YAML)).status, 200);
  assert.deepEqual(told(await send('POST', '/flows/odd.requests?delete=no', FLOW('taken'), YAML)), [
    422,
    'delete: expected true or false, got "no"',
  ]);
  assert.equal((await send('GET', '/flows/odd.requests/kept')).status, 200);
  assert.deepEqual(told(await send('GET', '/flows/odd.requests/kept?source=maybe')), [
    422,
    'source: expected true or false, got "maybe"',
  ]);
});

test('saying what was got: an integer too large, a label without a value, no list', async () => {
  const large = await send('POST', '/executions/odd.requests/taken', '{"n": "9007199254740993"}', 'application/json');
  assert.match(told(large)[1], /expected a whole number up to 9007199254740991, got "9007199254740993"/);
  const execution = JSON.parse((await send('POST', '/executions/odd.requests/taken?wait=true')).text).id;
  const labels = await send('POST', `/executions/${execution}/labels`, '[{"key":"a"}]', 'application/json');
  assert.deepEqual(told(labels), [422, 'expected labels as a list of { key, value }, both texts, got {"key":"a"}']);
  assert.deepEqual(told(await send('DELETE', '/flows/delete/by-ids', '{"id":"a"}', 'application/json')), [
    400,
    'expected a JSON list of { namespace, id }, got {"id":"a"}',
  ]);
});

test('naming the methods of the page', async () => {
  const { status, headers } = await ask(`${server.url}/ui/`, { method: 'PUT' });
  assert.deepEqual([status, headers.allow], [405, 'GET, HEAD']);
});
