/** The contract of the bus, on Redis and in memory. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openMemoryBus } from '../../lib/bus/memory/open.ts';
import { openRedisBus } from '../../lib/bus/redis/open.ts';
import { silentLog } from '../../lib/log.ts';
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
