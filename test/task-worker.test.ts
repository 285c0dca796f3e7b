/** What a task may ask of the worker around it, in real threads and processes, on a scripted bus. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Consult } from '../actors/worker/consult.ts';
import { buildWorker } from '../actors/worker/worker.ts';
import type { Bus } from '../lib/bus/bus.ts';
import { type StoredToken, storedToken, tokenKey } from '../lib/bus/credentials.ts';
import type { Member } from '../lib/bus/members.ts';
import { openMemoryBus } from '../lib/bus/memory/open.ts';
import { silentLog } from '../lib/log.ts';
import { type MetricEntry, metricEntries } from '../lib/model/metric.ts';
import { eventually } from './support/eventually.ts';
import { aBarePeer, aPeer, bodyOf, json } from './support/peer.ts';
import { ScriptedWork } from './support/scripted-work.ts';

const PLUGIN = new URL('./support/capable-plugin.ts', import.meta.url).href;
const folder = mkdtempSync(join(tmpdir(), 'windhover-capable-'));
const work = new ScriptedWork();
const metrics: MetricEntry[] = [];
const asked: { method?: string; url?: string; user?: string; scope?: string; host?: string; body: string }[] = [];
let answer: (request: IncomingMessage, response: ServerResponse) => void = (_, response) =>
  json(response, { ok: true });
const { vault } = openMemoryBus({ partitions: 1, clock: { now: () => Date.now() } });

const bus: Bus = {
  ...work.bus,
  vault,
  lines: {
    ...work.bus.lines,
    measure: async (_, measured) => {
      metrics.push(...structuredClone(measured.flatMap(metricEntries)));
    },
  },
};

const aWebserver = (url: string, host = hostname()): Member => ({
  id: url,
  role: 'webserver',
  host,
  pid: 1,
  version: '0',
  startedAtMs: 1,
  format: 1,
  url,
});

const SOURCE = `
id: flow
namespace: company.team
tasks:
  - { id: change, type: test.Change }
  - { id: measure, type: io.kestra.plugin.core.metric.Publish, metrics: [{ name: rows, value: 3 }] }
  - { id: huge, type: test.Huge }
  - { id: foreign, type: test.Foreign }
  - { id: kill, type: io.kestra.plugin.core.execution.Kill, executionId: other }
  - { id: log, type: io.kestra.plugin.core.log.Fetch, executionId: other }
  - { id: odd, type: io.kestra.plugin.core.templating.TemplatedTask, spec: "type: {{ inputs.who }}" }
  - id: spec
    type: io.kestra.plugin.core.templating.TemplatedTask
    spec: |
      type: io.kestra.plugin.core.debug.Return
      format: hello {{ inputs.who }} {{ '{{ inputs.who }}' }}
  - id: inner
    type: io.kestra.plugin.core.templating.TemplatedTask
    spec: |
      type: io.kestra.plugin.core.execution.Kill
      executionId: other
  - { id: flowable, type: io.kestra.plugin.core.templating.TemplatedTask, spec: "{ type: io.kestra.plugin.core.flow.Sequential, tasks: [] }" }
  - { id: timed, type: io.kestra.plugin.core.templating.TemplatedTask, spec: "{ type: io.kestra.plugin.core.log.Log, message: a, timeout: PT1S }" }
  - { id: get, type: io.kestra.plugin.core.http.Request, uri: "{{ inputs.url }}" }
`;

const webserver = await aPeer(async (request, response) => {
  const { method, url, headers } = request;
  const kept = await vault.get(tokenKey(headers.authorization?.replace('Bearer ', '') ?? ''));
  const { user, scope }: Partial<StoredToken> = kept === undefined ? {} : storedToken(kept);
  asked.push({ method, url, user, scope, host: headers.host, body: await bodyOf(request) });
  answer(request, response);
});
const worker = buildWorker({
  bus,
  storage: { folder: join(folder, 'storage') },
  packages: ['@windhover/plugin-core', '@windhover/plugin-http', PLUGIN],
  threads: 2,
  warm: false,
  group: 'default',
  folder: join(folder, 'work'),
  httpAllowPrivate: false,
  log: silentLog,
});
before(async () => {
  work.others = [aWebserver(webserver.url)];
  await worker.start();
});
after(async () => {
  await worker.stop(3_000);
  rmSync(folder, { recursive: true, force: true });
});

async function run(taskId: string, alone = false) {
  const [item] = work.items(SOURCE, [taskId], { alone });
  work.put([item!]);
  return { item: item!, end: await eventually(() => work.ended(item!)) };
}

test('sending what a task changes in its execution with its answer', async () => {
  for (const alone of [false, true]) {
    const { end } = await run('change', alone);
    assert.deepEqual([end.state, end.update], ['SUCCESS', { labels: { a: 'b' }, exit: 'WARNING' }]);
  }
});

test('sending metrics beside the lines', async () => {
  const { item, end } = await run('measure');
  const [executionId, taskRunId] = item.ref.split('/');
  const entry = await eventually(() => metrics.find((each) => each.taskRunId === taskRunId));
  const { atMs, ...rest } = entry;
  assert.ok(atMs >= end.startedAtMs && atMs <= end.endedAtMs);
  assert.deepEqual(rest, {
    id: `${end.token}/m0001`,
    executionId,
    namespace: 'company.team',
    flowId: 'flow',
    taskId: 'measure',
    taskRunId,
    attempt: 1,
    type: 'counter',
    name: 'rows',
    value: 3,
    tags: {},
  });
});

test('failing clearly for an output of 300 MB, in a thread that goes on', async () => {
  const first = await run('huge');
  assert.equal(first.end.state, 'FAILED');
  assert.match(first.end.reason!, /^outputs of \d+ KB: expected at most 64 KB$/);
  assert.equal(first.end.outputs, undefined);
  assert.equal((await run('change')).end.state, 'SUCCESS');
  assert.equal(
    work.messages.some(({ kind }) => kind === 'workerLost'),
    false,
  );
});

test('asking a webserver with credentials that the task does not see', async () => {
  for (const alone of [false, true]) {
    asked.length = 0;
    const { end } = await run('kill', alone);
    assert.equal(end.state, 'SUCCESS');
    assert.deepEqual(asked, [
      {
        method: 'DELETE',
        url: '/api/v1/main/executions/other/kill?isOnKillCascade=true',
        user: 'worker',
        scope: 'run',
        host: 'localhost',
        body: '',
      },
    ]);
  }
});

test('letting no other task ask, and none of them for what is no path', async () => {
  assert.deepEqual((await run('foreign')).end.outputs, { server: 'undefined' });
  const consult = new Consult(bus);
  asked.length = 0;
  const paths = [
    '',
    'executions',
    '//a',
    '/a/../b',
    '/./a',
    '/a b',
    '/a\r\nHost: x',
    '/a#b',
    '/a?b c',
    `/${'a'.repeat(5_000)}`,
  ];
  for (const path of paths) {
    const answer = await consult.answer({ method: 'GET', path });
    assert.match('failure' in answer ? answer.failure : '', /^expected a path below \/api\/v1\/main, got/, path);
  }
  const patched = await consult.answer({ method: 'PATCH' as 'PUT', path: '/a' });
  assert.match('failure' in patched ? patched.failure : '', /^expected a path below/);
  assert.deepEqual(asked, []);
});

test('making new credentials where the old ones are not known any more', async () => {
  await run('kill');
  for (const key of await vault.keys('token/')) await vault.remove(key);
  answer = (_, response) => json(response, {}, asked.at(-1)!.user === 'worker' ? 200 : 401);
  asked.length = 0;
  assert.equal((await run('kill')).end.state, 'SUCCESS');
  assert.deepEqual(
    asked.map(({ user }) => user),
    [undefined, 'worker'],
  );
});

test('telling a task what the server refuses, and that none can be asked', async () => {
  answer = (_, response) => json(response, { message: 'no such execution: other' }, 404);
  assert.equal((await run('kill')).end.reason, 'no such execution: other');
  answer = (_, response) => json(response, [{ message: 'a' }, { message: 'b' }]);
  assert.equal((await run('log')).end.outputs!.size, 2);
  work.others = [aWebserver('http://127.0.0.1:1')];
  assert.match((await run('kill')).end.reason!, /expected a webserver that can be reached, got none \(live: 1\)/);
  work.others = [aWebserver('http://127.0.0.1:1'), aWebserver(webserver.url, 'elsewhere')];
  assert.equal((await run('kill')).end.state, 'SUCCESS');
  const rude = await aBarePeer((socket) => socket.once('data', () => socket.destroy()));
  asked.length = 0;
  work.others = [aWebserver(rude.url), aWebserver(webserver.url, 'elsewhere')];
  assert.match(
    (await run('kill')).end.reason!,
    /^expected the server's answer to DELETE \/executions\/other\/kill, got /,
  );
  assert.deepEqual(asked, [], 'what may have been heard is not said to another one');
  work.others = [aWebserver(webserver.url)];
});

test('running what a template renders to, rendered once', async () => {
  assert.deepEqual((await run('spec')).end.outputs, { value: 'hello world {{ inputs.who }}' });
  assert.equal((await run('inner')).end.state, 'SUCCESS');
  assert.match((await run('odd')).end.reason!, /^spec: expected a type of task, got world/);
  assert.match((await run('flowable')).end.reason!, /^spec: /);
  assert.match((await run('timed')).end.reason!, /^spec: expected timeout at the task around it/);
});

test('telling threads whether tasks may reach this machine', async () => {
  const [item] = work.items(SOURCE.replace('{{ inputs.url }}', webserver.url), ['get']);
  work.put([item!]);
  const end = await eventually(() => work.ended(item!));
  assert.match(end.reason!, /expected a public address, got 127\.0\.0\.1 .*WINDHOVER_HTTP_ALLOW_PRIVATE/);
});
