/**
 * Waiting for what comes into streams: one blocking read for all of them, opened anew when it stays silent. A cluster answers
 * for one slot a call: there each stream is asked for by itself, and has a bell, a blocking read whose answer says only that
 * it is worth asking.
 */
import { Cluster, type Redis } from 'ioredis';
import { textOf } from '../../errors.ts';
import { type Client, type Connections, reached } from './connection.ts';

/** A blocking read that stays silent beyond its own time plus this is opened anew. */
const BLOCK_GRACE_MS = 2_000;
const UNBLOCK_AGAIN_MS = 5;
/** A bell takes note of another id by then. */
const BELL_MS = 5_000;
/** A bell that cannot be heard is tried again after this. */
const BELL_AGAIN_MS = 100;

type Entry = readonly [id: string, fields: readonly string[]];
/** By key, where there was something. */
export type Streams = readonly (readonly [key: string, entries: readonly Entry[]])[];

export interface Reading {
  /** By key: the id behind which is read. */
  readonly since: ReadonlyMap<string, string>;
  /** Entries of a stream. */
  readonly count: number;
  /** Waits for so long where there is nothing, ms. */
  readonly blockMs: number;
}

/** One read at a time. */
export interface StreamReader {
  /** Empty where there was nothing, when it was woken, or when Redis went silent. Throws `bus.unavailable`. */
  read(reading: Reading): Promise<Streams>;
  /** Ends the present read, or makes the next one not wait. */
  wake(): void;
  close(): void;
}

export const streamReader = (connections: Connections): StreamReader =>
  connections.state instanceof Cluster ? new BellReader(connections) : new BlockingReader(connections);

/** One reader for each that waits at the same time; kept for the next. */
export class ReaderPool {
  readonly #connections: Connections;
  readonly #free: StreamReader[] = [];

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  async read(reading: Reading, signal: AbortSignal | undefined): Promise<Streams> {
    if (signal?.aborted) return [];
    const reader = this.#free.pop() ?? streamReader(this.#connections);
    const wake = () => reader.wake();
    signal?.addEventListener('abort', wake, { once: true });
    try {
      return await reader.read(reading);
    } finally {
      signal?.removeEventListener('abort', wake);
      this.#free.push(reader);
    }
  }
}

async function xread(client: Client, { since, count }: Omit<Reading, 'blockMs'>, blockMs: number): Promise<Streams> {
  const block = blockMs > 0 ? ['BLOCK', blockMs] : [];
  const found = await client.call('XREAD', 'COUNT', count, ...block, 'STREAMS', ...since.keys(), ...since.values());
  return (found ?? []) as Streams;
}

class BlockingReader implements StreamReader {
  readonly #connections: Connections;
  #client: Redis | undefined;
  #id: number | undefined;
  #reading = false;
  #woken = false;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  async read(reading: Reading): Promise<Streams> {
    const client = this.#ready();
    if (this.#woken) {
      this.#woken = false;
      return this.#send(client, reading, 0);
    }
    this.#reading = true;
    try {
      return await this.#send(client, reading, reading.blockMs);
    } finally {
      this.#reading = false;
      this.#woken = false;
    }
  }

  wake(): void {
    this.#woken = true;
    if (this.#reading) this.#unblock();
  }

  close(): void {
    this.#client?.disconnect();
    this.#client = undefined;
  }

  async #send(client: Redis, reading: Reading, blockMs: number): Promise<Streams> {
    const silence = setTimeout(() => {
      if (this.#client === client) this.close();
      else client.disconnect();
    }, blockMs + BLOCK_GRACE_MS);
    try {
      return await xread(client, reading, blockMs);
    } catch (error) {
      if (textOf(error).startsWith('UNBLOCKED')) return [];
      throw reached(error);
    } finally {
      clearTimeout(silence);
    }
  }

  #ready(): Redis {
    if (this.#client && this.#client.status !== 'end') return this.#client;
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

/** Of a cluster. */
class BellReader implements StreamReader {
  readonly #connections: Connections;
  readonly #bells = new Map<string, Bell>();
  #woken = false;
  #wake = () => {};

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  async read(reading: Reading): Promise<Streams> {
    const found = await this.#look(reading);
    const woken = this.#woken;
    this.#woken = false;
    if (found.length > 0 || woken || reading.blockMs <= 0) return found;
    await this.#wait(reading);
    return this.#look(reading);
  }

  wake(): void {
    this.#woken = true;
    this.#wake();
  }

  close(): void {
    for (const bell of this.#bells.values()) bell.close();
    this.#bells.clear();
    this.wake();
  }

  /** All that go to one master leave in one write. */
  async #look({ since, count }: Reading): Promise<Streams> {
    const { state } = this.#connections;
    const asked = Array.from(since, (stream) => xread(state, { since: new Map([stream]), count }, 0));
    const found = await Promise.all(asked).catch((error: unknown) => {
      throw reached(error);
    });
    return found.flat();
  }

  async #wait({ since, blockMs }: Reading): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, blockMs);
    });
    for (const [key, bell] of this.#bells)
      if (!since.has(key)) {
        bell.close();
        this.#bells.delete(key);
      }
    await Promise.race([over, ...Array.from(since, ([key, id]) => this.#bell(key).rings(id))]);
    clearTimeout(timer);
    this.#woken = false;
  }

  #bell(key: string): Bell {
    let bell = this.#bells.get(key);
    if (!bell) this.#bells.set(key, (bell = new Bell(this.#connections, key)));
    return bell;
  }
}

class Bell {
  readonly #connections: Connections;
  readonly #key: string;
  #id = '0';
  #client: Redis | undefined;
  #pending: Promise<void> | undefined;
  #closed = false;

  constructor(connections: Connections, key: string) {
    this.#connections = connections;
    this.#key = key;
  }

  /** Resolves when there is something behind the id, or may be. */
  rings(id: string): Promise<void> {
    this.#id = id;
    this.#pending ??= this.#listen().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  close(): void {
    this.#closed = true;
    this.#client?.disconnect();
  }

  async #listen(): Promise<void> {
    while (!this.#closed) {
      const heard = await this.#hear().catch(() => 'lost' as const);
      if (heard === true) return;
      if (heard === false) continue;
      // Its master is away, or has handed the slot on: who has it is asked anew.
      this.#client?.disconnect();
      this.#client = undefined;
      await new Promise((resolve) => setTimeout(resolve, BELL_AGAIN_MS));
      return;
    }
  }

  async #hear(): Promise<boolean> {
    const client = (this.#client ??= this.#connections.open({ maxRetriesPerRequest: 0 }, this.#key));
    const silence = setTimeout(() => client.disconnect(), BELL_MS + BLOCK_GRACE_MS);
    try {
      return (await xread(client, { since: new Map([[this.#key, this.#id]]), count: 1 }, BELL_MS)).length > 0;
    } finally {
      clearTimeout(silence);
    }
  }
}
