/**
 * What attackers and broken clients send. Each is answered at once, with 4xx or as the harmless thing that it is; never with 5xx,
 * never by a crash, and never by a bug in the log.
 */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ROUTES, type Route } from '../../web/api/routes.ts';
import type { Answer, Api } from '../support/api.ts';
import { aFlow, NAMESPACE, says, YAML } from '../support/flow-source.ts';
import { ask, askBytes, statusIn } from '../support/http.ts';
import { anInstallation, type Installation, type ServerProcess } from '../support/server.ts';

const MB = 1024 * 1024;
const SOCKETS = 300;
const ERROR_LEVEL = 50;

let installation: Installation;
let server: ServerProcess;
let api: Api;
before(async () => {
  installation = anInstallation();
  server = await installation.start('standalone');
  api = installation.api();
  const inputs = ['STRING', 'INT', 'JSON'].map((type) => ({ id: type.toLowerCase(), type, required: false }));
  await api.save(aFlow('target', [says('{{ inputs.string }}')], { inputs }));
});
after(() => installation.remove());

const host = () => new URL(server.url).host;
/** A request by hand, with good credentials unless told otherwise. */
const raw = async (line: string, headers: readonly string[] = [], signedIn = true): Promise<number> => {
  const all = [
    `Host: ${host()}`,
    ...(signedIn ? [`Authorization: Bearer ${api.token}`] : []),
    'Connection: close',
    ...headers,
  ];
  return statusIn(await askBytes(server.url, `${line} HTTP/1.1\r\n${all.join('\r\n')}\r\n\r\n`));
};
const post = (path: string, body: BodyInit, type?: string, more: Record<string, string> = {}) =>
  api.ask<{ message: string }>('POST', path, {
    body,
    headers: { ...(type === undefined ? {} : { 'content-type': type }), ...more },
  });
const start = (body: BodyInit, type?: string) => post(`/executions/${NAMESPACE}/target`, body, type);
const validate = async (source: string) => {
  const { status, body, text } = await api.ask<{ constraints?: string }[]>('POST', '/flows/validate', {
    headers: YAML,
    body: source,
  });
  return { status, constraints: body?.[0]?.constraints, text };
};
const isRefused = ({ status }: Pick<Answer, 'status'>): boolean => status >= 400 && status < 500;
const assertRefused = (answer: Answer<{ message: string }>, what: string): void => {
  assert.ok(isRefused(answer), `${what} → ${answer.status} ${answer.text.slice(0, 200)}`);
  assert.ok(answer.body.message.length > 10, what);
};

test('opening no route by the spelling of its address', async () => {
  const opened: string[] = [];
  for (const [name, route] of Object.entries(ROUTES) as [string, Route][]) {
    if (typeof route.access !== 'string') continue;
    const path = route.path.replace(/:\w+/g, 'x');
    const spellings = [
      `/api/v1${path}/configs`,
      `/api/v1${path}/health`,
      `/api/v1${path};/login`,
      `/api/v1${path}/`,
      `/api/v1${path}?x=/configs`,
      `/api/v1${path}#/configs`,
      `/api/v1/configs/..${path}`,
      `/api/v1/configs/%2e%2e${path}`,
      `/api/v1/ping/../main${path}`,
      `//api/v1${path}`,
      `/api//v1${path}`,
      `/API/V1${path.toUpperCase()}`,
      `/api/v1/MAIN${path}`,
      `/api/v1${path.replaceAll('/', '%2f')}`,
      `http://${host()}/api/v1${path}`,
    ];
    const answers = await Promise.all(spellings.map((each) => raw(`${route.method} ${each}`, [], false)));
    for (const [n, status] of answers.entries())
      if (![400, 401, 404, 405].includes(status)) opened.push(`${name} ${spellings[n]} → ${status}`);
  }
  assert.deepEqual(opened, []);
});

test('taking no method for another', async () => {
  const path = `/api/v1/flows/${NAMESPACE}/target`;
  for (const override of ['X-HTTP-Method-Override: DELETE', 'X-Method-Override: DELETE', 'X-HTTP-Method: DELETE'])
    assert.equal(await raw(`GET ${path}?_method=DELETE`, [override]), 200);
  for (const method of ['OPTIONS', 'TRACE', 'PATCH', 'PROPFIND'])
    assert.equal(await raw(`${method} /api/v1/flows`), 405, method);
  for (const line of ['HEAD /api/v1/flows', `HEAD /api/v1/executions/${NAMESPACE}/target`, 'HEAD /api/v1/logout'])
    assert.equal(await raw(line), 405, line);
  assert.equal(await raw('FOO /api/v1/flows'), 400);
  assert.equal(await raw(`CONNECT ${host()}`), 0, 'the connection is closed');
  assert.equal((await api.ask('GET', `/flows/${NAMESPACE}/target`)).status, 200);
});

