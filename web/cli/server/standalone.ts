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
import type { Parts } from '../../../lib/launch/parts.ts';
import { openLog } from '../../../lib/log.ts';
import { stopSignal } from '../../../lib/service.ts';
import { webserverOf } from '../../server/main.ts';
import type { Webserver } from '../../server/webserver.ts';
import { runExample } from './example.ts';
import { type PrivateRedis, startPrivateRedis } from './private-redis.ts';

/** Seconds that what runs has to end, where a person waits for it. */
const STOP_DEADLINE = 10;
const HOLDER = 'windhover server standalone';

export interface StandaloneOptions {
  readonly example: boolean;
  readonly once: boolean;
}

export async function main(given: LoadedConfig, options: StandaloneOptions): Promise<number> {
  stopSignal();
  const loaded = options.example ? calm(given) : given;
  const data = openDataFolder(loaded.config.data);
  const unlock = lockDataFolder(data, HOLDER);
  let redis: PrivateRedis | undefined;
  try {
    redis = await ownRedis(loaded, data);
    return await run(loaded, options);
  } finally {
    await redis?.stop();
    unlock();
  }
}

/** Who looks at an example wants to see it, and to have the terminal back: what somebody has set counts more. */
function calm({ config, given }: LoadedConfig): LoadedConfig {
  const { logLevel, stopDeadline } = config;
  const ours = {
    logLevel: given.has('logLevel') ? logLevel : 'warn',
    stopDeadline: given.has('stopDeadline') ? stopDeadline : STOP_DEADLINE,
  } as const;
  return { config: { ...config, ...ours }, given };
}

async function run(loaded: LoadedConfig, { example, once }: StandaloneOptions): Promise<number> {
  const out = process.stdout;
  let webserver: Webserver | undefined;
  /** Until it is known to be good. */
  let result = 1;
  const build = async (parts: Parts) => {
    webserver = await webserverOf(parts);
    return [
      await executorOf(parts),
      await workerOf(parts),
      await schedulerOf(parts),
      await indexerOf(parts),
      webserver,
    ];
  };
  const code = await launch('standalone', loaded, build, {
    running: async (parts, healthUrl) => {
      out.write(`\n${await webserver!.greeting()}  health            ${healthUrl}\n`);
      if (!example) return undefined;
      result = await runExample(parts, stopSignal());
      return once ? result : undefined;
    },
    stopping: () => {
      const { stopDeadline } = loaded.config;
      if (stopSignal().aborted)
        out.write(`\nStopping. What runs has ${stopDeadline} s to end; Ctrl-C again does not wait.\n`);
    },
  });
  return once ? result : code;
}

async function ownRedis({ config }: LoadedConfig, data: DataFolder): Promise<PrivateRedis | undefined> {
  if (config.redisUrl) return undefined;
  const log = openLog('redis', config);
  return startPrivateRedis(data, { durability: config.durability, holder: HOLDER, log, signal: stopSignal() });
}
