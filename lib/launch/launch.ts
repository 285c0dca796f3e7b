/**
 * A server process: open what it rests on, build its services, open the management port, run until a signal, close. Every
 * `main.ts` comes through here, and so does standalone.
 */
import type { LoadedConfig } from '../config.ts';
import { openHealthPort } from '../health-port.ts';
import { runServices, type Service } from '../service.ts';
import { openParts, type Parts } from './parts.ts';

export type ServerName = 'executor' | 'worker' | 'scheduler' | 'indexer' | 'webserver' | 'standalone';

const HEALTH_PORTS: Readonly<Record<ServerName, number>> = {
  webserver: 8081,
  standalone: 8081,
  executor: 8082,
  worker: 8083,
  scheduler: 8084,
  indexer: 8085,
};

/**
 * Builds by `build`, runs, and resolves with the exit code. `running` is called when all services have started; the exit
 * code that it may give ends the process, otherwise a signal does.
 */
export async function launch(
  name: ServerName,
  loaded: LoadedConfig,
  build: (parts: Parts) => Promise<readonly Service[]>,
  running: (parts: Parts) => Promise<number | undefined> = async () => undefined,
): Promise<number> {
  const parts = await openParts(name, loaded);
  const services = await build(parts);
  const { config, given } = loaded;
  const health = await openHealthPort({
    services,
    host: '127.0.0.1',
    port: config.healthPort ?? HEALTH_PORTS[name],
    fixed: given.has('healthPort'),
  });
  const started = async () => {
    parts.log.info({ pid: process.pid, health: `http://127.0.0.1:${health.port}/health` }, 'ready');
    return running(parts);
  };
  const code = await runServices(services, parts.log, { running: started });
  await health.close();
  await parts.close();
  return code;
}
