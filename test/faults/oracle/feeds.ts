/**
 * A reader of all feeds of its own: what each told last of each execution, and that the commits of a partition go on one from
 * the other. It reads past the proxy; a feed is trimmed only behind what everybody has read long ago.
 */
import { fromStreamId } from '../../../lib/model/version.ts';
import type { Client } from '../rig/ground.ts';
import { PARTITIONS } from '../rig/keyspace.ts';

const EACH_MS = 100;

type Reply = readonly (readonly [
  key: string,
  entries: readonly (readonly [id: string, fields: readonly string[]])[],
])[];

export class Feeds {
  /** Version of the last event of each execution. */
  readonly told = new Map<string, string>();
  readonly #redis: Client;
  readonly #cursors = new Map(
    Array.from({ length: PARTITIONS }, (_, n) => [`windhover:{x:${n}}:feed`, '0'] as [string, string]),
  );
  #closed = false;

  constructor(redis: Client) {
    this.#redis = redis;
  }

  async watch(): Promise<void> {
    while (!this.#closed) {
      // Each by itself: those of a cluster have different masters.
      await Promise.all([...this.#cursors].map((stream) => this.#read(...stream))).catch(() => {}); // Redis is away.
      await new Promise((resolve) => setTimeout(resolve, EACH_MS));
    }
  }

  /** The history was cut: what was told of it counts no more, and is told anew. */
  forget(): void {
    this.told.clear();
    for (const key of this.#cursors.keys()) this.#cursors.set(key, '0');
  }

  close(): void {
    this.#closed = true;
  }

  async #read(key: string, cursor: string): Promise<void> {
    const found = (await this.#redis.call('XREAD', 'COUNT', '500', 'STREAMS', key, cursor)) as Reply | null;
    // Forgotten meanwhile: it is told anew.
    if (this.#cursors.get(key) !== cursor) return;
    for (const [, entries] of found ?? []) this.#take(key, entries);
  }

  #take(key: string, entries: Reply[number][1]): void {
    for (const [id, fields] of entries)
      for (let n = 0; n < fields.length; n += 2) if (fields[n] !== '') this.told.set(fields[n]!, fromStreamId(id));
    this.#cursors.set(key, entries.at(-1)![0]);
  }
}
