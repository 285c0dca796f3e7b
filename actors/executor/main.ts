/** The executor's process: opens the bus and the catalogue of types, builds the executor, runs it. */
import type { LoadedConfig } from '../../lib/config.ts';
import { launch } from '../../lib/launch/launch.ts';
import type { Parts } from '../../lib/launch/parts.ts';
import { maskOf } from '../../lib/secret/mask.ts';
import type { Service } from '../../lib/service.ts';
import { buildExecutor } from './executor.ts';

export async function executorOf(parts: Parts): Promise<Service> {
  const [{ catalogue }, cipher] = await Promise.all([parts.plugins(), parts.cipher()]);
  return buildExecutor({
    bus: parts.bus,
    catalogue,
    log: parts.log.child({ server: 'executor' }),
    secrets: { seal: cipher.sealAlike, open: cipher.open, mask: maskOf },
    starting: { globals: parts.loaded.config.pluginDefaults, installation: parts.installation },
  });
}

export const main = (loaded: LoadedConfig): Promise<number> =>
  launch('executor', loaded, async (parts) => [await executorOf(parts)]);
