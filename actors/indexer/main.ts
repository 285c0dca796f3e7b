/** The indexer's process: opens the bus and the repository, builds the indexer, runs it. */
import type { LoadedConfig } from '../../lib/config.ts';
import { launch } from '../../lib/launch/launch.ts';
import type { Parts } from '../../lib/launch/parts.ts';
import type { Service } from '../../lib/service.ts';
import { buildIndexer } from './indexer.ts';

const DAY_MS = 24 * 60 * 60_000;

export async function indexerOf(parts: Parts): Promise<Service> {
  return buildIndexer({
    bus: parts.bus,
    repository: await parts.repository(),
    retentionMs: parts.loaded.config.retention * DAY_MS,
    log: parts.log.child({ server: 'indexer' }),
  });
}

export const main = (loaded: LoadedConfig): Promise<number> =>
  launch('indexer', loaded, async (parts) => [await indexerOf(parts)]);
