/** A task run in this worker's hands: from its claim until the owner has applied its end. */
import type { Item, Sequel } from '../../lib/bus/queues.ts';
import { parseAttemptRef } from '../../lib/model/execution.ts';
import { executionPartition, type Partition } from '../../lib/model/partition.ts';
import type { AbortCause, ExecutionPart, Result } from './channel.ts';

/** As it is in Redis; the start is JSON. */
export interface FetchedPart extends ExecutionPart {
  readonly start: string;
  /** As `startName` has it. */
  readonly name: string;
}

export interface Job {
  /** Of this process, from 1. */
  readonly serial: number;
  /** As a runner needs it. */
  readonly item: Omit<Item, 'sequels'>;
  /** What may follow it here. */
  readonly sequels: readonly Sequel[];
  readonly ref: string;
  readonly delivery: string;
  /** Of the claim: no other claim ever had it. */
  readonly token: string;
  /** See ClaimRequest. */
  readonly untold: boolean;
  readonly partition: Partition;
  readonly executionId: string;
  readonly taskRunId: string;
  readonly attempt: number;
  phase: 'claiming' | 'running' | 'answered' | 'closed' | 'gone';
  /** When the gate was last asked about the claim, monotonic. */
  askedAtMs: number;
  /** When the phase began, monotonic. */
  sinceMs: number;
  /** When the gate last said that the claim is void, monotonic. */
  revokedAtMs?: number;
  /** What a runner needs besides the item. */
  part?: FetchedPart;
  flow?: string;
  /** The end, if its runner dies: it was ended by us. */
  ending?: Pick<Result, 'state' | 'reason'>;
  timer?: NodeJS.Timeout;
  /** The running number of the last line that was seen. */
  lines: number;
  batch?: Batch;
  place?: Place;
  /** Told to end because the worker stops: it is handed to another one. */
  stopping?: boolean;
  result?: Result;
  sentAtMs: number;
  /** What goes on behind it, until the gate has answered. */
  next?: Job;
}

/** Jobs that hold one seat together. */
export interface Batch {
  /** How many of them are not over. */
  left: number;
  readonly over: () => void;
}

/** Where it runs. */
export interface Place {
  run(jobs: readonly Job[]): void;
  abort(job: Job, cause: AbortCause): void;
}

export interface JobSource {
  of(item: Item): Job;
  /** What follows a job of the same execution; `item` is that of the first sequel. */
  after(job: Job, item: Job['item']): Job;
}

const NONE: readonly never[] = [];

export function jobSource(partitions: number, nonce: string, now: () => number): JobSource {
  let serial = 0;
  const jobOf = (item: Job['item'], named: Named): Job => {
    serial++;
    const nowMs = now();
    return {
      serial,
      item,
      ref: item.ref,
      delivery: item.delivery,
      token: `${nonce}${serial.toString(36)}`,
      untold: item.short === true,
      ...named,
      phase: 'claiming',
      askedAtMs: nowMs,
      sinceMs: nowMs,
      lines: 0,
      sentAtMs: 0,
    };
  };
  return {
    of: ({ sequels = NONE, ...item }) => {
      const place = parseAttemptRef(item.ref);
      return jobOf(item, { ...place, partition: executionPartition(place.executionId, partitions), sequels });
    },
    after: ({ partition, executionId, sequels }, item) => {
      const [{ taskRunId }, ...others] = sequels as readonly [Sequel, ...Sequel[]];
      return jobOf(item, { partition, executionId, taskRunId, attempt: 1, sequels: others });
    },
  };
}

type Named = Pick<Job, 'partition' | 'executionId' | 'taskRunId' | 'attempt' | 'sequels'>;

export function byPartition(jobs: readonly Job[]): Map<Partition, Job[]> {
  const partitions = new Map<Partition, Job[]>();
  for (const job of jobs) {
    const together = partitions.get(job.partition);
    if (together) together.push(job);
    else partitions.set(job.partition, [job]);
  }
  return partitions;
}
