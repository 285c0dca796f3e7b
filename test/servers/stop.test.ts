/** Servers as processes of their own that are told to stop: by their deadline, with nothing lost (L1–L3). */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Api } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { beginsOf, LEDGER_PLUGIN, notesIn } from '../support/ledger.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { anInstallation, type Installation, type ServerProcess } from '../support/server.ts';

const EXECUTIONS = 60;

let redis: TestRedis;
let installation: Installation;
let api: Api;
let ledger: string;
const aWorker = (deadline = 3) =>
  installation.start('worker', ['--threads', '2'], { WINDHOVER_STOP_DEADLINE: String(deadline) });
before(async () => {
  redis = await startRedis();
  installation = anInstallation({
    redisUrl: redis.url,
    env: { WINDHOVER_PLUGINS: LEDGER_PLUGIN, WINDHOVER_STOP_DEADLINE: '3' },
  });
  ledger = join(installation.folder, 'ledger');
  await Promise.all(['indexer', 'webserver'].map((name) => installation.start(name)));
  api = installation.api();
});
after(async () => {
  await installation.remove();
  await redis.stop();
});

test('stopping executors one after the other in the middle of executions, and losing nothing', async () => {
  const executors = await Promise.all([1, 2].map(() => installation.start('executor')));
  const worker = await aWorker();
  await api.save(notes('rolling', 100));
  const starts = await Promise.all(Array.from({ length: EXECUTIONS }, () => api.start('tests.servers/rolling')));
  for (let n = 0; n < 2; n++) {
    await eventually(() => beginsOf(notesIn(`${ledger}-rolling`)).size > 10 * (n + 1));
    const leaving = executors.shift()!;
    executors.push(await installation.start('executor'));
    assert.equal(await leaving.kill('SIGTERM'), 0);
  }
  const ended = await Promise.all(starts.map(({ id }) => api.ended(id, 60_000)));
  assert.deepEqual([...new Set(ended.map(({ state }) => state.current))], ['SUCCESS']);
  const begun = [...beginsOf(notesIn(`${ledger}-rolling`)).values()].map(({ length }) => length);
  assert.deepEqual([begun.length, Math.max(...begun)], [2 * EXECUTIONS, 1]);
  assert.deepEqual(await Promise.all([worker, ...executors].map((server) => server.kill('SIGTERM'))), [0, 0, 0]);
});

test('handing on what a worker had in hand when it was stopped, as often as it takes', async () => {
  const executor = await installation.start('executor');
  await api.save(notes('handed', 60_000));
  const { id } = await api.start('tests.servers/handed');
  const workers: ServerProcess[] = [];
  for (let n = 0; n < 4; n++) {
    workers.push(await aWorker());
    if (n > 0) assert.equal(await workers[n - 1]!.kill('SIGTERM'), 0);
    await eventually(() => notesIn(`${ledger}-handed`).some(({ pid }) => pid === workers[n]!.pid));
  }
  const { state, taskRunList } = await api.execution(id);
  assert.deepEqual([state.current, taskRunList.length, taskRunList[0]!.attempts!.length], ['RUNNING', 1, 1]);
  await api.ask('DELETE', `/executions/${id}/kill`);
  assert.equal((await api.ended(id)).state.current, 'KILLED');
  assert.deepEqual(await Promise.all([workers[3]!, executor].map((server) => server.kill('SIGTERM'))), [0, 0]);
});

test('keeping the address of the webserver that came while another one stopped', async () => {
  const [leaving, staying] = [await installation.start('webserver'), await installation.start('webserver')];
  const address = () => readFileSync(join(installation.data, 'address'), 'utf8').trim();
  assert.equal(await leaving.kill('SIGTERM'), 0);
  assert.equal(address(), staying.url);
  assert.equal((await installation.api().ask('GET', '/me')).status, 200);
});

test('answering what a webserver was still being sent when it was told to stop', async () => {
  const [executor, leaving] = [await installation.start('executor'), await installation.start('webserver')];
  const source = notes('sent', 0);
  const sending = request(`${leaving.url}/api/v1/main/flows`, {
    method: 'POST',
    agent: false,
    headers: {
      authorization: `Bearer ${readFileSync(join(installation.data, 'token'), 'utf8').trim()}`,
      'content-type': 'application/x-yaml',
      'content-length': source.length,
      expect: '100-continue',
    },
  });
  const answer = once(sending, 'response');
  sending.flushHeaders();
  await once(sending, 'continue');
  const ended = leaving.kill('SIGTERM');
  await eventually(() =>
    fetch(`${leaving.url}/ping`).then(
      () => false,
      () => true,
    ),
  );
  sending.end(source);
  const [{ statusCode, headers }] = (await answer) as [IncomingMessage];
  assert.deepEqual([statusCode, headers.connection], [200, 'close']);
  assert.deepEqual([await ended, await executor.kill('SIGTERM')], [0, 0]);
});

test('waiting for what runs until a second signal', async () => {
  await installation.start('executor');
  await api.save(notes('waiting', 60_000));
  const worker = await aWorker(600);
  const { id } = await api.start('tests.servers/waiting');
  await eventually(() => notesIn(`${ledger}-waiting`).length > 0);
  const signals = setInterval(() => void worker.kill('SIGTERM'), 200);
  assert.equal(await worker.ended, 130);
  clearInterval(signals);
  await api.ask('DELETE', `/executions/${id}/kill`);
});

test('stopping every server by its deadline with exit code 0', async () => {
  const names = ['executor', 'worker', 'scheduler', 'indexer', 'webserver'];
  const servers = await Promise.all(names.map((name) => installation.start(name)));
  const ends = await Promise.all(
    servers.map(async (server) => {
      const startedMs = performance.now();
      return [server.name, await server.kill('SIGTERM'), performance.now() - startedMs < 5_000];
    }),
  );
  assert.deepEqual(
    ends,
    names.map((name) => [name, 0, true]),
  );
});

const notes = (id: string, ms: number): string => `
id: ${id}
namespace: tests.servers
tasks:
  - { id: first, type: test.Note, ledger: "${ledger}-${id}", ms: ${ms} }
  - { id: last, type: test.Note, ledger: "${ledger}-${id}", ms: ${ms} }
`;