test('reading headers as they are, and not too many of them', async () => {
  const line = 'GET /api/v1/flows/search';
  for (const header of [
    '__proto__: x',
    'constructor: x',
    `X-Forwarded-Proto: ${','.repeat(8_000)}`,
    'X-Forwarded-Host: evil.com',
  ])
    assert.equal(await raw(line, [header]), 200, header.slice(0, 40));
  assert.equal(await raw(line, [`X-Forwarded-For: ${','.repeat(100_000)}`]), 431);
  assert.equal(await raw(line, [`Authorization: Bearer ${'x'.repeat(64 * 1024)}`], false), 431);
  assert.equal(await raw(line, ['Authorization: Basic !!!', `Authorization: Bearer ${api.token}`], false), 401);
  assert.equal(await raw(line, [`Cookie: ${'a=b; '.repeat(2_000)}`], false), 401);
  assert.equal(statusIn(await askBytes(server.url, `${line} HTTP/1.1\r\nConnection: close\r\n\r\n`)), 400, 'no Host');
  assert.equal(statusIn(await askBytes(server.url, `${line} HTTP/1.1\r\nHost: \r\nConnection: close\r\n\r\n`)), 403);
  assert.equal(statusIn(await askBytes(server.url, 'garbage\r\n\r\n')), 400);
});

const IDS = [
  '..',
  '.',
  'con',
  '-rf',
  'toString',
  '__proto__',
  'constructor',
  '%00',
  'a%00b',
  '%ED%A0%80',
  '%zz',
  '%E2%80%AE',
  "'; drop table executions; --",
  'x'.repeat(4_096),
];
test('knowing no execution and no flow by an id that is none', async () => {
  const answers: string[] = [];
  for (const id of IDS.map((each) => each.replaceAll(' ', '%20')))
    for (const path of [
      `/executions/${id}`,
      `/executions/${id}/file?path=x`,
      `/logs/${id}/download`,
      `/flows/${id}/${id}?source=true`,
      `/flows/${NAMESPACE}/${id}/revisions`,
    ]) {
      const status = await raw(`GET /api/v1/main${path}`);
      if (status !== 404) answers.push(`${path.slice(0, 60)} → ${status}`);
    }
  assert.deepEqual(answers, []);
});

