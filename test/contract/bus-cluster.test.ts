/** The contract of the bus, on a cluster of three masters. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openRedisBus } from '../../lib/bus/redis/open.ts';
import { silentLog } from '../../lib/log.ts';
import { RedisCluster } from '../faults/rig/cluster.ts';
import { busContract } from './bus.ts';

busContract('the bus on a Redis Cluster', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'windhover-cluster-'));
  const cluster = await RedisCluster.start(folder, { masters: 3, replicas: false });
  const bus = await openRedisBus({ url: cluster.url, log: silentLog });
  return {
    bus,
    elapse: (ms) => sleep(ms),
    close: async () => {
      await bus.close();
      await cluster.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});
