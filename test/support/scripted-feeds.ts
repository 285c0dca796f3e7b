/**
 * The parts of the bus that the indexer uses, as a script: a test commits entries, takes them back (a failover), trims them,
 * puts documents and tombstones, and sees what was told. Everything else of the bus throws when touched.
 */
import type { Bus } from '../../lib/bus/bus.ts';
import type { FeedEntry } from '../../lib/bus/feed.ts';
import type { LineBatch } from '../../lib/bus/lines.ts';
import { Fault } from '../../lib/errors.ts';
import type { LogLine } from '../../lib/model/log-line.ts';
import type { Measured } from '../../lib/model/metric.ts';
import type { Partition } from '../../lib/model/partition.ts';
import { NO_VERSION, type Version, versionOf } from '../../lib/model/version.ts';

export const PARTITIONS = 4;

interface Event {
  readonly start?: object;
  readonly head?: object;
  readonly taskRuns?: readonly { readonly id: string }[];
  readonly removed?: readonly string[];
}

export class ScriptedFeeds {
  readonly entries = new Map<Partition, FeedEntry[]>();
  readonly lineBatches = new Map<Partition, LineBatch[]>();
  readonly documents = new Map<Partition, Map<string, ReadonlyMap<string, string>>>();
  readonly tombstones = new Map<Partition, Map<string, string>>();
  readonly told = new Map<Partition, Version>();
  readonly trimmed = new Map<Partition, string>();
  readonly vault = new Map<string, string>();
  readonly bus: Bus;
  /** While true every call says that the bus cannot be reached. */
  away = false;
  reads = 0;
  readonly #waiting = new Set<() => void>();

  constructor() {
    const known = {
      partitions: PARTITIONS,
      feeds: this.#feeds(),
      lines: this.#lines(),
      documents: this.#documents(),
      vault: this.#vaultPort(),
      now: async () => Date.now(),
    };
    this.bus = new Proxy(known as unknown as Bus, {
      get: (target, name) => {
        if (name in target) return Reflect.get(target, name);
        throw new Error(`expected a part of the bus that the script knows, got ${String(name)}`);
      },
    });
  }

  /** One commit: (id, what changed) pairs. */
  commit(
    partition: Partition,
    number: number,
    events: readonly (readonly [id: string, event: object])[],
    epoch = 1,
  ): void {
    const told = events.map(([id, event]) => [id, this.#write(partition, id, event)] as const);
    listIn(this.entries, partition).push({ version: versionOf(epoch, number), events: told });
    this.#wake();
  }

  /** A failover: what was committed behind `number` never happened. */
  rollBack(partition: Partition, number: number): void {
    const kept = listIn(this.entries, partition).filter(({ version }) => version <= versionOf(1, number));
    this.entries.set(partition, kept);
  }

  log(
    partition: Partition,
    id: string,
    executionId: string,
    lines: readonly LogLine[],
    measured?: readonly Measured[],
  ): void {
    listIn(this.lineBatches, partition).push({ id, executionId, lines });
    if (measured) listIn(this.lineBatches, partition).push({ id, measured });
    this.#wake();
  }

  document(partition: Partition, id: string, fields: Readonly<Record<string, object>>): void {
    const texts = new Map(Object.entries(fields).map(([field, value]) => [field, JSON.stringify(value)]));
    mapIn(this.documents, partition).set(id, texts);
  }

  /** An execution's change is written into its document, and named by its event; anything else is the event itself. */
  #write(partition: Partition, id: string, event: object): string {
    const { start, head, taskRuns = [], removed = [] } = event as Event;
    if (partition.startsWith('f')) return JSON.stringify(event);
    const document = new Map(mapIn(this.documents, partition).get(id));
    const changed = Object.entries({ start, head }).filter(([, value]) => value !== undefined);
    for (const taskRun of taskRuns) changed.push([`t:${taskRun.id}`, taskRun]);
    for (const [field, value] of changed) document.set(field, JSON.stringify(value));
    for (const gone of removed) document.delete(`t:${gone}`);
    mapIn(this.documents, partition).set(id, document);
    return [...changed.map(([field]) => field), ...removed.map((gone) => `-t:${gone}`)].join(' ');
  }

  #wake(): void {
    for (const go of this.#waiting) go();
  }

  #reach(): void {
    if (this.away) throw new Fault('bus.unavailable', 'scripted');
  }

