/**
 * A server of the test build: what `windhover server <name>` runs, over ports with failpoints. `node server.ts <name> <folder>
 * [--key value …]`: the folder takes bites and deeds. Talks to the harness over the channel that it was forked with, and dies with it.
 */
import { join } from 'node:path';
import { executorOf } from '../../../actors/executor/main.ts';
import { indexerOf } from '../../../actors/indexer/main.ts';
import { schedulerOf } from '../../../actors/scheduler/main.ts';
import { workerOf } from '../../../actors/worker/main.ts';
import { loadConfig } from '../../../lib/config.ts';
import { launch, type ServerName } from '../../../lib/launch/launch.ts';
import type { Parts } from '../../../lib/launch/parts.ts';
import type { Service } from '../../../lib/service.ts';
import { webserverOf } from '../../../web/server/main.ts';
import { Failpoints } from './failpoints.ts';
import { testBus, testRepository } from './ports.ts';
import type { Failpoint } from './sites.ts';
import { Witness } from './witness.ts';

export const BITES = 'bites.jsonl';
export const DEEDS = 'deeds.jsonl';

/** What the harness is told. */
export type Said = { readonly kind: 'ready'; readonly health: string; readonly web?: string };

const BUILDS: Readonly<Partial<Record<ServerName, (parts: Parts) => Promise<Service & { readonly url?: string }>>>> = {
  executor: executorOf,
  worker: workerOf,
  scheduler: schedulerOf,
  indexer: indexerOf,
  webserver: webserverOf,
};

async function main([name = '', folder = '', ...rest]: readonly string[]): Promise<void> {
  const build = BUILDS[name as ServerName];
  if (!build) throw new Error(`expected one of ${Object.keys(BUILDS).join(', ')}, got ${name}`);
  const around = { failpoints: new Failpoints(join(folder, BITES)), witness: new Witness(join(folder, DEEDS)) };
  process.on('message', (failpoint: Failpoint) => around.failpoints.arm(failpoint));
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.channel!.unref();
  const overrides = Object.fromEntries(
    rest.flatMap((word, n) => (word.startsWith('--') ? [[word.slice(2), rest[n + 1]]] : [])),
  );
  let service: Awaited<ReturnType<typeof build>>;
  const code = await launch(
    name as ServerName,
    loadConfig({ overrides }),
    async (parts) => {
      const repository = async () => testRepository(await parts.repository(), around);
      service = await build({ ...parts, bus: testBus(parts.bus, around), repository });
      return [service];
    },
    {
      running: async (_, healthUrl) => {
        const said: Said = { kind: 'ready', health: healthUrl.replace(/\/health$/, ''), web: service.url };
        process.send!(said);
        return undefined;
      },
    },
  );
  process.exitCode = code;
  setTimeout(() => process.exit(), 1_000).unref();
}

if (import.meta.main) await main(process.argv.slice(2));
