/** The indexer's process: opens the bus and the repository, builds the indexer, runs it. */
import { systemClock } from '../../lib/clock.ts';
import type { Config, LoadedConfig } from '../../lib/config.ts';
import { launch } from '../../lib/launch/launch.ts';
import type { Parts } from '../../lib/launch/parts.ts';
import type { Log } from '../../lib/log.ts';
import type { Service } from '../../lib/service.ts';
import { buildIndexer } from './indexer.ts';
import { asMember } from './member.ts';
import type { Traces } from './traces.ts';

const DAY_MS = 24 * 60 * 60_000;

export async function indexerOf(parts: Parts): Promise<Service> {
  const { bus } = parts;
  const log = parts.log.child({ server: 'indexer' });
  const retentionMs = parts.loaded.config.retention * DAY_MS;
  const repository = await parts.repository();
  const traces = await tracesOf(parts, log);
  return asMember(buildIndexer({ bus, repository, retentionMs, traces, log }), bus, log);
}

/** Where traces go, if anywhere; the address of one signal is taken as it is, the general one gets its path. */
function collectorOf({ otlpEndpoint, otlpTracesEndpoint }: Config): string | undefined {
  if (otlpTracesEndpoint !== undefined) return otlpTracesEndpoint;
  return otlpEndpoint === undefined ? undefined : `${otlpEndpoint.replace(/\/+$/, '')}/v1/traces`;
}

/** Nothing of it is loaded where the configuration names no collector. */
async function tracesOf(parts: Parts, log: Log): Promise<Traces | undefined> {
  const { config } = parts.loaded;
  const url = collectorOf(config);
  if (url === undefined) return undefined;
  const { Traces } = await import('./traces.ts');
  return new Traces({
    url,
    headers: config.otlpHeaders ?? {},
    repository: await parts.repository(),
    catalogue: (await parts.plugins()).catalogue,
    clock: systemClock,
    log,
  });
}

export const main = (loaded: LoadedConfig): Promise<number> =>
  launch('indexer', loaded, async (parts) => [await indexerOf(parts)]);
