/** The scheduler's process: opens the bus and the catalogue of types, builds the scheduler, runs it. */
import type { LoadedConfig } from '../../lib/config.ts';
import { launch } from '../../lib/launch/launch.ts';
import type { Parts } from '../../lib/launch/parts.ts';
import type { Service } from '../../lib/service.ts';
import { buildScheduler } from './scheduler.ts';

export async function schedulerOf(parts: Parts): Promise<Service> {
  const { catalogue } = await parts.plugins();
  const { config } = parts.loaded;
  return buildScheduler({
    bus: parts.bus,
    catalogue,
    timezone: config.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    globals: config.pluginDefaults,
    cipher: await parts.cipher(),
    secrets: parts.secrets(),
    installation: parts.installation,
    log: parts.log.child({ server: 'scheduler' }),
  });
}

export const main = (loaded: LoadedConfig): Promise<number> =>
  launch('scheduler', loaded, async (parts) => [await schedulerOf(parts)]);
