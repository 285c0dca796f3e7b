/**
 * `windhover server standalone`: the five servers in one process, built by the same functions as each `main.ts`, over a
 * private redis-server unless REDIS_URL is given. `example` runs the example flow and shows it; `once` ends after it.
 */
import { executorOf } from '../../../actors/executor/main.ts';
import { indexerOf } from '../../../actors/indexer/main.ts';
import { schedulerOf } from '../../../actors/scheduler/main.ts';
import { workerOf } from '../../../actors/worker/main.ts';
import type { LoadedConfig } from '../../../lib/config.ts';
import { type DataFolder, lockDataFolder, openDataFolder } from '../../../lib/data-folder.ts';
import { launch } from '../../../lib/launch/launch.ts';
import { openLog } from '../../../lib/log.ts';
import { webserverOf } from '../../server/main.ts';
import type { Webserver } from '../../server/webserver.ts';
import { runExample } from './example.ts';
import { type PrivateRedis, startPrivateRedis } from './private-redis.ts';

export interface StandaloneOptions {
  readonly example: boolean;
  readonly once: boolean;
}

export async function main(loaded: LoadedConfig, options: StandaloneOptions): Promise<number> {
  const data = openDataFolder(loaded.config.data);
  const unlock = lockDataFolder(data, 'windhover server standalone');
  let redis: PrivateRedis | undefined;
  let webserver: Webserver | undefined;
  try {
    redis = await ownRedis(loaded, data);
    return await launch(
      'standalone',
      loaded,
      async (parts) => {
        webserver = await webserverOf(parts);
        return [
          await executorOf(parts),
          await workerOf(parts),
          await schedulerOf(parts),
          await indexerOf(parts),
          webserver,
        ];
      },
      async (parts) => {
        process.stdout.write(`\n${await webserver!.greeting()}`);
        if (!options.example) return undefined;
        const ended = await runExample(parts);
        return options.once ? ended : undefined;
      },
    );
  } finally {
    await redis?.stop();
    unlock();
  }
}

async function ownRedis({ config }: LoadedConfig, data: DataFolder): Promise<PrivateRedis | undefined> {
  if (config.redisUrl) return undefined;
  const log = openLog('redis', { level: config.logLevel, pretty: config.logFormat !== 'json' });
  return startPrivateRedis(data, { durability: config.durability, log });
}
