/**
 * Which partitions are ours: rendezvous hashing over the live executors, so that each knows without asking, and few move when
 * one comes or goes. The lease says who really owns one; this only says who should ask.
 */

import type { Member } from '../../lib/bus/members.ts';
import { numberOf } from '../../lib/model/ids.ts';
import { allPartitions, type Partition } from '../../lib/model/partition.ts';

export function partitionsOf(self: string, live: readonly Member[], count: number): ReadonlySet<Partition> {
  const executors = new Set(live.filter(({ role }) => role === 'executor').map(({ id }) => id));
  executors.add(self);
  const ours = new Set<Partition>();
  for (const partition of [...allPartitions('x', count), ...allPartitions('f', count)])
    if (preferred(partition, executors) === self) ours.add(partition);
  return ours;
}

function preferred(partition: Partition, executors: ReadonlySet<string>): string {
  let [best, highest] = ['', -1];
  for (const id of executors) {
    const weight = numberOf(`${partition}/${id}`);
    if (weight > highest || (weight === highest && id < best)) [best, highest] = [id, weight];
  }
  return best;
}

/** Threads of the live workers by group: parcels are spread over them. */
export function threadsOf(live: readonly Member[]): ReadonlyMap<string, number> {
  const threads = new Map<string, number>();
  for (const { role, group = '', threads: count = 0 } of live)
    if (role === 'worker') threads.set(group, (threads.get(group) ?? 0) + count);
  return threads;
}
