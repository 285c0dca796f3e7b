/** Feeds on Redis: a stream per partition whose ids are the versions of its commits. */
import { fromStreamId, NO_VERSION, streamIdOf, type Version } from '../../model/version.ts';
import type { FeedEntry, Feeds } from '../feed.ts';
import { type Connections, reached } from './connection.ts';
import { prefixOf, SYSTEM } from './keys.ts';
import { ReaderPool } from './streams.ts';

export function redisFeeds(connections: Connections): Feeds {
  const { state } = connections;
  const readers = new ReaderPool(connections);
  const cursorKey = (reader: string) => `${SYSTEM}:cursors:${reader}`;
  return {
    read: async (since, { count, blockMs, signal }) => {
      if (since.size === 0) return new Map();
      const byKey = new Map([...since.keys()].map((partition) => [`${prefixOf(partition)}:feed`, partition]));
      const ids = new Map(Array.from(byKey, ([key, partition]) => [key, streamIdOf(since.get(partition)!)]));
      const found = await readers.read({ since: ids, count, blockMs }, signal);
      return new Map(found.map(([key, entries]) => [byKey.get(key)!, entries.map(entryOf)]));
    },
    newest: async (partitions) => {
      const replies = await guarded(
        Promise.all(
          partitions.map((partition) => state.xrevrange(`${prefixOf(partition)}:feed`, '+', '-', 'COUNT', 1)),
        ),
      );
      return new Map(
        partitions.map((partition, n) => [partition, replies[n]![0] ? fromStreamId(replies[n]![0]![0]) : NO_VERSION]),
      );
    },
    publishCursor: async (reader, cursors) => {
      if (cursors.size === 0) return;
      await guarded(
        Promise.all([state.hset(cursorKey(reader), new Map(cursors)), state.sadd(`${SYSTEM}:readers`, reader)]),
      );
    },
    durable: async (partitions) => {
      const readerNames = await guarded(state.smembers(`${SYSTEM}:readers`));
      const all = await guarded(Promise.all(readerNames.map((reader) => state.hgetall(cursorKey(reader)))));
      return new Map(
        partitions.map((partition) => [partition, slowest(all.map((cursors) => cursors[partition] ?? NO_VERSION))]),
      );
    },
  };
}

const slowest = (versions: readonly Version[]): Version =>
  versions.reduce((low, version) => (version < low ? version : low), versions[0] ?? NO_VERSION);

function entryOf([id, fields]: readonly [id: string, fields: readonly string[]]): FeedEntry {
  const events: [string, string][] = [];
  for (let n = 0; n < fields.length; n += 2) events.push([fields[n]!, fields[n + 1]!]);
  return { version: fromStreamId(id), events };
}

async function guarded<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw reached(error);
  }
}
