/**
 * Names of keys. One hash tag per partition, so that Redis Cluster keeps a partition's keys together; a script takes the
 * prefix and makes the names from it.
 */
import type { Partition } from '../../model/partition.ts';

const ROOT = 'windhover';
const prefixes = new Map<Partition, string>();

/** `windhover:{x:3}` */
export function prefixOf(partition: Partition): string {
  let prefix = prefixes.get(partition);
  if (!prefix) {
    prefix = `${ROOT}:{${partition}}`;
    prefixes.set(partition, prefix);
  }
  return prefix;
}

/** The stream of log lines stands under a tag of its own: it is large, and its writers are many. */
export const linesKey = (partition: Partition): string => `${ROOT}:{l:${partition.slice(2)}}:lines`;
export const SCHEDULER = `${ROOT}:{sched}`;
export const SYSTEM = `${ROOT}:{sys}`;
/** BullMQ's prefix for a worker group: its keys are `<prefix>:<queue>:…`. */
export const queuePrefix = (group: string): string => `${ROOT}:{q:${group}}`;
