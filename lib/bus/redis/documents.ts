/** Reading documents from Redis: a hash each, see `lua/commit.lua` for who writes them. */
import type { Documents } from '../documents.ts';
import { type Client, type Connections, reached } from './connection.ts';
import { prefixOf } from './keys.ts';

export function redisDocuments({ state }: Connections): Documents {
  const ask = async <T>(question: (client: Client) => Promise<T>): Promise<T> => {
    try {
      return await question(state);
    } catch (error) {
      throw reached(error);
    }
  };
  return {
    read: async (partition, id) => {
      const fields = Object.entries(await ask((client) => client.hgetall(`${prefixOf(partition)}:d:${id}`)));
      return fields.length === 0 ? undefined : new Map(fields);
    },
    fields: async (partition, id, fields) =>
      (await ask((client) => client.hmget(`${prefixOf(partition)}:d:${id}`, ...fields))).map(
        (value) => value ?? undefined,
      ),
    ids: (partition) => ask((client) => client.smembers(`${prefixOf(partition)}:docs`)),
    tombstone: async (partition, id) =>
      (await ask((client) => client.hget(`${prefixOf(partition)}:ended`, id))) ?? undefined,
    tombstones: async (partition) =>
      Object.entries(await ask((client) => client.hgetall(`${prefixOf(partition)}:ended`))),
    definition: async (partition, hash) =>
      (await ask((client) => client.hget(`${prefixOf(partition)}:defs`, hash))) ?? undefined,
    deadLetters: (partition, limit) => ask((client) => client.lrange(`${prefixOf(partition)}:dead`, 0, limit - 1)),
    countDeadLetters: (partition) => ask((client) => client.llen(`${prefixOf(partition)}:dead`)),
  };
}
