/** A connection to Redis that is open on this side alone: opened anew; and not for the silence of a process that is busy itself. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { Connections } from '../lib/bus/redis/connection.ts';
import { silentLog } from '../lib/log.ts';
import { eventually } from './support/eventually.ts';
import { startRedis, type TestRedis } from './support/redis.ts';

/** Longer than silence is borne. */
const BUSY_MS = 4_500;

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
