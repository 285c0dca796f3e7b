/** What an owner holds of one partition, whatever lives there: entries in, a batch out. Dropped whole when a commit is refused. */
import type { Entry, Lease } from '../../lib/bus/ownership.ts';
import type { Version } from '../../lib/model/version.ts';
import type { Batch } from './batch.ts';

/** A commit holds at most this; what is beyond waits in the mailbox for the next. */
export const BATCH_TASK_RUNS_MAX = 500;
export const BATCH_BYTES_MAX = 1024 * 1024;
/** A message that throws this often goes to the dead letters. */
export const TRIES_MAX = 5;

export interface Moment {
  /** The bus's time, ms. */
  readonly nowMs: number;
  /** Behind this version every durable reader has read. */
  readonly durable: Version;
  /** Tries of entries whose message threw. */
  readonly tries: ReadonlyMap<string, number>;
}

export interface PartitionActor {
  /** Reads what the entries need that is not in memory; undefined when nothing is missing. Throws `bus.unavailable`. */
  prepare(entries: readonly Entry[], nowMs: number): Promise<void> | undefined;
  /** Steps through entries, due timers and what the owner itself has to say, and applies the changes to its memory. */
  plan(batch: Batch, entries: readonly Entry[], moment: Moment): void;
  /** The commit of a batch was applied: what it wants sent to other partitions may go. */
  applied(batch: Batch, nowMs: number): void;
  /** When it has something to do without a message, ms of the bus. */
  readonly nextMs: number;
  /** Looks at what waits; may take a round trip. What it finds is part of the next plan. */
  watch(nowMs: number): Promise<void>;
}

export type Build = (lease: Lease) => Promise<PartitionActor & { readonly number: number }>;