  /** What `look` finds, now or after the next commit; nothing when the time or the signal ends the wait. */
  async #block<T>(
    look: () => ReadonlyMap<Partition, T>,
    blockMs: number,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<Partition, T>> {
    this.reads++;
    this.#reach();
    const found = look();
    if (found.size > 0 || blockMs === 0 || signal?.aborted) return found;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(go, blockMs);
      const waiting = this.#waiting;
      function go(): void {
        clearTimeout(timer);
        waiting.delete(go);
        signal?.removeEventListener('abort', go);
        resolve();
      }
      waiting.add(go);
      signal?.addEventListener('abort', go);
    });
    this.#reach();
    return signal?.aborted ? new Map() : look();
  }

  #feeds(): Bus['feeds'] {
    return {
      read: (since, { count, blockMs, signal }) =>
        this.#block(
          () =>
            behind(since, (partition, cursor) =>
              listIn(this.entries, partition)
                .filter(({ version }) => version > cursor)
                .slice(0, count),
            ),
          blockMs,
          signal,
        ),
      newest: async (partitions) => {
        this.#reach();
        return new Map(
          partitions.map((partition) => [partition, listIn(this.entries, partition).at(-1)?.version ?? NO_VERSION]),
        );
      },
      publishCursor: async (_reader, cursors) => {
        this.#reach();
        for (const [partition, version] of cursors) this.told.set(partition, version);
      },
      durable: async (partitions) =>
        new Map(partitions.map((partition) => [partition, this.told.get(partition) ?? NO_VERSION])),
    };
  }

  #lines(): Bus['lines'] {
    return {
      append: async () => {},
      measure: async () => {},
      read: async (since, { count, blockMs, signal }) => {
        const batches = await this.#block(
          () =>
            behind(since, (partition, cursor) =>
              listIn(this.lineBatches, partition)
                .filter(({ id }) => Number(id.split('-')[0]) > Number(cursor.split('-')[0]))
                .slice(0, count),
            ),
          blockMs,
          signal,
        );
        return {
          batches,
          cursors: new Map(
            [...since].map(([partition, cursor]) => [partition, batches.get(partition)?.at(-1)?.id ?? cursor]),
          ),
        };
      },
      // Only the webserver asks for these.
      backlog: async () => [],
      newest: async () => new Map(),
      trim: async (until) => {
        for (const [partition, id] of until) this.trimmed.set(partition, id);
      },
    };
  }

  #documents(): Bus['documents'] {
    return {
      ids: async (partition) => [...mapIn(this.documents, partition).keys()],
      read: async (partition, id) => mapIn(this.documents, partition).get(id),
      tombstone: async (partition, id) => mapIn(this.tombstones, partition).get(id),
      tombstones: async (partition) => [...mapIn(this.tombstones, partition)],
      fields: async (partition, id, fields) =>
        fields.map((field) => mapIn(this.documents, partition).get(id)?.get(field)),
      definition: async () => undefined,
      deadLetters: async () => [],
      countDeadLetters: async () => 0,
    };
  }

  #vaultPort(): Bus['vault'] {
    return {
      get: async (key) => this.vault.get(key),
      set: async (key, value, options) => {
        this.#reach();
        if (options?.onlyIfAbsent && this.vault.has(key)) return false;
        this.vault.set(key, value);
        return true;
      },
      replace: async (key, value) => {
        this.#reach();
        if (!this.vault.has(key)) return false;
        this.vault.set(key, value);
        return true;
      },
      remove: async (key) => void this.vault.delete(key),
      keys: async () => [...this.vault.keys()],
    };
  }
}

function behind<C, T>(
  since: ReadonlyMap<Partition, C>,
  look: (partition: Partition, cursor: C) => readonly T[],
): ReadonlyMap<Partition, readonly T[]> {
  const found = [...since].map(([partition, cursor]) => [partition, look(partition, cursor)] as const);
  return new Map(found.filter(([, entries]) => entries.length > 0));
}

function listIn<T>(all: Map<Partition, T[]>, partition: Partition): T[] {
  if (!all.has(partition)) all.set(partition, []);
  return all.get(partition)!;
}

function mapIn<T>(all: Map<Partition, Map<string, T>>, partition: Partition): Map<string, T> {
  if (!all.has(partition)) all.set(partition, new Map());
  return all.get(partition)!;
}
