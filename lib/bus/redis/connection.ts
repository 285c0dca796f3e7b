/**
 * Connections to Redis, and what their errors mean. State is written on a connection that never sends again by itself: one
 * lost reply was seen to apply a script twice. A blocking read has a connection of its own, opened anew when it stays silent.
 */
import { isAbsolute } from 'node:path';
import { Redis, type RedisOptions } from 'ioredis';
import { Fault, textOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { gauge } from '../../metrics.ts';

const RECONNECT_FIRST_MS = 50;
const RECONNECT_MAX_MS = 1_000;
const CONNECT_MS = 5_000;
/** A command without an answer for this long counts as not done or unknown. */
export const COMMAND_MS = 5_000;
/** Something was asked and nothing at all has come for so many looks: the connection is half-open, and opened anew. */
const SILENT_LOOKS = 6;
const LOOK_MS = 500;
/** A blocking read that stays silent beyond its own time plus this is opened anew. */
const BLOCK_GRACE_MS = 2_000;

const UNREACHED =
  /Connection is closed|ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT|timed out|Stream isn't writeable|LOADING|READONLY|CLUSTERDOWN|MASTERDOWN|NOREPLICAS|socket|retries per request|Command aborted/i;

/** The error as the bus's callers know it: `bus.unavailable`, `bus.full` under memory pressure; a bug stays what it is. */
export function reached(error: unknown): unknown {
  const text = textOf(error);
  if (text.startsWith('OOM')) return new Fault('bus.full', 'Redis is out of memory', { cause: error });
  if (!UNREACHED.test(text)) return error;
  // What ioredis says of a connection that broke speaks of its own settings.
  const said = /retries per request/.test(text) ? 'the connection was lost' : text;
  return new Fault('bus.unavailable', said, { cause: error });
}

export function optionsFor(url: string, extra: RedisOptions = {}): RedisOptions {
  const place: RedisOptions = isAbsolute(url) ? { path: url } : {};
  return {
    ...place,
    retryStrategy: (times) => Math.min(RECONNECT_FIRST_MS * times, RECONNECT_MAX_MS),
    connectTimeout: CONNECT_MS,
    // Replies of raw commands keep one shape.
    protocol: 2,
    maxRetriesPerRequest: null,
    ...extra,
  };
}

export const connect = (url: string, extra: RedisOptions = {}): Redis =>
  isAbsolute(url) ? new Redis(optionsFor(url, extra)) : new Redis(url, optionsFor(url, extra));

const open = gauge('redis_connections', 'Connections to Redis that are open');

/** Counts the connection for as long as it is there. */
export function counted<C extends Pick<Redis, 'status' | 'on'>>(client: C): C {
  let counts = client.status === 'connect' || client.status === 'ready';
  if (counts) open.inc();
  client.on('connect', () => {
    if (!counts) open.inc();
    counts = true;
  });
  client.on('close', () => {
    if (counts) open.dec();
    counts = false;
  });
  return client;
}

/** The connections of one bus. */
export class Connections {
  /** For state: fails at once when Redis is away, and never repeats itself. */
  readonly state: Redis;
  #sinceMs: number | undefined;
  readonly #url: string;
  readonly #log: Log;
  readonly #open = new Set<Redis>();
  readonly #watch: NodeJS.Timeout;

  constructor(url: string, log: Log) {
    this.#url = url;
    this.#log = log;
    this.state = this.open({
      autoResendUnfulfilledCommands: false,
      enableOfflineQueue: false,
      commandTimeout: COMMAND_MS,
      // What was under way when the connection went is unknown at once, and not when its time is over.
      maxRetriesPerRequest: 0,
    });
    corkWrites(this.state);
    this.#watch = watchSilence(this.state);
    this.state.on('ready', () => {
      this.#sinceMs = performance.now();
    });
    this.state.on('close', () => {
      this.#sinceMs = undefined;
    });
  }

  /** How long Redis has been seen without a break, ms. */
  get sightMs(): number {
    return this.#sinceMs === undefined ? 0 : performance.now() - this.#sinceMs;
  }

  get count(): number {
    return this.#open.size;
  }

  open(extra: RedisOptions = {}): Redis {
    const client = counted(connect(this.#url, extra));
    client.on('error', (error) => this.#log.debug({ reason: textOf(error) }, 'redis connection'));
    client.on('end', () => this.#open.delete(client));
    this.#open.add(client);
    return client;
  }

  close(): void {
    clearInterval(this.#watch);
    for (const client of this.#open) client.disconnect();
  }
}

/** Looks are counted, and not time: while this process computes, it reads nothing either, and Redis is not to blame. */
function watchSilence(client: Redis): NodeJS.Timeout {
  let [looks, bytes] = [0, 0];
  const look = () => {
    const { commandQueue, stream } = client;
    const read = stream?.bytesRead ?? 0;
    looks = commandQueue.length > 0 && read === bytes ? looks + 1 : 0;
    bytes = read;
    if (looks < SILENT_LOOKS) return;
    looks = 0;
    stream?.destroy();
  };
  return setInterval(look, LOOK_MS).unref();
}

/** What is asked in one tick leaves in one write instead of one system call each. */
function corkWrites(client: Redis): void {
  let corked = false;
  const send = client.sendCommand.bind(client);
  client.sendCommand = (command, stream) => {
    const socket = client.stream;
    if (!corked && socket?.writable) {
      corked = true;
      socket.cork();
      setImmediate(() => {
        corked = false;
        socket.uncork();
      });
    }
    return send(command, stream);
  };
}

/** A connection for blocking reads, one read at a time. */
export class BlockingReader {
  readonly #connections: Connections;
  #client: Redis | undefined;
  #id: number | undefined;
  #reading = false;
  #woken = false;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /**
   * One command that may block for `blockMs`: `build` gets the time that it may block (0: do not block). Returns null when
   * there was nothing, when it was woken, or when Redis went silent.
   */
  async read(blockMs: number, build: (blockMs: number) => readonly (string | number)[]): Promise<unknown> {
    const client = await this.#ready();
    if (this.#woken) {
      this.#woken = false;
      return this.#send(client, build(0), 0);
    }
    this.#reading = true;
    try {
      return await this.#send(client, build(blockMs), blockMs);
    } finally {
      this.#reading = false;
      this.#woken = false;
    }
  }

  /** Ends the present read, or makes the next one not wait. */
  wake(): void {
    this.#woken = true;
    if (this.#reading) this.#unblock();
  }

  close(): void {
    this.#client?.disconnect();
    this.#client = undefined;
  }

  async #send(client: Redis, [name, ...args]: readonly (string | number)[], blockMs: number): Promise<unknown> {
    const silence = setTimeout(() => {
      if (this.#client === client) this.close();
      else client.disconnect();
    }, blockMs + BLOCK_GRACE_MS);
    try {
      return await client.call(String(name), ...args);
    } catch (error) {
      if (textOf(error).startsWith('UNBLOCKED')) return null;
      throw reached(error);
    } finally {
      clearTimeout(silence);
    }
  }

  async #ready(): Promise<Redis> {
    if (this.#client) return this.#client;
    const client = this.#connections.open({ autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 });
    this.#client = client;
    client.on('ready', async () => {
      this.#id = await client.client('ID').catch(() => undefined);
    });
    return client;
  }

  /** Repeated until the read has ended: the first may overtake the read on its way to Redis. */
  #unblock(): void {
    if (!this.#reading || !this.#woken) return;
    if (this.#id !== undefined) this.#connections.state.client('UNBLOCK', this.#id).catch(() => {});
    setTimeout(() => this.#unblock(), UNBLOCK_AGAIN_MS);
  }
}

const UNBLOCK_AGAIN_MS = 5;