test('taking bodies for what they are, whatever they pretend to be', async () => {
  const refused: Readonly<Record<string, () => Promise<Answer<{ message: string }>>>> = {
    'a body without a type': () => start(new Blob(['string=x'])),
    'a type that is none': () => start('string=x', 'text/plain'),
    'a form without boundary': () => start('name=x', 'multipart/form-data'),
    'a form without an end': () =>
      start('--x\r\nContent-Disposition: form-data; name="string"\r\n\r\nabc', 'multipart/form-data; boundary=x'),
    'an array': () => start('[]', 'application/json'),
    'no JSON': () => start('{"string"', 'application/json'),
    'a number that is none': () => start('{"json":NaN}', 'application/json'),
    'a number beyond': () => start('{"json":[1e999]}', 'application/json'),
    'a hundred thousand levels': () =>
      start(`{"json":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'application/json'),
    'the same for a text': () => start(`{"string":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'application/json'),
    'bytes that are no text': () => post('/flows', new Uint8Array([0xff, 0xfe, 0x00]), 'application/x-yaml'),
    'a list where a user is wanted': () => post('/login', '{"username":["admin"],"password":"x"}', 'application/json'),
    'a prototype where a user is wanted': () =>
      post('/login', '{"__proto__":{"username":"admin","scope":"admin"},"password":"x"}', 'application/json'),
    'a packed body': () =>
      post('/flows', new Uint8Array(gzipSync(Buffer.alloc(10 * MB))), 'application/x-yaml', {
        'content-encoding': 'gzip',
      }),
  };
  for (const [what, asked] of Object.entries(refused)) assertRefused(await asked(), what);
  const deep = new FormData();
  deep.append('json', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`);
  assertRefused(await start(deep), 'the same in a form');
});

test('starting with values that are strange and nothing worse', async () => {
  const polluting = await start(
    '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"string":"a","string":"b"}',
    'application/json',
  );
  assert.deepEqual(
    [polluting.status, (polluting.body as unknown as { inputs: unknown }).inputs],
    [200, { string: 'b', int: null, json: null }],
  );
  const strange = 'NUL \0, right to left \u202e, half \ud800, {{ 7 * 7 }}, <img onerror=x>';
  const { id } = await api
    .run(`${NAMESPACE}/target`, {})
    .then(
      async () =>
        (await start(JSON.stringify({ string: strange }), 'application/json')).body as unknown as { id: string },
    );
  const ended = await api.ended(id);
  assert.equal(ended.state.current, 'SUCCESS');
  const { body } = await api.ask<{ message: string }[]>('GET', `/logs/${id}`);
  assert.match(body[0]!.message, /\{\{ 7 \* 7 \}\}, <img onerror=x>$/, 'an input is no template');
  assert.equal((await api.ask('GET', '/me')).text, '{"username":"admin","scope":"admin"}');
});

const task = (more = '') =>
  `id: bad\nnamespace: ${NAMESPACE}\ntasks:\n  - id: say\n    type: io.kestra.plugin.core.log.Log\n    message: hi\n${more}`;
const trigger = (more: string) =>
  task(`triggers:\n  - id: t\n    type: io.kestra.plugin.core.trigger.Schedule\n${more}`);
const bomb = Array.from(
  { length: 9 },
  (_, n) => `  k${n}: &k${n} [${Array(9).fill(n === 0 ? 'x' : `*k${n - 1}`)}]\n`,
).join('');
const FLOWS: Readonly<Record<string, readonly [source: string, constraint: RegExp | undefined]>> = {
  'twenty thousand levels': ['['.repeat(20_000), /100 levels/],
  'twenty thousand levels that end': [task(`variables: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`), /100 levels/],
  'a function as tag': [task('variables: !!js/function "x"\n'), /expected a value that/],
  'an object of Python': [task('variables: !!python/object:os.system x\n'), /expected a value that/],
  'a key that pollutes': [task('variables:\n  __proto__: x\n'), /__proto__/],
  'a million lines': [task('#\n'.repeat(490_000)), /expected at most \d+ bytes/],
  'fifty thousand keys': [
    task(`variables:\n${Array.from({ length: 50_000 }, (_, n) => `  k${n}: 1\n`).join('')}`),
    /expected at most \d+ bytes/,
  ],
  'an id with a colon': [task().replace('id: say', 'id: "a:b"'), /must match/],
  'an id with a dot': [task().replace('id: say', 'id: a.b'), /must match/],
  'a type that is a path': [task().replace('io.kestra.plugin.core.log.Log', '../../x'), /Invalid type/],
  'a type that every object has': [task().replace('io.kestra.plugin.core.log.Log', 'constructor'), /Invalid type/],
  'a cron with minute 60': [trigger('    cron: "60 * * * *"\n'), /invalid cron expression/],
  'a cron that nobody knows': [trigger('    cron: "@every 1ms"\n'), /invalid cron expression/],
  'a zone on Mars': [trigger('    cron: "* * * * *"\n    timezone: Mars/X\n'), /Mars\/X/],
  'a duration of ten million years': [task('    timeout: P9999999Y\n'), /P9999999Y/],
  // Strange and allowed: bombs are never expanded, and what is read once costs once.
  'an alias bomb': [task(`variables:\n${bomb}`), undefined],
  'merges of merges': [
    task(
      `variables:\n  m0: &m0 {a: 1}\n${Array.from({ length: 2_000 }, (_, n) => `  m${n + 1}: &m${n + 1} {<<: *m${n}, k${n}: 1}\n`).join('')}`,
    ),
    undefined,
  ],
  'an id of digits alone': [task().replace('id: say', 'id: 123'), undefined],
  'an id that every object has': [task().replace('id: say', 'id: toString'), undefined],
  'retries without a pause': [task('    retry: {type: constant, interval: PT0S, maxAttempts: 3}\n'), undefined],
  'a cron that never comes': [trigger('    cron: "0 0 31 2 *"\n'), undefined],
};
for (const [what, [source, constraint]] of Object.entries(FLOWS))
  test(`reading a flow with ${what}`, async () => {
    const { status, constraints, text } = await validate(source);
    assert.equal(status, 200, text);
    if (constraint) assert.match(constraints ?? '', constraint);
    else assert.equal(constraints, undefined);
    if (constraint) assert.ok(isRefused(await post('/flows', source, 'application/x-yaml')));
  });

test('failing a loop over a million values, with a reason', async () => {
  const loop = {
    id: 'each',
    type: 'io.kestra.plugin.core.flow.ForEach',
    values: '{{ range(1, 1000000) }}',
    tasks: [says('x', 'one')],
  };
  await api.save(aFlow('endless', [loop]));
  const { state, reason, taskRunList } = await api.run(`${NAMESPACE}/endless`);
  assert.equal(state.current, 'FAILED');
  assert.match(reason ?? taskRunList[0]!.reason ?? '', /expected at most .*, got/);
});

test('serving others while hundreds of sockets say next to nothing', async () => {
  const { hostname, port } = new URL(server.url);
  const sockets = await Promise.all(
    Array.from(
      { length: SOCKETS },
      (_, n) =>
        new Promise<ReturnType<typeof connect>>((resolve) => {
          const socket = connect(Number(port), hostname, () => {
            const body = 'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{';
            socket.write(`POST /api/v1/login HTTP/1.1\r\nHost: ${host()}\r\n${n % 2 ? 'X-Slow: ' : body}`);
            resolve(socket);
          });
          socket.on('error', () => {}); // They are cut off in the end.
        }),
    ),
  );
  assert.equal((await ask(`${server.url}/api/v1/ping`)).text, 'pong');
  assert.equal((await api.run(`${NAMESPACE}/target`)).state.current, 'SUCCESS');
  for (const socket of sockets) socket.destroy();
});

test('having met no bug in any of it', async () => {
  assert.ok(server.alive);
  const errors = server.log.filter((line) => line.includes(`"level":${ERROR_LEVEL}`));
  assert.deepEqual(errors, []);
});
