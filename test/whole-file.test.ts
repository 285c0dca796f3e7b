/** Two power losses: what the first has torn must not come back, half of it, after the second. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { openRedisBus } from '../lib/bus/redis/open.ts';
import { silentLog } from '../lib/log.ts';
import { eventually } from './support/eventually.ts';
import { startRedis, type TestRedis } from './support/redis.ts';

const LAST = 'the-last-of-it';

test('half of a script that a power loss has torn does not come back', async () => {
  const redis = await startRedis();
  try {
    await speaking(redis, (client) =>
      client.eval(`redis.call('SET', 'half', '1') redis.call('SET', '${LAST}', '1')`, 0),
    );
    await redis.kill();
    tear(redis);
    await redis.restart();
    const bus = await openRedisBus({ url: redis.url, log: silentLog });
    await speaking(redis, async (client) => {
      assert.equal(await client.get('half'), null);
      await eventually(async () => {
        const info = await client.info('persistence');
        return /aof_rewrites:[1-9]/.test(info) && info.includes('aof_rewrite_in_progress:0');
      });
      await client.eval("redis.call('SET', 'one', '1') redis.call('SET', 'other', '1')", 0);
    });
    await bus.close();
    await redis.kill();
    await redis.restart();
    await speaking(redis, async (client) => assert.deepEqual(await client.mget('half', 'one'), [null, '1']));
  } finally {
    await redis.stop();
  }
});

/** Waits until what was written stands in the file. */
async function speaking<T>(redis: TestRedis, act: (client: Redis) => Promise<T>): Promise<void> {
  const client = new Redis(redis.url);
  await act(client);
  await eventually(async () => (await client.info('persistence')).includes('aof_pending_bio_fsync:0'));
  client.disconnect();
}

/** The file ends in the middle of the script. */
function tear(redis: TestRedis): void {
  const folder = join(dirname(redis.socket), 'appendonlydir');
  const file = join(folder, readdirSync(folder).find((name) => name.endsWith('.incr.aof'))!);
  truncateSync(file, readFileSync(file, 'latin1').lastIndexOf(LAST) + 3);
}
