/** The contract of the bus, on Redis and in memory. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { openMemoryBus } from '../../lib/bus/memory/open.ts';
import { prefixOf } from '../../lib/bus/redis/keys.ts';
import { openRedisBus } from '../../lib/bus/redis/open.ts';
import { silentLog } from '../../lib/log.ts';
import { aContinue } from '../support/bus-parts.ts';
import { startRedis } from '../support/redis.ts';
import { busContract } from './bus.ts';

busContract('the bus on Redis', async () => {
  const redis = await startRedis();
  const bus = await openRedisBus({ url: redis.url, log: silentLog });
  return {
    bus,
    elapse: (ms) => sleep(ms),
    close: async () => {
      await bus.close();
      await redis.stop();
    },
  };
});

busContract('the bus in memory', async () => {
  const clock = { nowMs: 1_800_000_000_000, now: () => clock.nowMs };
  const bus = openMemoryBus({ partitions: 64, clock });
  return {
    bus,
    elapse: async (ms) => {
      clock.nowMs += ms;
    },
    close: () => bus.close(),
  };
});

test('opening Redis with as many partitions as it was begun with, unless others are asked for', async () => {
  const redis = await startRedis();
  try {
    const first = await openRedisBus({ url: redis.url, partitions: 3, log: silentLog });
    await first.close();
    await assert.rejects(openRedisBus({ url: redis.url, partitions: 4, log: silentLog }), { code: 'bus.unsuitable' });
    const again = await openRedisBus({ url: redis.url, log: silentLog });
    assert.equal(again.partitions, 3);
    await again.close();
  } finally {
    await redis.stop();
  }
});

test('saying that a password is wrong or that no Redis answers, which no waiting mends', async () => {
  const other = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await once(other.listen(0, '127.0.0.1'), 'listening');
  const redis = await startRedis();
  const client = new Redis(redis.url);
  try {
    await client.config('SET', 'requirepass', 'right');
    const { port } = other.address() as AddressInfo;
    for (const [url, got] of [
      [redis.url, /got: NOAUTH/],
      [`redis://127.0.0.1:${port}`, /got: Unknown RESP type/],
    ] as const)
      await assert.rejects(openRedisBus({ url, log: silentLog }), { code: 'bus.unsuitable', message: got });
  } finally {
    client.disconnect();
    await redis.stop();
    other.close();
  }
});

test('reading an entry as it is now where a roll-back has put another one under its id', async () => {
  const redis = await startRedis();
  const client = new Redis(redis.url);
  const bus = await openRedisBus({ url: redis.url, log: silentLog });
  try {
    const put = (...executions: string[]) =>
      client.xadd(`${prefixOf('x:1')}:mail`, '7-1', 'm', JSON.stringify(executions.map((id) => aContinue(id, 1))));
    const read = async () => {
      const found = await bus.ownership.read(new Map([['x:1', '0']]), { count: 10, blockMs: 0 });
      return found
        .get('x:1')
        ?.flatMap(({ messages }) => messages.map((message) => 'executionId' in message && message.executionId));
    };
    await put('lost');
    assert.deepEqual([await read(), await read()], [['lost'], ['lost']]);
    await client.del(`${prefixOf('x:1')}:mail`);
    await put('one', 'two');
    assert.deepEqual(await read(), ['one', 'two']);
  } finally {
    client.disconnect();
    await bus.close();
    await redis.stop();
  }
});
