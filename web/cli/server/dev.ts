/**
 * `npm run dev`: the Procfile's six processes on this machine. A dead one comes back, changed code restarts the servers that
 * it belongs to, Ctrl-C ends all.
 */
import { readFileSync, statSync, watch } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../../lib/clock.ts';
import { type ConfigKey, type LoadedConfig, variableOf } from '../../../lib/config.ts';
import { lockDataFolder, openDataFolder } from '../../../lib/data-folder.ts';
import { HEALTH_PORTS } from '../../../lib/launch/launch.ts';
import { openLog } from '../../../lib/log.ts';
import { isPath } from '../../../lib/plugin/load.ts';
import { runServices, type Service, stopSignal } from '../../../lib/service.ts';
import { type Line, parseProcfile, prefixOf, Running } from './procfile.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const EXAMPLE = 'test/flows/csv-sums.yaml';
/** A change has come to rest when nothing more was written for this long. */
const SETTLE_MS = 200;
/** Who changes code does not want to wait for what runs: it is handed on. Seconds. */
const STOP_DEADLINE = 5;
/** On top of that, before a process is killed. */
const GRACE_MS = 3_000;
/** The servers wait for Redis by themselves; what starts after it need not say so. */
const REDIS_MS_MAX = 5_000;

/** Whose code stands in which folder; `lib`, `plugins` and the contract belong to all. */
const FOLDERS: Readonly<Record<string, readonly string[] | 'all'>> = {
  lib: 'all',
  plugins: 'all',
  'web/api': ['webserver'],
  'web/server': ['webserver'],
  'actors/executor': ['executor'],
  'actors/worker': ['worker'],
  'actors/scheduler': ['scheduler'],
  'actors/indexer': ['indexer'],
};

export async function main({ config, given }: LoadedConfig): Promise<number> {
  stopSignal();
  const data = openDataFolder(config.data);
  const unlock = lockDataFolder(data, 'windhover dev');
  const stopDeadline = given.has('stopDeadline') ? config.stopDeadline : STOP_DEADLINE;
  const lines = parseProcfile(readFileSync(join(ROOT, 'Procfile'), 'utf8')).filter(
    ({ name }) => name !== 'redis' || !config.redisUrl,
  );
  const settingsOf = (name: string): Readonly<Record<string, string>> => {
    const settings: [ConfigKey, string | number | undefined][] = [
      ['data', data.path],
      ['logFormat', 'json'],
      ['stopDeadline', stopDeadline],
      ['port', config.port],
      ['healthPort', healthPortOf(name, config.healthPort)],
    ];
    return Object.fromEntries(
      settings.flatMap(([key, value]) => (value === undefined ? [] : [[variableOf(key), String(value)]])),
    );
  };
  try {
    return await runServices(
      [procfile(lines, settingsOf, { graceMs: stopDeadline * 1_000 + GRACE_MS, plugins: config.plugins })],
      openLog('dev', config),
    );
  } finally {
    unlock();
  }
}

/** One setting cannot give five processes the same port: they stand as far from it as the defaults from theirs. */
function healthPortOf(name: string, first: number | undefined): number | undefined {
  const usual = (HEALTH_PORTS as Readonly<Record<string, number>>)[name];
  return first === undefined || usual === undefined ? undefined : first + usual - HEALTH_PORTS.webserver;
}

function procfile(
  lines: readonly Line[],
  settingsOf: (name: string) => Readonly<Record<string, string>>,
  { graceMs, plugins }: { readonly graceMs: number; readonly plugins: readonly string[] },
): Service {
  const width = Math.max(...lines.map(({ name }) => name.length));
  const isReady = new Set<string>();
  const allReady = Promise.withResolvers<void>();
  const redisReady = Promise.withResolvers<void>();
  const running = lines.map((line, order) => {
    const prefix = prefixOf(line.name, { order, width, coloured: process.stdout.isTTY });
    const say = (text: string) => void process.stdout.write(`${prefix} ${text}\n`);
    const ready = (): void => {
      if (line.name === 'redis') redisReady.resolve();
      if (isReady.add(line.name).size === lines.length) allReady.resolve();
    };
    return new Running(line, { environment: settingsOf(line.name), folder: ROOT, graceMs, say, ready });
  });
  const [redis, servers] = [running.filter(isRedis), running.filter((process) => !isRedis(process))];
  const over = new AbortController();
  return {
    name: 'procfile',
    start: async () => {
      for (const process of redis) process.start();
      if (redis.length > 0) await Promise.race([redisReady.promise, systemClock.sleep(REDIS_MS_MAX, stopSignal())]);
      for (const process of servers) process.start();
      watchCode(servers, plugins, over.signal);
      void allReady.promise.then(() => process.stdout.write(greeting(lines.length)));
    },
    quiet: async () => over.abort(),
    stop: async () => {
      process.stdout.write('\nStopping. Ctrl-C again does not wait.\n');
      await Promise.all(servers.map((process) => process.stop()));
      await Promise.all(redis.map((process) => process.stop()));
    },
    health: () => ({ ok: true }),
  };
}

const isRedis = ({ name }: Running): boolean => name === 'redis';

const greeting = (count: number): string =>
  `\nAll ${count} run. Change code: the servers that it belongs to restart. Ctrl-C ends all of them.\n` +
  `  an example       npx windhover run ${EXAMPLE} --follow\n\n`;

/** Of plugins that the configuration names by a path: whoever writes one sees it change. They belong to all. */
const foldersOf = (plugins: readonly string[]): readonly (readonly [string, 'all'])[] =>
  plugins.filter(isPath).flatMap((plugin) => {
    const path = resolve(ROOT, plugin);
    const found = statSync(path, { throwIfNoEntry: false });
    return found ? [[found.isDirectory() ? path : dirname(path), 'all'] as const] : [];
  });

/** Restarts those whose code has changed, once, when it has come to rest. */
function watchCode(servers: readonly Running[], plugins: readonly string[], signal: AbortSignal): void {
  const changed = new Set<string>();
  const concerned = new Set<Running>();
  let timer: NodeJS.Timeout | undefined;
  const restart = (): void => {
    const [files, some] = [[...changed], [...concerned]];
    changed.clear();
    concerned.clear();
    if (signal.aborted) return;
    const more = files.length > 1 ? ` and ${files.length - 1} more` : '';
    process.stdout.write(`${files[0]}${more} changed: restarting ${some.map(({ name }) => name).join(', ')}\n`);
    for (const server of some) server.restart();
  };
  for (const [folder, names] of [...Object.entries(FOLDERS), ...foldersOf(plugins)]) {
    const whose = servers.filter(({ name }) => names === 'all' || names.includes(name));
    watch(resolve(ROOT, folder), { recursive: true, signal }, (_, file) => {
      if (!file || !/\.([cm]?[jt]s|lua|json)$/.test(file)) return;
      changed.add(join(folder, file));
      for (const server of whose) concerned.add(server);
      clearTimeout(timer);
      timer = setTimeout(restart, SETTLE_MS);
    }).on('error', () => {}); // A folder that vanishes in the middle is no reason to end.
  }
}
