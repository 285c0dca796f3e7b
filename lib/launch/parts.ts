/**
 * What a server rests on, opened as the configuration says. Each part is opened when it is first asked for, once per
 * process: standalone's five servers share one of each.
 */
import type { Bus } from '../bus/bus.ts';
import { addressOf, addressText } from '../bus/redis/address.ts';
import { openRedisBus } from '../bus/redis/open.ts';
import { systemClock } from '../clock.ts';
import { flowVariables, type LoadedConfig, secretVariables } from '../config.ts';
import { type DataFolder, openDataFolder } from '../data-folder.ts';
import { isFault, textOf } from '../errors.ts';
import { type Log, openLog } from '../log.ts';
import type { Installation } from '../model/installation.ts';
import { BUILT_IN, loadPlugins, type PluginSet } from '../plugin/load.ts';
import type { Repository } from '../repository/repository.ts';
import { openSqlRepository } from '../repository/sql/open.ts';
import { type Cipher, cipherOf } from '../secret/cipher.ts';
import { decodedSecrets } from '../secret/environment.ts';
import { openKey } from '../secret/key.ts';
import { openLocalStorage } from '../storage/local.ts';
import type { Storage } from '../storage/storage.ts';

const REDIS_RETRY_MS = 500;

export interface Parts {
  readonly loaded: LoadedConfig;
  readonly data: DataFolder;
  readonly log: Log;
  readonly bus: Bus;
  /** Packages named by the configuration, after our own. */
  readonly packages: readonly string[];
  /** What the configuration gives to expressions. */
  readonly installation: Installation;
  plugins(): Promise<PluginSet>;
  repository(): Promise<Repository>;
  storage(): Storage;
  /** The key that secrets are encrypted with, for those who hand it on. Throws `encryption.key`. */
  key(): Promise<Uint8Array>;
  cipher(): Promise<Cipher>;
  /** Of the environment, in clear, for those who hand them on. Tells the log of those that cannot be read. */
  secrets(): Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Undefined: `signal` fired before Redis was there. */
export async function openParts(name: string, loaded: LoadedConfig, signal: AbortSignal): Promise<Parts | undefined> {
  const { config } = loaded;
  const log = openLog(name, config);
  const data = openDataFolder(config.data);
  const packages = [...BUILT_IN, ...config.plugins];
  const bus = await openBus(redisUrl(loaded, data), loaded, log, signal);
  if (!bus) return undefined;
  let plugins: Promise<PluginSet> | undefined;
  let repository: Promise<Repository> | undefined;
  let storage: Storage | undefined;
  let key: Promise<Uint8Array> | undefined;
  const keyOnce = () => (key ??= openKey({ given: config.encryptionKey, file: data.encryptionKey, vault: bus.vault }));
  return {
    loaded,
    data,
    log,
    bus,
    packages,
    installation: { envs: flowVariables(), globals: config.variables.globals, timeZone: config.timezone },
    plugins: () => (plugins ??= loadPlugins(packages)),
    repository: () => (repository ??= openRepository(config.databaseUrl, data, log)),
    storage: () => (storage ??= openLocalStorage({ folder: data.storage })),
    key: keyOnce,
    cipher: async () => cipherOf(await keyOnce()),
    secrets: () => environmentSecrets(log),
    close: async () => {
      if (repository) await (await repository).close();
      await bus.close();
    },
  };
}

function environmentSecrets(log: Log): Readonly<Record<string, string>> {
  const { secrets, unreadable } = decodedSecrets(secretVariables());
  if (unreadable.length > 0)
    log.warn({ names: unreadable.map((name) => `SECRET_${name}`) }, 'secrets that are no base64 are left out');
  return secrets;
}

/** The Redis that was named, or the private one in the data folder, by its socket. */
export const redisUrl = ({ config }: LoadedConfig, data: DataFolder): string => config.redisUrl ?? data.socket;

async function openRepository(url: string | undefined, data: DataFolder, log: Log): Promise<Repository> {
  const repository = openSqlRepository({ file: data.database, url, log });
  await repository.open();
  return repository;
}

/** Waits for Redis as long as it takes: a server that starts before it is no error. Says so once. */
async function openBus(url: string, { config }: LoadedConfig, log: Log, signal: AbortSignal): Promise<Bus | undefined> {
  for (let told = false; !signal.aborted; ) {
    try {
      return await openRedisBus({ url, partitions: config.partitions, durability: config.durability, log });
    } catch (error) {
      if (!isFault(error, 'bus.unavailable')) throw error;
      if (!told) log.info({ redis: addressText(addressOf(url)), reason: textOf(error) }, 'waiting for Redis');
      told = true;
      await systemClock.sleep(REDIS_RETRY_MS, signal);
    }
  }
  return undefined;
}
