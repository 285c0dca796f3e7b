/**
 * The bus: everything that crosses processes, as ports. Nothing outside this folder knows Redis or BullMQ.
 * Adapters: `redis/` (ioredis, BullMQ, one Lua file an operation) and `memory/` (for the simulation, time in the
 * tester's hand). `test/contract/bus*.test.ts` holds both to the same behaviour.
 *
 * Calls made in the same tick travel in one pipeline, so callers ask for each partition by itself and await all.
 * Every call that changes state either has happened once, or throws a Fault: `bus.unavailable` (not done, or unknown;
 * ask again by the same name) or one of the refusals that its docstring names.
 */
import type { Claims } from './claims.ts';
import type { Documents } from './documents.ts';
import type { Feeds } from './feed.ts';
import type { Lines } from './lines.ts';
import type { Mailbox } from './mailbox.ts';
import type { Members } from './members.ts';
import type { Ownership } from './ownership.ts';
import type { Queues } from './queues.ts';
import type { Timetable } from './timetable.ts';
import type { Vault } from './vault.ts';

export interface Bus {
  /** How many partitions of each kind; fixed when the bus was first opened. */
  readonly partitions: number;
  readonly mailbox: Mailbox;
  readonly ownership: Ownership;
  readonly claims: Claims;
  readonly documents: Documents;
  readonly feeds: Feeds;
  readonly lines: Lines;
  readonly queues: Queues;
  readonly members: Members;
  readonly timetable: Timetable;
  readonly vault: Vault;
  /** The bus's clock, milliseconds since 1970: the only one that decides anything. One round trip. */
  now(): Promise<number>;
  /** For health and `doctor`. Throws when the bus cannot be reached within 2 s. */
  report(): Promise<BusReport>;
  /** How long this process has seen the bus without a break, ms: nothing is declared dead before 6 s of sight. */
  sightMs(): number;
  close(): Promise<void>;
}

export interface BusReport {
  readonly adapter: 'redis' | 'memory';
  /** One server, a master that sentinels choose, or a cluster; how many replicas: in words. */
  readonly topology: string;
  readonly version: string;
  /** `none`, `everysec` or `always`. */
  readonly durability: string;
  readonly evictionPolicy: string;
  /** Of the server that is fullest. */
  readonly usedMemoryBytes: number;
  readonly maxMemoryBytes: number;
  /** The bus's clock minus this machine's, ms. */
  readonly clockSkewMs: number;
  readonly connections: number;
  /** What should be mended, in sentences; empty when all is well. */
  readonly warnings: readonly string[];
}
