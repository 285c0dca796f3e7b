/** The contract of the bus, on a master that sentinels have chosen; and after they have chosen another one. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openRedisBus } from '../../lib/bus/redis/open.ts';
import { silentLog } from '../../lib/log.ts';
import { RedisSentinels } from '../faults/rig/sentinels.ts';
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

busContract('the bus on a master of sentinels', async () => {
  const bus = await openRedisBus({ url: sentinels.url, log: silentLog });
  return { bus, elapse: (ms) => sleep(ms), close: () => bus.close() };
});

test('following the sentinels to another master', async () => {
  const bus = await openRedisBus({ url: sentinels.url, log: silentLog });
  try {
    await bus.vault.set('before', '1');
    await sentinels.agreed();
    await sentinels.swap();
    await eventually(async () => {
      // Refused by the old one, or by nobody: it is asked again.
      const taken = await bus.vault.set('after', '2').catch(() => false);
      return taken && (await bus.vault.get('before')) === '1';
    });
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
