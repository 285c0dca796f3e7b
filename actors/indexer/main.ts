/** The indexer's process: opens the bus and the repository, builds the indexer, runs it. */
import type { LoadedConfig } from '../../lib/config.ts';
import { launch } from '../../lib/launch/launch.ts';
import type { Parts } from '../../lib/launch/parts.ts';
import type { Service } from '../../lib/service.ts';
import { buildIndexer } from './indexer.ts';
import { asMember } from './member.ts';

const DAY_MS = 24 * 60 * 60_000;

export async function indexerOf(parts: Parts): Promise<Service> {
  const { bus } = parts;
  const log = parts.log.child({ server: 'indexer' });
  const retentionMs = parts.loaded.config.retention * DAY_MS;
  return asMember(buildIndexer({ bus, repository: await parts.repository(), retentionMs, log }), bus, log);
}

export const main = (loaded: LoadedConfig): Promise<number> =>
  launch('indexer', loaded, async (parts) => [await indexerOf(parts)]);
