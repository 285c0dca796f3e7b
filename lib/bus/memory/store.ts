/** What a Redis would hold, as plain maps: one `Keyspace` per partition, copied whole for roll-backs. */

import type { FlowMessage, Message } from '../../model/message.ts';
import type { ContentHash, Partition } from '../../model/partition.ts';
import type { LineEntry } from '../lines.ts';
import type { Parcel } from '../queues.ts';

export interface Keyspace {
  lease: { owner: string; value: string; epoch: number; untilMs: number };
  commit: { id: string; number: number };
  mail: { id: number; messages: (Message | FlowMessage)[] }[];
  mailSequence: number;
  documents: Map<string, Map<string, string>>;
  claims: Map<string, { delivery: string; workerId?: string; token?: string; untilMs?: number }>;
  tombstones: Map<string, string>;
  timers: Map<string, number>;
  outbox: string[];
  definitions: Map<ContentHash, string>;
  killing: Set<string>;
  still: Set<string>;
  letters: Map<string, string>;
  feed: { epoch: number; number: number; events: (readonly [string, string])[] }[];
  dead: string[];
  tries: Map<string, number>;
}

const emptyKeyspace = (): Keyspace => ({
  lease: { owner: '', value: '', epoch: 0, untilMs: 0 },
  commit: { id: '', number: 0 },
  mail: [],
  mailSequence: 0,
  documents: new Map(),
  claims: new Map(),
  tombstones: new Map(),
  timers: new Map(),
  outbox: [],
  definitions: new Map(),
  killing: new Set(),
  still: new Set(),
  letters: new Map(),
  feed: [],
  dead: [],
  tries: new Map(),
});

export class Store {
  readonly clock: { now(): number };
  readonly #spaces = new Map<Partition, Keyspace>();
  readonly lines = new Map<Partition, (LineEntry & { readonly id: number })[]>();
  readonly queues = new Map<string, { waiting: Parcel[]; active: Set<string> }>();
  readonly #listeners = new Set<() => void>();

  constructor(clock: { now(): number }) {
    this.clock = clock;
  }

  of(partition: Partition): Keyspace {
    let space = this.#spaces.get(partition);
    if (!space) this.#spaces.set(partition, (space = emptyKeyspace()));
    return space;
  }

  append(partition: Partition, messages: readonly (Message | FlowMessage)[]): void {
    const space = this.of(partition);
    // As over a wire: nobody shares an object with its reader.
    space.mail.push({ id: ++space.mailSequence, messages: structuredClone([...messages]) });
    this.changed();
  }

  /** A copy of a partition's keys, to be put back by `restore`: a failover that lost what came between. */
  snapshot(partition: Partition): Keyspace {
    return structuredClone(this.of(partition));
  }

  restore(partition: Partition, kept: Keyspace): void {
    this.#spaces.set(partition, structuredClone(kept));
  }

  changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** Resolves when something has changed, `signal` fires or `blockMs` have passed. */
  async wait(blockMs: number, signal?: AbortSignal): Promise<void> {
    if (blockMs <= 0 || signal?.aborted) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#listeners.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, blockMs);
      this.#listeners.add(done);
      signal?.addEventListener('abort', done, { once: true });
    });
  }
}
