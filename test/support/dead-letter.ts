/** Dead letters as owners leave them. */
import type { Redis } from 'ioredis';
import { prefixOf } from '../../lib/bus/redis/keys.ts';
import type { Partition } from '../../lib/model/partition.ts';

export const LONG_AGO = 1_700_000_000_000;

/** Gives up `message`, which came as the entry of the partition's mailbox; returns the letter's id. */
export async function bury(
  client: Redis,
  partition: Partition,
  message: object,
  entry = `${LONG_AGO}-0`,
): Promise<string> {
  const letter = { entry, partition, reason: 'a bug of then', message: JSON.stringify(message) };
  await client.lpush(`${prefixOf(partition)}:dead`, JSON.stringify(letter));
  return `${partition.replace(':', '')}-${entry}`;
}
