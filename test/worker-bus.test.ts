/** A worker and an executor on a real Redis: what they say to each other, and what they do when it goes away. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildExecutor } from '../actors/executor/executor.ts';
import { buildWorker } from '../actors/worker/worker.ts';
import type { Bus } from '../lib/bus/bus.ts';
import { openRedisBus } from '../lib/bus/redis/open.ts';
import { silentLog } from '../lib/log.ts';
import type { Tombstone } from '../lib/model/execution.ts';
import { idOf, sourceHash } from '../lib/model/ids.ts';
import { executionPartition } from '../lib/model/partition.ts';
import { loadPlugins } from '../lib/plugin/load.ts';
import type { Service } from '../lib/service.ts';
import { eventually } from './support/eventually.ts';
import { startRedis, type TestRedis } from './support/redis.ts';

const PLUGIN = new URL('./support/work-plugin.ts', import.meta.url).href;
const folder = mkdtempSync(join(tmpdir(), 'windhover-worker-bus-'));
let redis: TestRedis;
let bus: Bus;
let services: readonly Service[];

before(async () => {
  redis = await startRedis();
  bus = await openRedisBus({ url: redis.url, partitions: 4, log: silentLog });
  const { catalogue } = await loadPlugins([PLUGIN]);
  const worker = buildWorker({
    bus,
    storage: { folder: join(folder, 'storage') },
    packages: [PLUGIN],
    threads: 2,
    warm: false,
    group: 'default',
    folder: join(folder, 'work'),
    httpAllowPrivate: false,
    log: silentLog,
  });
  services = [buildExecutor({ bus, catalogue, log: silentLog, starting: { globals: [] } }), worker];
  for (const service of services) await service.start();
});

after(async () => {
  for (const service of services) await service.quiet();
  for (const service of services) await service.stop(2_000);
  await bus.close();
  await redis.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(tasks: string): Promise<string> {
  const source = `id: flow\nnamespace: company.team\ntasks:\n${tasks}`;
  const id = idOf(crypto.getRandomValues(new Uint8Array(16)));
  const hash = sourceHash('main', source);
  const atMs = await bus.now();
  const flow = { tenant: 'main', namespace: 'company.team', id: 'flow', revision: 1, hash };
  const start = { id, flow, inputs: {}, originalId: id, principal: 'test', createdAtMs: atMs, incarnation: 0 };
  const message = { v: 1, kind: 'start', executionId: id, atMs, start, labels: {} } as const;
  const answer = await bus.mailbox.start(executionPartition(id, bus.partitions), message, { definition: source });
  assert.equal(answer.kind, 'accepted');
  return id;
}

const stateOf = (id: string): Promise<string> =>
  eventually(async () => {
    const json = await bus.documents.tombstone(executionPartition(id, bus.partitions), id);
    return json === undefined ? undefined : (JSON.parse(json) as Tombstone).state;
  }, 40_000);

test('running a flow of several tasks', async () => {
  const id = await start(
    `  - { id: one, type: test.Say, text: "{{ execution.id }}" }\n  - { id: two, type: test.Say, text: "{{ outputs.one.text }}" }\n`,
  );
  assert.equal(await stateOf(id), 'SUCCESS');
});

test('running many executions at once', async () => {
  const ids = await Promise.all(
    Array.from({ length: 40 }, () =>
      start('  - { id: one, type: test.Say, text: a }\n  - { id: two, type: test.Say, text: b }\n'),
    ),
  );
  for (const id of ids) assert.equal(await stateOf(id), 'SUCCESS');
});

test('killing what runs', async () => {
  const id = await start('  - { id: nap, type: test.Nap, ms: 60000 }\n');
  const partition = executionPartition(id, bus.partitions);
  await eventually(async () =>
    (await bus.documents.read(partition, id))
      ?.values()
      .some((json) => json.includes('RUNNING') && json.includes('"workerId"')),
  );
  const kill = {
    v: 1,
    kind: 'kill',
    executionId: id,
    atMs: await bus.now(),
    incarnation: 0,
    principal: 'test',
  } as const;
  assert.equal(await bus.mailbox.kill(partition, kill), 'accepted');
  assert.equal(await stateOf(id), 'KILLED');
});

test('failing alone what kills its thread and then its process', async () => {
  const id = await start('  - { id: exit, type: test.Fail, how: exit }\n');
  assert.equal(await stateOf(id), 'FAILED');
});

test('finishing after Redis was away', async () => {
  const id = await start('  - { id: nap, type: test.Nap, ms: 1500 }\n  - { id: then, type: test.Say, text: back }\n');
  const partition = executionPartition(id, bus.partitions);
  await eventually(async () =>
    (await bus.documents.read(partition, id))?.values().some((json) => json.includes('"workerId"')),
  );
  await redis.kill();
  await new Promise((resolve) => setTimeout(resolve, 2_000)); // The outage itself: longer than the task.
  await redis.restart();
  assert.equal(await stateOf(id), 'SUCCESS');
});
