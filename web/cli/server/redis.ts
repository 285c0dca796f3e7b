/** `windhover server redis`: the redis line of the Procfile. With REDIS_URL set there is nothing to run: it says so and waits. */
import type { LoadedConfig } from '../../../lib/config.ts';
import { openDataFolder } from '../../../lib/data-folder.ts';
import { openLog } from '../../../lib/log.ts';
import { runServices, type Service, stopSignal } from '../../../lib/service.ts';
import { type PrivateRedis, startPrivateRedis } from './private-redis.ts';

export async function main({ config }: LoadedConfig): Promise<number> {
  const signal = stopSignal();
  const log = openLog('redis', config);
  const data = openDataFolder(config.data);
  let redis: PrivateRedis | undefined;
  const service: Service = {
    name: 'redis',
    start: async () => {
      if (config.redisUrl) return log.info({}, 'REDIS_URL is set: nothing to run here');
      const holder = 'windhover server redis';
      redis = await startPrivateRedis(data, { durability: config.durability, holder, log, signal });
      log.info({ pid: redis.pid, socket: data.socket }, 'ready');
    },
    quiet: async () => {},
    stop: async () => redis?.stop(),
    health: () => ({ ok: true }),
  };
  return runServices([service], log);
}
