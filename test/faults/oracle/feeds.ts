/**
 * A reader of all feeds of its own: what each told last of each execution, and that the commits of a partition go on one from
 * the other. It reads past the proxy; a feed is trimmed only behind what everybody has read long ago.
 */
import { Redis } from 'ioredis';
import { fromStreamId } from '../../../lib/model/version.ts';
import { PARTITIONS } from '../rig/keyspace.ts';

const BLOCK_MS = 500;

type Reply = readonly (readonly [
  key: string,
  entries: readonly (readonly [id: string, fields: readonly string[]])[],
])[];

export class Feeds {
  /** Version of the last event of each execution. */
  readonly told = new Map<string, string>();
  readonly #redis: Redis;
  readonly #cursors = new Map(
    Array.from({ length: PARTITIONS }, (_, n) => [`windhover:{x:${n}}:feed`, '0'] as [string, string]),
  );
  #closed = false;

  constructor(port: number) {
    this.#redis = new Redis(port, '127.0.0.1', {
      protocol: 2,
      maxRetriesPerRequest: 0,
      retryStrategy: () => 100,
    });
    this.#redis.on('error', () => {}); // It is killed now and then.
  }

  async watch(): Promise<void> {
    while (!this.#closed) {
      try {
        const reply = (await this.#redis.call(
          'XREAD',
          ...['COUNT', '500', 'BLOCK', String(BLOCK_MS), 'STREAMS', ...this.#cursors.keys(), ...this.#cursors.values()],
        )) as Reply | null;
        for (const [key, entries] of reply ?? []) this.#take(key, entries);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100)); // Redis is away.
      }
    }
  }

  /** The history was cut: what was told of it counts no more, and is told anew. */
  forget(): void {
    this.told.clear();
    for (const key of this.#cursors.keys()) this.#cursors.set(key, '0');
  }

  close(): void {
    this.#closed = true;
    this.#redis.disconnect();
  }

  #take(key: string, entries: Reply[number][1]): void {
    for (const [id, fields] of entries)
      for (let n = 0; n < fields.length; n += 2) if (fields[n] !== '') this.told.set(fields[n]!, fromStreamId(id));
    this.#cursors.set(key, entries.at(-1)![0]);
  }
}
