/** All servers as processes of their own, and a Redis that is killed and stays away for longer than every claim lasts. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { beginsOf, LEDGER_PLUGIN, notesIn } from '../support/ledger.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { anInstallation, type Installation } from '../support/server.ts';

const AWAY_MS = 12_000;
/** So many are claimed before and answered after. */
const LONG = 4;
const LONG_MS = 15_000;
/** So many are in the middle of everything. */
const SHORT = 40;
const SERVERS = ['executor', 'worker', 'scheduler', 'indexer', 'webserver'];

let redis: TestRedis;
let installation: Installation;
before(async () => {
  redis = await startRedis();
  installation = anInstallation({ redisUrl: redis.url, env: { WINDHOVER_PLUGINS: LEDGER_PLUGIN } });
});
after(async () => {
  await installation.remove();
  await redis.stop();
});

test('going on after Redis was killed and away for twelve seconds', async () => {
  const servers = await Promise.all(
    SERVERS.map((name) => installation.start(name, name === 'worker' ? ['--threads', '8'] : [])),
  );
  const ledger = join(installation.folder, 'ledger');
  const api = installation.api();
  await api.save(flowOf(ledger));
  const start = async (ms: number) => (await api.start('tests.servers/outage', { ms: String(ms) })).id;
  const long = await Promise.all(Array.from({ length: LONG }, () => start(LONG_MS)));
  await eventually(() => beginsOf(notesIn(ledger)).size === LONG);
  const short = await Promise.all(Array.from({ length: SHORT }, () => start(200)));
  const acknowledged = [...long, ...short];
  await eventually(() => beginsOf(notesIn(ledger)).size >= LONG + SHORT / 4);

  await redis.kill();
  await eventually(async () => (await api.ask('GET', `/executions/${acknowledged[0]}`)).status === 503);
  // The time itself is what is tested: everything that a lease, a claim or a lock allows has passed.
  await sleep(AWAY_MS);
  assert.deepEqual(dead(), []);
  await redis.restart();

  const ended = await Promise.all(acknowledged.map((id) => api.ended(id, 60_000)));
  assert.deepEqual(
    ended.filter(({ state }) => state.current !== 'SUCCESS').map(({ id, state }) => `${id} ${state.current}`),
    [],
  );
  const begun = beginsOf(notesIn(ledger));
  assert.equal(begun.size, 2 * (LONG + SHORT));
  assert.deepEqual(
    [...begun].filter(([, notes]) => notes.length > 1).map(([name]) => name),
    [],
  );
  const executor = servers.find(({ name }) => name === 'executor')!;
  assert.equal(await executor.metric('windhover_executor_workers_lost_total'), 0);
  assert.deepEqual(dead(), []);
  for (const server of servers) await eventually(async () => (await fetch(`${server.health}/health`)).ok);
  const again = await api.run('tests.servers/outage', { ms: '0' });
  assert.equal(again.state.current, 'SUCCESS');

  function dead(): string[] {
    return servers.filter(({ alive }) => !alive).map(({ name }) => name);
  }
});

const flowOf = (ledger: string): string => `
id: outage
namespace: tests.servers
inputs:
  - { id: ms, type: INT }
tasks:
  - { id: first, type: test.Note, ledger: "${ledger}", ms: "{{ inputs.ms }}" }
  - { id: last, type: test.Note, ledger: "${ledger}", ms: 100 }
`;
