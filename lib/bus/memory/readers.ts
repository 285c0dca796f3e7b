/** What is read, in memory: documents, feeds, log lines. */
import type { Partition } from '../../model/partition.ts';
import { NO_VERSION, type Version, versionOf } from '../../model/version.ts';
import type { Documents } from '../documents.ts';
import type { FeedEntry, Feeds } from '../feed.ts';
import type { LineBatch, Lines } from '../lines.ts';
import type { Store } from './store.ts';

export function memoryDocuments(store: Store): Documents {
  return {
    read: async (partition, id) => {
      const document = store.of(partition).documents.get(id);
      return document && new Map(document);
    },
    fields: async (partition, id, fields) => fields.map((field) => store.of(partition).documents.get(id)?.get(field)),
    ids: async (partition) => [...store.of(partition).documents.keys()],
    tombstone: async (partition, id) => store.of(partition).tombstones.get(id),
    tombstones: async (partition) => [...store.of(partition).tombstones],
    definition: async (partition, hash) => store.of(partition).definitions.get(hash),
    deadLetters: async (partition, limit) => store.of(partition).dead.slice(0, limit),
    countDeadLetters: async (partition) => store.of(partition).dead.length,
  };
}

export function memoryFeeds(store: Store): Feeds {
  const cursors = new Map<string, Map<Partition, Version>>();
  const entriesOf = (since: ReadonlyMap<Partition, Version>, count: number) => {
    const found = new Map<Partition, readonly FeedEntry[]>();
    for (const [partition, cursor] of since) {
      const entries = store
        .of(partition)
        .feed.map(({ epoch, number, events }) => ({ version: versionOf(epoch, number), events }));
      const behind = entries.filter(({ version }) => version > cursor).slice(0, count);
      if (behind.length > 0) found.set(partition, behind);
    }
    return found;
  };
  return {
    read: async (since, { count, blockMs, signal }) => {
      let found = entriesOf(since, count);
      const until = performance.now() + blockMs;
      while (found.size === 0 && !signal?.aborted && performance.now() < until) {
        await store.wait(until - performance.now(), signal);
        found = entriesOf(since, count);
      }
      return found;
    },
    newest: async (partitions) =>
      new Map(
        partitions.map((partition) => {
          const last = store.of(partition).feed.at(-1);
          return [partition, last ? versionOf(last.epoch, last.number) : NO_VERSION];
        }),
      ),
    publishCursor: async (reader, positions) => {
      const known = cursors.get(reader) ?? new Map<Partition, Version>();
      cursors.set(reader, known);
      for (const [partition, version] of positions) known.set(partition, version);
    },
    durable: async (partitions) =>
      new Map(
        partitions.map((partition) => {
          const versions = [...cursors.values()].map((known) => known.get(partition) ?? NO_VERSION);
          return [
            partition,
            versions.reduce((low, version) => (version < low ? version : low), versions[0] ?? NO_VERSION),
          ];
        }),
      ),
  };
}

export function memoryLines(store: Store): Lines {
  let sequence = 0;
  const streamOf = (partition: Partition) => {
    const stream = store.lines.get(partition) ?? [];
    store.lines.set(partition, stream);
    return stream;
  };
  return {
    append: async (partition, batches) => {
      for (const batch of batches) streamOf(partition).push({ ...batch, id: ++sequence });
      store.changed();
    },
    measure: async (partition, measured) => {
      streamOf(partition).push({ measured, id: ++sequence });
      store.changed();
    },
    read: async (since, { count, blockMs, executions, signal }) => {
      const numbers = new Map(
        [...since].map(([partition, cursor]) => [partition, cursor === '$' ? sequence : Number(cursor.split('-')[0])]),
      );
      const find = () =>
        [...numbers].flatMap(([partition, number]) => {
          const behind = streamOf(partition)
            .filter(({ id }) => id > number)
            .slice(0, count);
          return behind.length > 0 ? [[partition, behind] as const] : [];
        });
      let found = find();
      const until = performance.now() + blockMs;
      while (found.length === 0 && !signal?.aborted && performance.now() < until) {
        await store.wait(until - performance.now(), signal);
        found = find();
      }
      const cursors = new Map([...numbers].map(([partition, number]) => [partition, `${number}-0`]));
      const batches = new Map<Partition, readonly LineBatch[]>();
      for (const [partition, behind] of found) {
        cursors.set(partition, `${behind.at(-1)!.id}-0`);
        const wanted = behind.filter(
          (batch) => !executions || ('executionId' in batch && executions.has(batch.executionId)),
        );
        batches.set(
          partition,
          wanted.map((batch) => ({ ...batch, id: `${batch.id}-0` })),
        );
      }
      return { batches, cursors };
    },
    backlog: async (partition, executionId) =>
      streamOf(partition).flatMap((batch) =>
        'lines' in batch && batch.executionId === executionId ? batch.lines : [],
      ),
    newest: async (partitions) =>
      new Map(partitions.map((partition) => [partition, `${streamOf(partition).at(-1)?.id ?? 0}-0`])),
    trim: async (until) => {
      for (const [partition, cursor] of until)
        store.lines.set(
          partition,
          streamOf(partition).filter(({ id }) => id > Number(cursor.split('-')[0])),
        );
    },
  };
}
