/** What an execution leaves: its files, whole and in parts, and its log, read and downloaded. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Api, ExecutionAnswer } from '../support/api.ts';
import { aFlow, NAMESPACE, says } from '../support/flow-source.ts';
import { anInstallation, type Installation } from '../support/server.ts';

const TALK_PLUGIN = fileURLToPath(new URL('../support/talk-plugin.ts', import.meta.url));
const CONTENT = '<script>alert("0123456789")</script>';
const TRIES = 3;

let installation: Installation;
let api: Api;
let left: ExecutionAnswer;
let other: ExecutionAnswer;
let logged: ExecutionAnswer;
before(async () => {
  installation = anInstallation({ env: { WINDHOVER_PLUGINS: TALK_PLUGIN } });
  await installation.start('standalone');
  api = installation.api();
  await api.save(
    aFlow('leaving', [
      { id: 'page', type: 'test.Leave', name: 'Grüße 世界.html', content: CONTENT },
      { id: 'empty', type: 'test.Leave', name: 'empty', content: '' },
    ]),
  );
  const retry = { type: 'constant', interval: 'PT0.01S', maxAttempts: TRIES };
  const levels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'].map((level) =>
    says(`at ${level}`, level.toLowerCase(), { level }),
  );
  await api.save(
    aFlow('logging', [
      ...levels,
      { id: 'stubborn', type: 'test.Talk', lines: 2, fails: true, allowFailure: true, retry },
    ]),
  );
  [left, other, logged] = await Promise.all(
    ['leaving', 'leaving', 'logging'].map((flow) => api.run(`${NAMESPACE}/${flow}`)) as [
      Promise<ExecutionAnswer>,
      Promise<ExecutionAnswer>,
      Promise<ExecutionAnswer>,
    ],
  );
});
after(() => installation.remove());

const uriOf = (execution: ExecutionAnswer, task = 'page'): string =>
  execution.taskRunList.find(({ taskId }) => taskId === task)!.outputs!.uri as string;
const file = (path: string, what = 'file', of = left, headers: Record<string, string> = {}) =>
  api.ask<{ size: number; code: string }>('GET', `/executions/${of.id}/${what}?path=${encodeURIComponent(path)}`, {
    headers,
  });

test('downloading a file as what it is: bytes for the disk, and nothing for a browser to run', async () => {
  const { status, text, headers } = await file(uriOf(left));
  assert.deepEqual([status, text], [200, CONTENT]);
  assert.match(
    headers.get('content-disposition')!,
    /^attachment; filename=".*\.html"; filename\*=UTF-8''Gr%C3%BC%C3%9Fe%20/,
  );
  assert.equal(headers.get('content-type'), 'application/octet-stream');
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
  assert.equal(headers.get('content-length'), `${CONTENT.length}`);
  assert.deepEqual((await file(uriOf(left), 'file/metas')).body, { size: CONTENT.length });
  assert.deepEqual(
    [(await file(uriOf(left, 'empty'))).text, (await file(uriOf(left, 'empty'), 'file/metas')).body.size],
    ['', 0],
  );
});

test('giving a part of a file, and saying where there is none', async () => {
  const part = async (range: string, path = uriOf(left)) => {
    const { status, text, headers } = await file(path, 'file', left, { range });
    return [status, status === 416 ? '' : text, headers.get('content-range')];
  };
  const size = CONTENT.length;
  assert.deepEqual(await part('bytes=0-7'), [206, '<script>', `bytes 0-7/${size}`]);
  assert.deepEqual(await part('bytes=-9'), [206, '</script>', `bytes ${size - 9}-${size - 1}/${size}`]);
  assert.deepEqual(await part(`bytes=${size - 2}-`), [206, 't>', `bytes ${size - 2}-${size - 1}/${size}`]);
  assert.deepEqual(await part('bytes=0-99999'), [206, CONTENT, `bytes 0-${size - 1}/${size}`]);
  for (const range of ['bytes=7-0', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=a-b', 'bytes=-'])
    assert.deepEqual(await part(range), [200, CONTENT, null], range);
  for (const range of [`bytes=${size}-`, 'bytes=99999999999999999999-', 'bytes=-0'])
    assert.deepEqual(await part(range), [416, '', `bytes */${size}`], range);
  assert.deepEqual(await part('bytes=0-', uriOf(left, 'empty')), [416, '', 'bytes */0']);
});

test('refusing files of others, and every spelling of a way out', async () => {
  const own = uriOf(left);
  const folder = own.slice(0, own.lastIndexOf('/') + 1);
  const refused = [
    uriOf(other),
    `${folder}../../${other.id}/x`,
    `${folder}..%2f..%2f${other.id}`,
    `${folder}%2e%2e/x`,
    `${folder}a/../../x`,
    `${folder}..\\x`,
    `${folder}a\0b`,
    `${folder}/x`,
    `${folder}.`,
    folder,
    folder.slice(0, -1),
    own.replace('kestra:///', 'kestra://'),
    own.replace('kestra:', 'file:'),
    own.replace(left.id, left.id.slice(0, -1)),
    '/etc/passwd',
    'file:///etc/passwd',
    'kestra:///../../etc/passwd',
    'token',
  ];
  const answers = await Promise.all(refused.map(async (path) => [path, (await file(path)).status] as const));
  assert.deepEqual(
    answers.filter(([, status]) => status !== 422 && status !== 404),
    [],
  );
  assert.equal((await file(`${folder}nowhere`)).status, 404);
  assert.equal((await file(own, 'file', { ...left, id: 'nobody' })).status, 404);
  const without = await api.ask<{ code: string }>('GET', `/executions/${left.id}/file`);
  assert.deepEqual([without.status, without.body.code], [422, 'request.parameter']);
  for (const path of refused) assert.notEqual((await file(path, 'file/metas')).status, 200, path);
});

interface Line {
  readonly id: string;
  readonly taskId?: string;
  readonly taskRunId?: string;
  readonly attemptNumber?: number;
  readonly message: string;
  readonly level: string;
  readonly timestamp: string;
}
const lines = async (query = '') => (await api.ask<Line[]>('GET', `/logs/${logged.id}?${query}`)).body;
const messages = async (query: string) => (await lines(query)).map(({ message }) => message);

test('reading a log in the order of time, and what is wanted of it', async () => {
  const all = await lines();
  assert.deepEqual(
    all.map(({ timestamp }) => timestamp).toSorted(),
    all.map(({ timestamp }) => timestamp),
  );
  assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
  assert.deepEqual(
    (await messages('minLevel=WARN')).filter((text) => text.startsWith('at')),
    ['at WARN', 'at ERROR'],
  );
  assert.deepEqual(await messages('taskId=trace'), ['at TRACE']);
  assert.deepEqual(await messages('taskId=nothing'), []);
  const stubborn = all.filter(({ taskId, level }) => taskId === 'stubborn' && level === 'INFO');
  assert.deepEqual(
    stubborn.map(({ attemptNumber }) => attemptNumber),
    [0, 0, 1, 1, 2, 2],
  );
  const { taskRunId } = stubborn[0]!;
  const second = await lines(`taskRunId=${taskRunId}&attempt=1&minLevel=INFO`);
  assert.ok(second.length >= 2 && second.every(({ attemptNumber }) => attemptNumber === 1));
  assert.equal((await api.ask('GET', `/logs/${logged.id}?minLevel=LOUD`)).status, 422);
  assert.equal((await api.ask('GET', `/logs/${logged.id}?attempt=first`)).status, 422);
});

test('downloading a log as text', async () => {
  const { text, headers } = await api.ask('GET', `/logs/${logged.id}/download?minLevel=ERROR&taskId=error`);
  assert.match(text, /^\d{4}-\d\d-\d\dT[\d:.]+Z ERROR error at ERROR\n$/);
  assert.match(headers.get('content-disposition')!, new RegExp(`^attachment; filename="${logged.id}\\.log"`));
  assert.equal(headers.get('content-type'), 'text/plain; charset=utf-8');
  const all = (await api.ask('GET', `/logs/${logged.id}/download`)).text;
  assert.equal(all.split('\n').length - 1, (await lines()).length);
});

test('keeping the log of a task that wants it so in a file, each attempt its own', async () => {
  const retry = { type: 'constant', interval: 'PT0.01S', maxAttempts: 2 };
  const quiet = { id: 'quiet', type: 'test.Talk', lines: 2, fails: true, allowFailure: true, retry, logToFile: true };
  await api.save(aFlow('filing', [quiet, says('aloud')]));
  const { id, taskRunList } = await api.run(`${NAMESPACE}/filing`);
  const { attempts = [] } = taskRunList.find(({ taskId }) => taskId === 'quiet')!;
  assert.equal(new Set(attempts.map(({ logFile }) => logFile)).size, 2);
  for (const { logFile } of attempts) {
    const { text } = await api.ask('GET', `/executions/${id}/file?path=${encodeURIComponent(logFile!)}`);
    const said = text.trimEnd().split('\n');
    assert.equal(said.filter((line) => /^\S+Z INFO {2}\S/.test(line)).length, 2, text);
    assert.match(said.at(-1)!, /Z ERROR /);
  }
  const shown = (await api.ask<Line[]>('GET', `/logs/${id}`)).body;
  assert.ok(shown.some(({ message }) => message === 'aloud'));
  assert.ok(!shown.some(({ taskId, level }) => taskId === 'quiet' && level === 'INFO'));
});
