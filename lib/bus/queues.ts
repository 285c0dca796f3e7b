/**
 * Queues carry parcels of task runs to workers: one queue per worker group. Transport only: a parcel delivered twice starts
 * nothing that is claimed, and one that vanishes is found by asking again.
 */
import type { Asking } from '../model/letter.ts';
import type { ContentHash } from '../model/partition.ts';

export const DEFAULT_GROUP = 'default';
export const PARCEL_ITEMS_MAX = 50;

/** A task run to be done, by reference: no payloads, no secrets. */
export interface Item {
  readonly ref: string;
  readonly delivery: string;
  readonly hash: ContentHash;
  readonly taskId: string;
  /** The incarnation of the execution: cached copies of other ones are stale. */
  readonly incarnation: number;
  /** Document fields that its expressions can reach, besides `start`: `head`, `t:<id>`. */
  readonly reads: readonly string[];
  /** The version at which these are at least as new as the task may see. */
  readonly version: string;
  /** The iteration around it, innermost first. */
  readonly parents: readonly ItemParent[];
  /** Of the task run itself. */
  readonly value?: string;
  readonly iteration?: number;
  readonly startedAtMs: number;
  /** Of a type that is known to take only milliseconds: claimed without telling its owner. */
  readonly short?: boolean;
  /** From the second delivery on it travels alone, and runs in a process of its own. */
  readonly alone?: boolean;
  /** What its worker may go on with, one after the other, as long as all goes well. */
  readonly sequels?: readonly Sequel[];
}

/** A task run that does not exist yet: it begins when a worker claims it with the end of the one before. */
export interface Sequel {
  readonly taskRunId: string;
  readonly taskId: string;
  readonly type: string;
  /** As those of an item; fields of the item's task run, and of the sequels before this one, are the worker's to fill in. */
  readonly reads: readonly string[];
}

export interface ItemParent {
  readonly taskRunId: string;
  readonly taskId: string;
  readonly value?: string;
  readonly iteration?: number;
  /** It has outputs, which are a field of its execution. */
  readonly gives?: true;
}

export interface Parcel {
  /** The job's id: no `:`, never only digits. Adding a name that is still queued changes nothing. */
  readonly name: string;
  readonly items: readonly Item[];
  /** Questions of a step, to be answered by a message to the partition of their execution. `items` is empty then. */
  readonly asking?: Asking;
  /** It has waited its time before, here or in a worker that was lost: it goes before all others. */
  readonly first?: boolean;
}

export interface Queues {
  add(group: string, parcels: readonly Parcel[]): Promise<void>;
  /** Which of these parcels still wait, or are in a live worker's hands. */
  present(group: string, names: readonly string[]): Promise<readonly boolean[]>;
  waiting(group: string): Promise<number>;
  /**
   * Calls `handle` for each parcel, up to `concurrency` at once, until closed. A parcel is gone from the queue when `handle`
   * returns or throws. The adapter watches progress: parcels that wait while it is free, and none taken for 10 s, rebuild it.
   */
  serve(
    group: string,
    options: { readonly concurrency: number },
    handle: (parcel: Parcel) => Promise<void>,
  ): QueueServer;
}

export interface QueueServer {
  ready(): Promise<void>;
  /** Takes no more; those in hand go on. */
  pause(): Promise<void>;
  /** Waits for those in hand, up to `deadlineMs`. */
  close(deadlineMs: number): Promise<void>;
}
