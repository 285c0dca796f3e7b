/**
 * The redis-server of a data folder: AOF, a Unix socket, no port. Standalone keeps one for itself and brings it back with
 * back-off when it dies; `server redis` runs it for the Procfile. In a process group of its own, so that Ctrl-C reaches the
 * servers first and Redis goes last.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { systemClock } from '../../../lib/clock.ts';
import { type DataFolder, lockFolder } from '../../../lib/data-folder.ts';
import { Fault } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/log.ts';
import { atExit } from '../../../lib/service.ts';

const START_MS_MAX = 30_000;
const STOP_MS_MAX = 10_000;
const LOOK_MS = 20;
const PING_MS_MAX = 1_000;
const BACK_OFF_MS = [100, 500, 1_000, 2_000, 5_000];
/** One that lived this long begins the back-off anew. */
const STEADY_MS = 10_000;
/** Of what it said last. */
const WORDS_CHARS_MAX = 500;

export interface PrivateRedis {
  readonly pid: number | undefined;
  /** It ends, and its folder is free. */
  stop(): Promise<void>;
}

export interface PrivateRedisOptions {
  readonly durability: 'standard' | 'strict';
  readonly holder: string;
  readonly log: Log;
  /** Ends the waiting for a Redis that is long in loading. */
  readonly signal: AbortSignal;
}

/** Resolves when it answers, or when `signal` fires. Throws `data.locked`, `bus.unavailable`. */
export async function startPrivateRedis(data: DataFolder, options: PrivateRedisOptions): Promise<PrivateRedis> {
  const unlock = lockFolder(data.redis, options.holder);
  const keeper = new Keeper(data, options, unlock);
  try {
    await endLeftover(data);
    await keeper.start();
    return keeper;
  } catch (error) {
    await keeper.stop();
    throw error;
  }
}

class Keeper implements PrivateRedis {
  readonly #data: DataFolder;
  readonly #options: PrivateRedisOptions;
  readonly #unlock: () => void;
  readonly #over = new AbortController();
  readonly #forget: () => void;
  #child: ChildProcess | undefined;
  /** Resolves with why the present one has ended. */
  #ended: Promise<string> = Promise.resolve('');

  constructor(data: DataFolder, options: PrivateRedisOptions, unlock: () => void) {
    this.#data = data;
    this.#options = options;
    this.#unlock = unlock;
    this.#forget = atExit(() => this.#child?.kill('SIGTERM'));
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async start(): Promise<void> {
    this.#spawn();
    const died = await Promise.race([this.#ended, answering(this.#data.socket, this.#options.signal)]);
    if (died !== undefined)
      throw new Fault('bus.unsuitable', `expected redis-server to run in ${this.#data.redis}, got ${died}`);
    void this.#keep();
  }

  async stop(): Promise<void> {
    this.#over.abort();
    this.#child?.kill('SIGTERM');
    const killer = setTimeout(() => this.#child?.kill('SIGKILL'), STOP_MS_MAX);
    await this.#ended;
    clearTimeout(killer);
    this.#forget();
    this.#unlock();
  }

  async #keep(): Promise<void> {
    const { signal } = this.#over;
    for (let deaths = 0; ; ) {
      const startedMs = performance.now();
      const why = await this.#ended;
      if (signal.aborted) return;
      if (performance.now() - startedMs > STEADY_MS) deaths = 0;
      const waitMs = BACK_OFF_MS[Math.min(deaths++, BACK_OFF_MS.length - 1)]!;
      this.#options.log.warn({ reason: why, waitMs }, 'Redis has ended; it is started again');
      await systemClock.sleep(waitMs, signal);
      if (signal.aborted) return;
      this.#spawn();
    }
  }

  #spawn(): void {
    const child = spawn('redis-server', settings(this.#data, this.#options.durability), {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let words = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        words = (words + chunk.toString()).slice(-WORDS_CHARS_MAX);
      });
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}: ${lastLine(words)}`));
    });
  }
}

/** Without Redis' own pid and date. */
const lastLine = (words: string): string =>
  words
    .trimEnd()
    .split('\n')
    .at(-1)!
    .replace(/^\d+:\w .*? [#*] /, '');

function settings(data: DataFolder, durability: 'standard' | 'strict'): string[] {
  const sync = durability === 'strict' ? 'always' : 'everysec';
  const said = `--port 0 --unixsocketperm 600 --appendonly yes --appendfsync ${sync} --maxmemory-policy noeviction --stream-node-max-entries 100`;
  const named = ['--unixsocket', data.socket, '--dir', data.redis, '--pidfile', pidFile(data)];
  return [...said.split(' '), ...named, '--save', '', '--loglevel', 'warning', '--ignore-warnings', 'ARM64-COW-BUG'];
}

const pidFile = (data: DataFolder): string => join(data.redis, 'redis.pid');

/** A Redis that outlived its parent (which was killed) still holds the files: it must go first. The folder is locked. */
async function endLeftover(data: DataFolder): Promise<void> {
  const found = await leftover(data);
  if (found === undefined) return;
  if (found === 'nameless') await ask(data.socket, 'SHUTDOWN');
  else process.kill(found, 'SIGTERM');
  for (const untilMs = performance.now() + STOP_MS_MAX; (await leftover(data)) !== undefined; ) {
    if (performance.now() > untilMs)
      throw new Fault(
        'data.locked',
        `expected the redis-server of ${data.path} (pid ${found}) to end, got none of it in ${STOP_MS_MAX} ms`,
      );
    await systemClock.sleep(LOOK_MS);
  }
}

/** Its pid; `nameless` where the system has no /proc, but somebody answers on the socket. */
async function leftover(data: DataFolder): Promise<number | 'nameless' | undefined> {
  const pid = Number(contentOf(pidFile(data)));
  // The number may be another's by now, even another Redis': the command line names the socket.
  if (pid > 0 && contentOf(`/proc/${pid}/cmdline`)?.includes(data.socket)) return pid;
  return (await ask(data.socket, 'PING')) === undefined ? undefined : 'nameless';
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // It is not there, or the process has ended.
  }
}

/** Resolves when a PING over the socket is answered: loading a long AOF takes its time. */
async function answering(socket: string, signal: AbortSignal): Promise<undefined> {
  for (const untilMs = performance.now() + START_MS_MAX; !signal.aborted; ) {
    if ((await ask(socket, 'PING'))?.startsWith('+PONG')) return undefined;
    if (performance.now() > untilMs)
      throw new Fault(
        'bus.unavailable',
        `expected Redis to answer on ${socket} within ${START_MS_MAX} ms, got nothing`,
      );
    await systemClock.sleep(LOOK_MS, signal);
  }
  return undefined;
}

/** What is answered; undefined when nobody is there. */
function ask(path: string, command: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const connection = connect({ path }, () => connection.write(`${command}\r\n`));
    const done = (answer: string | undefined) => {
      connection.destroy();
      resolve(answer);
    };
    connection.setTimeout(PING_MS_MAX, () => done(undefined));
    connection.on('error', () => done(undefined));
    connection.on('close', () => done(undefined));
    connection.on('data', (text) => done(String(text)));
  });
}
