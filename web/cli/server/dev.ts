/** `npm run dev`: the Procfile's six processes on this machine, restarted when their code changes. */
import { readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LoadedConfig, variableOf } from '../../../lib/config.ts';
import { lockDataFolder, openDataFolder } from '../../../lib/data-folder.ts';
import { openLog } from '../../../lib/log.ts';
import { runServices, type Service } from '../../../lib/service.ts';
import { type Line, parseProcfile, Running } from './procfile.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SETTLE_MS = 200;

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

export async function main({ config }: LoadedConfig): Promise<number> {
  const log = openLog('dev', { level: config.logLevel, pretty: true });
  const data = openDataFolder(config.data);
  const unlock = lockDataFolder(data, 'windhover dev');
  const environment: Record<string, string> = { [variableOf('logFormat')]: 'pretty' };
  if (config.port) environment[variableOf('port')] = String(config.port);
  const lines = parseProcfile(readFileSync(join(ROOT, 'Procfile'), 'utf8')).filter(
    ({ name }) => name !== 'redis' || !config.redisUrl,
  );
  const code = await runServices([procfile(lines, environment)], log);
  unlock();
  return code;
}

function procfile(lines: readonly Line[], environment: Readonly<Record<string, string>>): Service {
  const width = Math.max(...lines.map(({ name }) => name.length));
  const running = lines.map((line, order) => new Running(line, order, width, environment));
  const watching = new AbortController();
  return {
    name: 'procfile',
    start: async () => {
      for (const process of running) process.start();
      for (const [folder, names] of Object.entries(FOLDERS)) {
        const concerned = running.filter(
          ({ line }) => line.name !== 'redis' && (names === 'all' || names.includes(line.name)),
        );
        onChange(join(ROOT, folder), watching.signal, (file) => {
          process.stdout.write(
            `\n${folder}/${file} has changed: restarting ${concerned.map(({ line }) => line.name).join(', ')}\n`,
          );
          for (const process of concerned) void process.restart();
        });
      }
    },
    quiet: async () => watching.abort(),
    stop: async () => {
      const redis = running.filter(({ line }) => line.name === 'redis');
      await Promise.all(running.filter((process) => !redis.includes(process)).map((process) => process.stop()));
      for (const process of redis) await process.stop();
    },
    health: () => ({ ok: true }),
  };
}

/** Calls once when a folder has come to rest after a change of a source file. */
function onChange(folder: string, signal: AbortSignal, listener: (file: string) => void): void {
  let timer: NodeJS.Timeout | undefined;
  watch(folder, { recursive: true, signal }, (_, file) => {
    if (!file || !/\.(ts|lua|mjs|json)$/.test(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => listener(file), SETTLE_MS);
  }).on('error', () => {}); // A folder that vanishes in the middle is no reason to end.
}
