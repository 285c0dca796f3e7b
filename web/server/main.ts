/** The webserver's process: opens bus, repository, storage and catalogue, builds the webserver, runs it, greets. */
import type { LoadedConfig } from '../../lib/config.ts';
import { launch } from '../../lib/launch/launch.ts';
import type { Parts } from '../../lib/launch/parts.ts';
import { buildWebserver, type Webserver } from './webserver.ts';

export async function webserverOf(parts: Parts): Promise<Webserver> {
  const { config, given } = parts.loaded;
  return buildWebserver({
    bus: parts.bus,
    repository: await parts.repository(),
    storage: parts.storage(),
    plugins: await parts.plugins(),
    cipher: await parts.cipher(),
    secrets: parts.secrets(),
    installation: parts.installation,
    config,
    portFixed: given.has('port'),
    data: parts.data,
    log: parts.log.child({ server: 'webserver' }),
  });
}

export async function main(loaded: LoadedConfig): Promise<number> {
  let webserver: Webserver | undefined;
  const build = async (parts: Parts) => [(webserver = await webserverOf(parts))];
  const running = async () => {
    process.stdout.write(await webserver!.greeting());
    return undefined;
  };
  return launch('webserver', loaded, build, { running });
}
