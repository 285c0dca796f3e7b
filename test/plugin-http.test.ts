/** http.Request and http.Download against real servers, through the connector that the worker gives them. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import http from '@windhover/plugin-http';
import { parseProperties } from '../lib/plugin/properties.ts';
import { problemsOf } from '../lib/plugin/schema.ts';
import type { Outcome } from '../lib/task/outcome.ts';
import { digestAnswer } from '../plugins/http/digest.ts';
import type { AnyTask } from '../plugins/sdk/index.ts';
import { aPeer, bodyOf, json } from './support/peer.ts';
import { aRun, aStored, storage, storedText } from './support/running.ts';

const [request, download] = http.tasks as [AnyTask, AnyTask];
const allowed = { ground: { http: { allowPrivate: true } } };

async function run(task: AnyTask, properties: Record<string, unknown>): Promise<Outcome & { lines: string[] }> {
  const wanted = aRun(task, properties, { ...allowed, roots: { inputs: { id: 7 } } });
  const outcome = await wanted.run();
  return { ...outcome, lines: wanted.lines };
}

const echo = async (asked: IncomingMessage) => ({
  method: asked.method,
  url: asked.url,
  type: asked.headers['content-type'],
  length: asked.headers['content-length'],
  own: asked.headers['x-own'],
  body: await bodyOf(asked),
});
const said = (outcome: Outcome) => JSON.parse(String(outcome.outputs!.body));

test('asking with parameters, headers and a body, and giving code, headers and body', async () => {
  const peer = await aPeer(async (asked, response) => json(response, await echo(asked), 201));
  const outcome = await run(request, {
    uri: `${peer.url}/orders?a=1`,
    method: 'post',
    params: { day: '2026-01-01', tag: ['x', 'y z'] },
    headers: { 'X-Own': '{{ inputs.id }}' },
    body: { id: '{{ inputs.id }}' },
  });
  assert.equal(outcome.state, 'SUCCESS');
  const { uri, code, headers } = outcome.outputs!;
  assert.equal(uri, `${peer.url}/orders?a=1&day=2026-01-01&tag=x&tag=y+z`);
  assert.equal(code, 201);
  assert.deepEqual((headers as Record<string, string[]>)['content-type'], ['application/json']);
  assert.deepEqual(said(outcome), {
    method: 'POST',
    url: '/orders?a=1&day=2026-01-01&tag=x&tag=y+z',
    type: 'application/json',
    length: '10',
    own: '7',
    body: '{"id":"7"}',
  });
});

test('sending forms, with files from the storage', async () => {
  const peer = await aPeer(async (asked, response) => json(response, await echo(asked)));
  const encoded = await run(request, { uri: peer.url, method: 'POST', formData: { a: '1 2', b: ['x', 'y'], c: 3 } });
  const { type, body } = said(encoded);
  assert.deepEqual([type, body], ['application/x-www-form-urlencoded', 'a=1+2&b=x&b=y&c=3']);
  const uri = await aStored('orders.csv', 'id;n\n1;2\n');
  const form = await run(request, {
    uri: peer.url,
    method: 'POST',
    contentType: 'multipart/form-data',
    formData: { user: 'Ada "A"', 'a"b': { x: 1 }, table: uri, named: { name: 'n.csv', content: uri } },
  });
  const sent = said(form);
  const boundary = /boundary=(.*)$/.exec(sent.type)![1]!;
  const parts = sent.body.split(`--${boundary}`).slice(1, -1);
  assert.equal(sent.length, String(Buffer.byteLength(sent.body)));
  const file = 'Content-Type: application/octet-stream\r\n\r\nid;n\n1;2\n\r\n';
  assert.deepEqual(parts, [
    '\r\nContent-Disposition: form-data; name="user"\r\n\r\nAda "A"\r\n',
    '\r\nContent-Disposition: form-data; name="a%22b"\r\n\r\n{"x":1}\r\n',
    `\r\nContent-Disposition: form-data; name="table"; filename="orders.csv"\r\n${file}`,
    `\r\nContent-Disposition: form-data; name="named"; filename="n.csv"\r\n${file}`,
  ]);
});

test('failing for codes that are no answer, as the options say', async () => {
  const peer = await aPeer((asked, response) => {
    response.writeHead(Number(asked.url!.slice(1)));
    response.end(`told ${'x'.repeat(2_000)}`);
  });
  const failed = await run(request, { uri: `${peer.url}/404` });
  assert.equal(failed.state, 'FAILED');
  assert.match(failed.reason!, /^Failed http request with response code '404' and body:\ntold x{995}…$/);
  assert.equal(failed.outputs!.code, 404);
  const stateOf = async (code: number, more: object) =>
    (await run(request, { uri: `${peer.url}/${code}`, ...more })).state;
  assert.equal(await stateOf(500, { options: { allowFailed: true } }), 'SUCCESS');
  assert.equal(await stateOf(500, { allowFailed: true }), 'SUCCESS');
  assert.equal(await stateOf(404, { options: { allowedResponseCodes: [200, 404] } }), 'SUCCESS');
  assert.equal(await stateOf(201, { options: { allowedResponseCodes: [200, 404] } }), 'FAILED');
});

test('signing in with Basic, Bearer, and Digest', async () => {
  const peer = await aPeer((asked, response) => {
    const { authorization = '' } = asked.headers;
    if (asked.url!.startsWith('/plain')) return void response.end(authorization);
    const given = Object.fromEntries(
      [...authorization.matchAll(/(\w+)="?([^",]+)/g)].map(([, name, text]) => [name, text]),
    );
    const md5 = (text: string) => createHash('md5').update(text).digest('hex');
    const proof = `${md5('ada:here:secret')}:n1:${given.nc}:${given.cnonce}:auth:${md5(`GET:${asked.url}`)}`;
    if (given.response === md5(proof)) return void response.end(`${given.username} ${given.opaque}`);
    response.writeHead(401, { 'www-authenticate': 'Digest realm="here", nonce="n1", opaque="o", qop="auth,auth-int"' });
    response.end();
  });
  const bodyWith = async (path: string, auth: object) =>
    (await run(request, { uri: peer.url + path, options: { auth } })).outputs?.body;
  const ada = { username: 'ada', password: 'secret' };
  assert.equal(await bodyWith('/plain', { type: 'BASIC', ...ada }), 'Basic YWRhOnNlY3JldA==');
  assert.equal(await bodyWith('/plain', { type: 'BEARER', token: 't' }), 'Bearer t');
  assert.equal(await bodyWith('/digest?a=1', { type: 'DIGEST', ...ada }), 'ada o');
  const wrong = await run(request, {
    uri: `${peer.url}/digest`,
    options: { auth: { type: 'DIGEST', ...ada, password: 'x' } },
  });
  assert.match(wrong.reason!, /response code '401'/);
  const older = await run(request, {
    uri: `${peer.url}/plain`,
    options: { basicAuthUser: 'ada', basicAuthPassword: 'secret' },
  });
  assert.equal(older.outputs!.body, 'Basic YWRhOnNlY3JldA==');
});

test('answering the challenges of RFC 7616 and RFC 2617', () => {
  const given = { username: 'Mufasa', password: 'Circle of Life', method: 'GET', uri: '/dir/index.html' };
  const nonce = '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v';
  const challenge = (algorithm: string) =>
    `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="${nonce}", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`;
  const ours = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ';
  const responseIn = (text?: string) => /response="(\w+)"/.exec(text ?? '')?.[1];
  assert.equal(responseIn(digestAnswer([challenge('MD5')], given, ours)), '8ca523f5e9506fed4657c9700eebdbec');
  assert.equal(
    responseIn(digestAnswer(['Basic realm="x"', challenge('SHA-256')], given, ours)),
    '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
  );
  assert.equal(digestAnswer([challenge('ROT13')], given), undefined);
  assert.equal(digestAnswer(['Basic realm="x"'], given), undefined);
});

test('refusing what it cannot give as a text of an output, and naming the task that can', async () => {
  const peer = await aPeer((asked, response) => {
    if (asked.url === '/bytes') return void response.end(Buffer.from([0xff, 0xfe, 0x00]));
    if (asked.url === '/latin') {
      response.setHeader('content-type', 'text/plain; charset=ISO-8859-1');
      return void response.end(Buffer.from([0xe9]));
    }
    if (asked.url === '/told') response.setHeader('content-length', 100_000);
    response.end('x'.repeat(100_000));
  });
  for (const path of ['/told', '/long']) {
    const { reason } = await run(request, { uri: peer.url + path });
    assert.match(
      reason!,
      /expected a body of at most 65536 bytes, .*: io\.kestra\.plugin\.core\.http\.Download stores it/,
    );
  }
  assert.match(
    (await run(request, { uri: `${peer.url}/long`, options: { maxContentLength: 10 } })).reason!,
    /at most 10 bytes/,
  );
  assert.match((await run(request, { uri: `${peer.url}/bytes` })).reason!, /expected a body of text in utf-8/);
  assert.equal((await run(request, { uri: `${peer.url}/latin` })).outputs!.body, 'é');
});

test('logging what is asked for, and no credentials', async () => {
  const peer = await aPeer((_, response) => {
    response.setHeader('set-cookie', 'session=hidden');
    response.end('answer');
  });
  const { lines } = await run(request, {
    uri: peer.url,
    method: 'POST',
    body: 'question',
    headers: { 'X-Api-Key': 'hidden', 'X-Plain': 'shown' },
    options: {
      auth: { type: 'BEARER', token: 'hidden' },
      logs: ['REQUEST_HEADERS', 'REQUEST_BODY', 'RESPONSE_HEADERS', 'RESPONSE_BODY'],
    },
  });
  const text = lines.join('\n');
  assert.match(text, /x-plain: shown/);
  assert.match(text, /request body: question/);
  assert.match(text, /response body: answer/);
  assert.doesNotMatch(text, /hidden/);
});

test('downloading a file as it comes, under the name that fits', async () => {
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const peer = await aPeer((asked, response) => {
    if (asked.url === '/named') response.setHeader('content-disposition', 'attachment; filename="../../evil/n.csv"');
    if (asked.url === '/utf')
      response.setHeader('content-disposition', "attachment; filename=a; filename*=UTF-8''%C3%A9.csv");
    if (asked.url !== '/big.bin') return void response.end('a;b\n');
    let left = 400;
    const more = (): void => {
      while (left-- > 0) if (!response.write(chunk)) return;
      response.end();
    };
    response.on('drain', more);
    more();
  });
  const big = await run(download, { uri: `${peer.url}/big.bin` });
  assert.equal(big.outputs!.length, 400 * chunk.length);
  assert.equal(await storage.size('main', String(big.outputs!.uri)), 400 * chunk.length);
  assert.match(String(big.outputs!.uri), /^kestra:\/\/\/company\/team\/flow\/executions\/.*\/big\.bin$/);
  const nameOf = async (path: string, more = {}) =>
    String((await run(download, { uri: peer.url + path, ...more })).outputs!.uri)
      .split('/')
      .at(-1);
  assert.equal(await nameOf('/named'), 'n.csv');
  assert.equal(await nameOf('/utf'), 'é.csv');
  assert.equal(await nameOf('/a/b.csv?x=1'), 'b.csv');
  assert.equal(await nameOf('/'), 'download');
  assert.equal(await nameOf('/a', { saveAs: 'own.csv' }), 'own.csv');
  assert.equal(await storedText(String((await run(download, { uri: `${peer.url}/c` })).outputs!.uri)), 'a;b\n');
});

test('leaving nothing in the storage of a download that fails', async () => {
  const peer = await aPeer((asked, response) => {
    if (asked.url === '/cut') response.writeHead(200, { 'content-length': '100' });
    if (asked.url === '/cut') return void response.write('abc', () => asked.socket.destroy());
    if (asked.url === '/empty') return void response.end();
    response.end('x'.repeat(10_000));
  });
  const prefix = 'kestra:///company/team/flow/executions/execution/';
  const before = await storage.list('main', prefix);
  assert.match((await run(download, { uri: `${peer.url}/cut` })).reason!, /got a broken connection/);
  assert.match(
    (await run(download, { uri: peer.url, options: { maxContentLength: 100 } })).reason!,
    /at most 100 bytes/,
  );
  assert.equal((await run(download, { uri: `${peer.url}/empty` })).reason, 'No response from server');
  assert.deepEqual(await storage.list('main', prefix), before);
  const empty = await run(download, { uri: `${peer.url}/empty`, failOnEmptyResponse: false });
  assert.equal(empty.outputs!.length, 0);
  assert.match(empty.lines[0]!, /^WARN the file of .* is empty$/);
});

test('reaching nothing on this machine unless the setting allows it', async () => {
  const peer = await aPeer((_, response) => response.end());
  const outcome = await aRun(request, { uri: peer.url }).run();
  assert.match(outcome.reason!, /WINDHOVER_HTTP_ALLOW_PRIVATE/);
  assert.equal(peer.connections.opened, 0);
});

test('giving the body encrypted, and neither in clear nor in the log', async () => {
  const peer = await aPeer((_, response) => void response.end('a token'));
  const properties = { uri: peer.url, encryptBody: true, options: { logs: ['RESPONSE_BODY'] } };
  const sealed = { type: 'io.kestra.datatype:aes_encrypted', value: 'sealed' } as const;
  const texts: string[] = [];
  const seal = (text: string) => {
    texts.push(text);
    return sealed;
  };
  const wanted = aRun(request, properties, { ...allowed, given: { seal } });
  const { outputs } = await wanted.run();
  assert.deepEqual([outputs!.encryptedBody, outputs!.body, texts], [sealed, undefined, ['a token']]);
  assert.equal(JSON.stringify(wanted.lines).includes('a token'), false);
  const keyless = await run(request, properties);
  assert.match(keyless.reason!, /expected a key to encrypt with, got none/);
});

test('saying before a run what it does not support', () => {
  const messageOf = (properties: object) => problemsOf(request, { uri: 'https://a.test', ...properties })[0]?.message;
  const auth = (given: object) => messageOf({ options: { auth: given } })!;
  assert.match(auth({ type: 'NTLM', username: 'a' }), /expected one of BASIC, BEARER, DIGEST, got "NTLM"/);
  assert.match(
    auth({ type: 'BEARER', username: 'a' }),
    /expected a token for BEARER, a username for BASIC and DIGEST, got/,
  );
  assert.match(
    messageOf({ options: { timeouts: 1 } })!,
    /expected a property of .*, got timeouts \(did you mean timeout\?\)/,
  );
  assert.equal(messageOf({ options: { connectTimeout: 'PT1M', readIdleTimeout: '{{ inputs.t }}' } }), undefined);
  const properties = parseProperties(request, { uri: 'https://a.test', options: '{"allowFailed": "true"}' });
  assert.equal((properties as { options: { allowFailed: boolean } }).options.allowFailed, true);
});
