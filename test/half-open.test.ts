/** Connections to Redis that are no good: open on this side alone, or to one that takes no writes. Opened anew; not for the silence of a process that is busy itself. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connections } from '../lib/bus/redis/connection.ts';
import { silentLog } from '../lib/log.ts';
import { eventually } from './support/eventually.ts';
import { startRedis, type TestRedis } from './support/redis.ts';

/** Longer than silence is borne. */
const BUSY_MS = 4_500;
const REFUSING_MS = 2_500;

let redis: TestRedis;
before(async () => {
  redis = await startRedis();
});
after(() => redis.stop());

test('opening a silent connection anew, but not after having been busy', async () => {
  let [mute, opened] = [false, 0];
  const proxy = createServer((near) => {
    opened++;
    const far = connect(redis.socket);
    near.on('data', (chunk) => mute || far.write(chunk));
    far.on('data', (chunk) => mute || near.write(chunk));
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const)
      one.on('error', () => {}).on('close', () => other.destroy()); // What is cut is the test.
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const connections = new Connections(`redis://127.0.0.1:${(proxy.address() as AddressInfo).port}`, silentLog);
  try {
    await once(connections.state, 'ready');
    const asked = connections.state.ping();
    for (const untilMs = performance.now() + BUSY_MS; performance.now() < untilMs; );
    assert.equal(await asked, 'PONG');
    assert.equal(opened, 1);

    mute = true;
    // Not by its own time limit, which is longer than half a claim.
    const lost = assert.rejects(connections.state.ping(), /retries per request/);
    await eventually(() => opened > 1);
    mute = false;
    await lost;
    await eventually(async () => (await connections.state.ping().catch(() => '')) === 'PONG');
  } finally {
    connections.close();
    proxy.close();
  }
});

test('a Redis that takes no writes is left and found again, not in a circle', async () => {
  const connections = new Connections(redis.url, silentLog);
  const opened = async () => Number(/total_connections_received:(\d+)/.exec(await connections.state.info('stats'))![1]);
  const said: unknown[] = [];
  const heard = (warning: Error) => said.push(warning);
  process.on('warning', heard);
  try {
    await once(connections.state, 'ready');
    const before = await opened();
    await connections.state.replicaof('127.0.0.1', 1);
    for (const untilMs = performance.now() + REFUSING_MS; performance.now() < untilMs; await sleep(50)) {
      const writes = Array.from({ length: 20 }, () => connections.state.set('read-only', '1'));
      for (const outcome of await Promise.allSettled(writes)) assert.equal(outcome.status, 'rejected');
    }
    await eventually(async () => (await connections.state.ping().catch(() => '')) === 'PONG');
    const again = (await opened()) - before;
    assert.ok(again >= 1 && again <= REFUSING_MS / 1_000 + 1, `opened ${again} times`);
    assert.deepEqual(said, []);
    await connections.state.replicaof('NO', 'ONE');
    assert.equal(await connections.state.set('read-only', '1'), 'OK');
  } finally {
    process.off('warning', heard);
    connections.close();
  }
});
