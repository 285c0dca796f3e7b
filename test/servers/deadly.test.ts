/** Work that must end, and work that ends its worker: servers as processes of their own. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Api, RunAnswer } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { beginsOf, LEDGER_PLUGIN, nameOf, notesIn } from '../support/ledger.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { anInstallation, type Installation, type ServerProcess } from '../support/server.ts';

const NEIGHBOURS = 20;
/** From the answer to a kill to the end of the processes; the system has two seconds, a busy machine a little more. */
const ENDED_WITHIN_MS = 3_000;

let redis: TestRedis;
let installation: Installation;
let api: Api;
let worker: ServerProcess;
const aWorker = () => installation.start('worker', ['--threads', '4']);
before(async () => {
  redis = await startRedis();
  installation = anInstallation({ redisUrl: redis.url, env: { WINDHOVER_PLUGINS: LEDGER_PLUGIN } });
  [worker] = await Promise.all([
    aWorker(),
    ...['executor', 'indexer', 'webserver'].map((name) => installation.start(name)),
  ]);
  api = installation.api();
});
after(async () => {
  await installation.remove();
  await redis.stop();
});

test('failing alone what kills its worker three times, among neighbours of the same kind', async () => {
  const ledger = join(installation.folder, 'ledger');
  const flow = (id: string, deadly: string) => `
id: ${id}
namespace: tests.servers
inputs:
  - { id: deadly, type: STRING, defaults: none }
tasks:
  - id: each
    type: io.kestra.plugin.core.flow.ForEach
    concurrencyLimit: 0
    values: ${JSON.stringify(Array.from({ length: NEIGHBOURS + 1 }, (_, n) => `n${n}`))}
    tasks:
      - { id: note, type: test.Note, ledger: "${ledger}-${id}", deadly: "${deadly}" }
`;
  // A type that is known to be short travels in company.
  await api.save(flow('peaceful', 'false'));
  for (let n = 0; n < 3; n++) assert.equal((await api.run('tests.servers/peaceful')).state.current, 'SUCCESS');
  await api.save(flow('deadly', '{{ taskrun.value == inputs.deadly }}'));
  const { id } = await api.start('tests.servers/deadly', { deadly: 'n7' });
  assert.equal(await worker.ended, 'SIGKILL');
  worker = await aWorker();

  const ended = await api.ended(id, 60_000);
  assert.equal(ended.state.current, 'FAILED');
  const notes = ended.taskRunList.filter(({ taskId }) => taskId === 'note');
  const of = (value: string) => notes.find((run) => run.value === value)!;
  assert.deepEqual(
    notes.filter(({ state }) => state.current !== 'SUCCESS').map(({ value, reason }) => [value, reason]),
    [['n7', 'its worker was lost 3 times']],
  );
  assert.equal(notes.length, NEIGHBOURS + 1);
  assert.deepEqual(new Set(notes.map((run: RunAnswer) => run.attempts?.length)), new Set([1]));
  assert.equal(of('n7').state.current, 'FAILED');
  assert.ok(worker.alive, 'from the second time on it has killed nobody but itself');
  const begun = beginsOf(notesIn(`${ledger}-deadly`)).get(nameOf({ taskRun: of('n7').id, attempt: 1 }))!;
  assert.equal(new Set(begun.map(({ pid }) => pid)).size, 3);
});

test('ending a shell task, its children and theirs, by a kill over REST', async () => {
  const pids = join(installation.folder, 'pids');
  await api.save(`
id: shell
namespace: tests.servers
tasks:
  - id: sleep
    type: io.kestra.plugin.scripts.shell.Commands
    commands:
      - trap '' TERM
      - echo $$ >> "${pids}"
      - sh -c 'trap "" TERM; echo $$ >> "${pids}"; sleep 1000 & echo $! >> "${pids}"; wait' &
      - sleep 1000 & echo $! >> "${pids}"
      - while true; do wait; done
`);
  const { id } = await api.start('tests.servers/shell');
  const started = await startedIn(pids, 4);
  assert.deepEqual(started.filter(isAlive), started);
  assert.equal((await api.ask('DELETE', `/executions/${id}/kill`)).status, 202);
  await eventually(() => started.filter(isAlive).length === 0, ENDED_WITHIN_MS);
  const ended = await api.ended(id);
  assert.deepEqual([ended.state.current, ended.taskRunList[0]!.state.current], ['KILLED', 'KILLED']);
});

test('ending what the scripts of a killed worker have left, where the next one starts', async () => {
  const pids = join(installation.folder, 'left');
  await api.save(`
id: left
namespace: tests.servers
tasks:
  - id: sleep
    type: io.kestra.plugin.scripts.shell.Commands
    commands:
      - cd / && sleep 1000 & echo $! >> "${pids}"
      - echo $$ >> "${pids}"; wait
`);
  const { id } = await api.start('tests.servers/left');
  const left = await startedIn(pids, 2);
  await worker.kill('SIGKILL');
  assert.deepEqual(left.filter(isAlive), left);
  worker = await aWorker();
  await eventually(() => left.filter(isAlive).length === 0);
  const again = (await startedIn(pids, 4)).slice(2);
  const signals = setInterval(() => void worker.kill('SIGTERM'), 200);
  assert.equal(await worker.ended, 130, 'a second signal did not wait');
  clearInterval(signals);
  await eventually(() => again.filter(isAlive).length === 0);
  await api.ask('DELETE', `/executions/${id}/kill`);
});

/** The processes that have noted themselves in a file, when they are all there. */
const startedIn = (file: string, count: number): Promise<number[]> =>
  eventually(() => {
    const lines = readFileSync(file, 'utf8').trim().split('\n').map(Number);
    return lines.length === count && lines;
  });

/** A zombie has ended: only nobody has asked yet how. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
