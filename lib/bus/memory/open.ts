/**
 * The bus in memory: the same behaviour as on Redis, with the clock in the caller's hand. For the simulation and for tests of
 * one server; nothing survives the process.
 */
import type { Bus } from '../bus.ts';
import { memoryClaims, memoryMailbox } from './gates.ts';
import { memoryOwnership } from './ownership.ts';
import { memoryDocuments, memoryFeeds, memoryLines } from './readers.ts';
import { memoryMembers, memoryQueues, memoryTimetable, memoryVault } from './shared.ts';
import { Store } from './store.ts';

export interface MemoryBus extends Bus {
  readonly store: Store;
}

/** `sightMs` is what the owners are told of how long they have seen the bus. */
export function openMemoryBus(options: { readonly partitions: number; readonly clock: { now(): number } }): MemoryBus {
  const store = new Store(options.clock);
  return {
    store,
    partitions: options.partitions,
    mailbox: memoryMailbox(store),
    ownership: memoryOwnership(store),
    claims: memoryClaims(store),
    documents: memoryDocuments(store),
    feeds: memoryFeeds(store),
    lines: memoryLines(store),
    queues: memoryQueues(store),
    members: memoryMembers(store),
    timetable: memoryTimetable(store),
    vault: memoryVault(store),
    now: async () => store.clock.now(),
    report: async () => ({
      adapter: 'memory',
      topology: 'this process',
      version: process.version,
      durability: 'none',
      evictionPolicy: 'noeviction',
      usedMemoryBytes: process.memoryUsage().heapUsed,
      maxMemoryBytes: 0,
      clockSkewMs: 0,
      connections: 0,
      warnings: ['nothing survives this process'],
    }),
    sightMs: () => Number.POSITIVE_INFINITY,
    close: async () => {},
  };
}
