/** The worker's process: opens the bus and the storage, builds the worker with its threads, runs it. */
import { availableParallelism } from 'node:os';
import type { LoadedConfig } from '../../lib/config.ts';
import { launch } from '../../lib/launch/launch.ts';
import type { Parts } from '../../lib/launch/parts.ts';
import type { Service } from '../../lib/service.ts';
import { buildWorker } from './worker.ts';

const THREADS_PER_CORE = 2;

export async function workerOf(parts: Parts): Promise<Service> {
  const { config, given } = parts.loaded;
  return buildWorker({
    bus: parts.bus,
    storage: { folder: parts.data.storage },
    packages: parts.packages,
    encryptionKey: Buffer.from(await parts.key()).toString('base64'),
    secrets: parts.secrets(),
    installation: parts.installation,
    threads: config.threads ?? availableParallelism() * THREADS_PER_CORE,
    warm: given.has('threads'),
    group: config.workerGroup,
    folder: parts.data.work,
    httpAllowPrivate: config.httpAllowPrivate,
    log: parts.log.child({ server: 'worker' }),
  });
}

export const main = (loaded: LoadedConfig): Promise<number> =>
  launch('worker', loaded, async (parts) => [await workerOf(parts)]);
