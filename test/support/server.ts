/**
 * Windhover's servers as processes of their own, each installation in a temporary folder: what users run, so what tests and
 * benchmarks run.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { type Api, apiOf } from './api.ts';
import { ROOT } from './tree.ts';

const READY_MS = 60_000;
const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});
export const PROGRAM = join(ROOT, 'web/cli/bin.mjs');

export interface ServerProcess {
  readonly name: string;
  readonly pid: number;
  /** What it has written to stderr: JSON lines. */
  readonly log: readonly string[];
  /** What it has printed. */
  readonly printed: readonly string[];
  /** Where it serves REST, if it does. */
  readonly url: string;
  readonly health: string;
  /** Whether it runs. */
  readonly alive: boolean;
  /** The sum of a metric over its labels. */
  metric(name: string): Promise<number>;
  /** Resolves with exit code or signal. */
  readonly ended: Promise<number | string>;
  kill(signal?: NodeJS.Signals): Promise<number | string>;
}

/** Resolves when it says that it is ready; rejects with its log when it ends before. */
export async function startServer(
  name: string,
  options: {
    readonly env: Readonly<Record<string, string>>;
    readonly args?: readonly string[];
    /** Of another tree than this one. */
    readonly program?: string;
    /** Told of the process before it is ready. */
    readonly spawned?: (child: ChildProcess) => void;
  },
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [options.program ?? PROGRAM, 'server', name, ...(options.args ?? [])], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH!, HOME: process.env.HOME ?? '/', WINDHOVER_LOG_FORMAT: 'json', ...options.env },
  });
  children.add(child);
  options.spawned?.(child);
  const log: string[] = [];
  const printed: string[] = [];
  const found = { url: '', health: '' };
  const ended = once(child, 'exit').then(([code, signal]) => (signal ?? code) as number | string);
  createInterface({ input: child.stdout! }).on('line', (line) => printed.push(line));
  await new Promise<void>((resolve, reject) => {
    const failed = (why: string) =>
      reject(new Error(`expected server ${name} to start, got ${why}:\n${log.join('\n')}`));
    const late = setTimeout(() => failed(`nothing in ${READY_MS} ms`), READY_MS);
    void ended.then((end) => {
      clearTimeout(late);
      failed(`its end (${end})`);
    });
    createInterface({ input: child.stderr! }).on('line', (line) => {
      log.push(line);
      found.url = /"web":"([^"]+)"/.exec(line)?.[1] ?? found.url;
      found.health = /"health":"([^"]+)\/health"/.exec(line)?.[1] ?? found.health;
      if (!line.includes('"msg":"ready"')) return;
      clearTimeout(late);
      resolve();
    });
  });
  return {
    name,
    pid: child.pid!,
    log,
    printed,
    ...found,
    get alive() {
      return isAlive(child);
    },
    metric: (metric) => metricAt(found.health, metric),
    ended,
    kill: (signal) => killed(child, ended, signal),
  };
}

async function slain(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

const isAlive = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

async function metricAt(health: string, name: string): Promise<number> {
  const text = await (await fetch(`${health}/metrics`)).text();
  const values = [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))].map(([, value]) =>
    Number(value),
  );
  return values.reduce((sum, value) => sum + value, 0);
}

async function killed(
  child: ChildProcess,
  ended: Promise<number | string>,
  signal: NodeJS.Signals = 'SIGKILL',
): Promise<number | string> {
  if (isAlive(child)) child.kill(signal);
  return ended;
}

/** The command line, to its end. */
export async function windhover(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH!, HOME: process.env.HOME ?? '/', ...env },
  });
  children.add(child);
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: code as number | null, out, err };
}

export interface Installation {
  readonly folder: string;
  readonly data: string;
  /** What every server of it is started with. */
  readonly env: Readonly<Record<string, string>>;
  start(name: string, args?: readonly string[], env?: Readonly<Record<string, string>>): Promise<ServerProcess>;
  /** REST as the local command line reaches it. */
  api(): Api;
  /** Kills what runs and removes the folder. */
  remove(): Promise<void>;
}

/** `redisUrl` absent: only standalone can be started, over its own Redis. */
export function anInstallation(
  options: {
    readonly redisUrl?: string;
    readonly env?: Readonly<Record<string, string>>;
    /** The command of another tree. */
    readonly program?: string;
  } = {},
): Installation {
  const folder = mkdtempSync(join(tmpdir(), 'windhover-'));
  const data = join(folder, 'data');
  const env = {
    WINDHOVER_DATA: data,
    WINDHOVER_PASSWORD: 'correct-horse',
    ...(options.redisUrl ? { REDIS_URL: options.redisUrl } : {}),
    ...options.env,
  };
  const servers: ServerProcess[] = [];
  const spawned: ChildProcess[] = [];
  return {
    folder,
    data,
    env,
    start: async (name, args = [], more = {}) => {
      const server = await startServer(name, {
        env: { ...env, ...more },
        args,
        program: options.program,
        spawned: (child) => spawned.push(child),
      });
      servers.push(server);
      return server;
    },
    api: () => {
      const { url } = servers.findLast((server) => server.url !== '')!;
      return apiOf(url, readFileSync(join(data, 'token'), 'utf8').trim());
    },
    remove: async () => {
      // Standalone ends its own Redis: it is asked, the others are not.
      await Promise.all(servers.filter(({ name }) => name === 'standalone').map((server) => server.kill('SIGTERM')));
      await Promise.all(spawned.filter(isAlive).map(slain));
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
}
