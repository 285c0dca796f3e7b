/**
 * The redis-server of a data folder: AOF, a Unix socket, no port. Standalone keeps one for itself and brings it back with
 * back-off when it dies; `server redis` runs it for the Procfile. In a process group of its own, so that Ctrl-C reaches the
 * servers first and Redis goes last.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { systemClock } from '../../../lib/clock.ts';
import type { DataFolder } from '../../../lib/data-folder.ts';
import { Fault } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/log.ts';

const START_MS_MAX = 30_000;
const STOP_MS_MAX = 10_000;
const LOOK_MS = 20;
const BACK_OFF_MS = [100, 500, 1_000, 2_000, 5_000];
/** One that lived this long begins the back-off anew. */
const STEADY_MS = 10_000;

export interface PrivateRedis {
  readonly pid: number | undefined;
  /** Resolves when it has ended for good. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export async function startPrivateRedis(
  data: DataFolder,
  options: { readonly durability: 'standard' | 'strict'; readonly log: Log },
): Promise<PrivateRedis> {
  await endLeftover(data);
  const ended = Promise.withResolvers<void>();
  let stopping = false;
  let child: ChildProcess | undefined;
  let deaths = 0;
  const launch = async (): Promise<void> => {
    const startedMs = performance.now();
    child = spawn('redis-server', settings(data, options.durability), {
      stdio: ['ignore', 'ignore', 'inherit'],
      detached: true,
    });
    child.on('error', (error) =>
      ended.reject(new Fault('bus.unavailable', `expected redis-server on PATH, got ${error.message}`)),
    );
    child.on('exit', async (code, signal) => {
      if (stopping) return ended.resolve();
      if (performance.now() - startedMs > STEADY_MS) deaths = 0;
      const waitMs = BACK_OFF_MS[Math.min(deaths++, BACK_OFF_MS.length - 1)]!;
      options.log.warn({ code, signal, waitMs }, 'Redis has ended; it is started again');
      await systemClock.sleep(waitMs);
      if (!stopping) await launch().catch((error) => options.log.error({ err: error }, 'Redis does not start'));
    });
    await Promise.race([answering(data.socket), ended.promise]);
  };
  await launch();
  return {
    get pid() {
      return child?.pid;
    },
    ended: ended.promise,
    stop: async () => {
      stopping = true;
      if (child?.exitCode !== null || child.signalCode !== null) return ended.resolve();
      child.kill('SIGTERM');
      const killer = setTimeout(() => child?.kill('SIGKILL'), STOP_MS_MAX);
      await ended.promise;
      clearTimeout(killer);
    },
  };
}

function settings(data: DataFolder, durability: 'standard' | 'strict'): string[] {
  const sync = durability === 'strict' ? 'always' : 'everysec';
  const said = `--port 0 --unixsocketperm 600 --appendonly yes --appendfsync ${sync} --maxmemory-policy noeviction --stream-node-max-entries 100`;
  const named = ['--unixsocket', data.socket, '--dir', data.redis, '--pidfile', join(data.redis, 'redis.pid')];
  return [...said.split(' '), ...named, '--save', '', '--loglevel', 'warning', '--ignore-warnings', 'ARM64-COW-BUG'];
}

/** A Redis that outlived its parent (which was killed) still holds the files: it must go first. */
async function endLeftover(data: DataFolder): Promise<void> {
  const file = join(data.redis, 'redis.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8'));
  for (let waitedMs = 0; isRedis(pid); waitedMs += LOOK_MS) {
    if (waitedMs === 0) process.kill(pid, 'SIGTERM');
    if (waitedMs > STOP_MS_MAX)
      throw new Fault(
        'data.locked',
        `expected the redis-server of ${data.path} (pid ${pid}) to end, got none of it in ${STOP_MS_MAX} ms`,
      );
    await systemClock.sleep(LOOK_MS);
  }
}

function isRedis(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('redis-server');
  } catch {
    return false; // It has gone, or the system has no /proc: then the socket decides.
  }
}

/** Resolves when a PING over the socket is answered: loading a long AOF takes its time. */
async function answering(socket: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < START_MS_MAX; waitedMs += LOOK_MS) {
    if (await ping(socket)) return;
    await systemClock.sleep(LOOK_MS);
  }
  throw new Fault('bus.unavailable', `expected Redis to answer on ${socket} within ${START_MS_MAX} ms`);
}

function ping(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect({ path }, () => connection.write('PING\r\n'));
    const done = (answer: boolean) => {
      connection.destroy();
      resolve(answer);
    };
    connection.setTimeout(1_000, () => done(false));
    connection.on('error', () => done(false));
    connection.on('data', (text) => done(String(text).startsWith('+PONG')));
  });
}
