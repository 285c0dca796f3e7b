/** The contract of the bus, on a master that sentinels have chosen; and after they have chosen another one. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Bus } from '../../lib/bus/bus.ts';
import { openRedisBus } from '../../lib/bus/redis/open.ts';
import { silentLog } from '../../lib/log.ts';
import type { RedisProcess } from '../faults/rig/redis-process.ts';
import { RedisSentinels } from '../faults/rig/sentinels.ts';
import { aStart } from '../support/bus-parts.ts';
import { eventually } from '../support/eventually.ts';
import { busContract } from './bus.ts';

const folder = mkdtempSync(join(tmpdir(), 'windhover-sentinels-'));
let sentinels: RedisSentinels;
before(async () => {
  sentinels = await RedisSentinels.start(folder);
});
after(async () => {
  await sentinels.close();
  rmSync(folder, { recursive: true, force: true });
});

const clientOf = ({ port }: RedisProcess): Redis => new Redis(port, '127.0.0.1');

busContract('the bus on a master of sentinels', async () => {
  const bus = await openRedisBus({ url: sentinels.url, log: silentLog });
  return { bus, elapse: (ms) => sleep(ms), close: () => bus.close() };
});

test('telling of a start when a replica has it, under strict durability', async () => {
  const [strict, standard] = [
    await openRedisBus({ url: sentinels.url, durability: 'strict', log: silentLog }),
    await openRedisBus({ url: sentinels.url, log: silentLog }),
  ];
  const master = new Redis((await sentinels.master()).port, '127.0.0.1');
  const waits = async () => Number(/cmdstat_wait:calls=(\d+)/.exec(await master.info('commandstats'))?.[1] ?? 0);
  const begin = async (bus: Bus, id: string) =>
    assert.deepEqual(await bus.mailbox.start('x:1', aStart(id, await bus.now()), { definition: 'id: flow' }), {
      kind: 'accepted',
    });
  try {
    await begin(standard, 'one');
    assert.equal(await waits(), 0);
    await begin(strict, 'two');
    assert.equal(await waits(), 1);
    const replica = new Redis(sentinels.servers.find(({ port }) => port !== master.options.port)!.port, '127.0.0.1');
    assert.equal(await replica.xlen('windhover:{x:1}:mail'), 2);
    replica.disconnect();
    // Many at once wait together.
    await Promise.all(['three', 'four', 'five'].map((id) => begin(strict, id)));
    assert.ok((await waits()) < 4);
  } finally {
    master.disconnect();
    await Promise.all([strict.close(), standard.close()]);
  }
});

test('following the sentinels to another master', async (t) => {
  const bus = await openRedisBus({ url: sentinels.url, log: silentLog });
  try {
    await bus.vault.set('before', '1');
    await sentinels.agreed();
    const old = await sentinels.master();
    await sentinels.swap();
    const [was, is] = [clientOf(old), clientOf(await sentinels.master())];
    t.after(() => {
      for (const client of [was, is]) client.disconnect();
    });
    await eventually(async () => {
      // Refused by nobody, or lost on the way: it is asked again.
      await bus.vault.set('after', '2').catch(() => false);
      return (await is.get('windhover:{sys}:vault:after')) === '2';
    });
    // It does not know yet that it is none any more: what it took would be lost.
    assert.equal((await was.role())[0], 'master');
    assert.equal(await bus.vault.get('before'), '1');
    assert.match((await bus.report()).topology, /^windhover of the sentinels 127\.0\.0\.1:/);
    // The blocking reads, too.
    const lease = await bus.ownership.acquire('x:0', 'one');
    assert.ok(lease);
    await eventually(
      async () =>
        (await bus.ownership.read(new Map([['x:0', '0']]), { count: 1, blockMs: 10 }).catch(() => undefined)) !==
        undefined,
    );
  } finally {
    await bus.close();
  }
});
