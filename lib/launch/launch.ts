/**
 * A server process: open what it rests on, build its services, open the management port, run until a signal, close. Every
 * `main.ts` comes through here, and so does standalone.
 */
import type { LoadedConfig } from '../config.ts';
import { openHealthPort } from '../health-port.ts';
import { runServices, type Service, stopSignal, within } from '../service.ts';
import { openParts, type Parts } from './parts.ts';

export type ServerName = 'executor' | 'worker' | 'scheduler' | 'indexer' | 'webserver' | 'standalone';

export const HEALTH_PORTS: Readonly<Record<ServerName, number>> = {
  webserver: 8081,
  standalone: 8081,
  executor: 8082,
  worker: 8083,
  scheduler: 8084,
  indexer: 8085,
};
const SECOND_MS = 1_000;
/** What is open is closed; a Redis that does not answer is no reason to stay. */
const CLOSE_MS = 2_000;

export interface LaunchOptions {
  /** Called when all services have started; the exit code that it may give ends the process, otherwise a signal does. */
  readonly running?: (parts: Parts, healthUrl: string) => Promise<number | undefined>;
  readonly stopping?: () => void;
}

/** Builds by `build`, runs, and resolves with the exit code. */
export async function launch(
  name: ServerName,
  loaded: LoadedConfig,
  build: (parts: Parts) => Promise<readonly Service[]>,
  { running, stopping }: LaunchOptions = {},
): Promise<number> {
  const parts = await openParts(name, loaded, stopSignal());
  if (!parts) return 0;
  const services = await build(parts);
  const { config, given } = loaded;
  const health = await openHealthPort({
    services,
    host: config.healthHost,
    port: config.healthPort ?? HEALTH_PORTS[name],
    fixed: given.has('healthPort'),
  });
  const healthUrl = `http://127.0.0.1:${health.port}/health`;
  const started = async () => {
    parts.log.info({ pid: process.pid, health: healthUrl }, 'ready');
    return running?.(parts, healthUrl);
  };
  const deadlineMs = config.stopDeadline * SECOND_MS;
  const code = await runServices(services, parts.log, { deadlineMs, running: started, stopping });
  await within(CLOSE_MS, Promise.allSettled([health.close(), parts.close()]));
  parts.log.debug({ code }, 'stopped');
  return code;
}
