/**
 * Log lines, and beside them what tasks have measured: workers append both to the stream of their execution's partition;
 * indexer and pages read with cursors.
 */
import type { LogLine } from '../model/log-line.ts';
import type { Measured } from '../model/metric.ts';
import type { Partition } from '../model/partition.ts';

/** What is appended at once of one execution. */
export interface Lined {
  readonly executionId: string;
  readonly lines: readonly LogLine[];
}

/** What an entry of the stream holds: lines of one execution, or what runs of any executions have measured. */
export type LineEntry = Lined | { readonly measured: readonly Measured[] };

/** `id` is the stream's: the cursor. */
export type LineBatch = LineEntry & { readonly id: string };

export interface Lines {
  /** One batch per execution. */
  append(partition: Partition, batches: readonly Lined[]): Promise<void>;
  measure(partition: Partition, measured: readonly Measured[]): Promise<void>;
  /** Batches behind each cursor (`0` the oldest, `$` only what comes next), optionally of some executions only. */
  read(
    since: ReadonlyMap<Partition, string>,
    options: {
      readonly count: number;
      readonly blockMs: number;
      /** Looked at when entries have come, so that it may change while the read waits. */
      readonly executions?: Pick<ReadonlySet<string>, 'has'>;
      readonly signal?: AbortSignal;
    },
  ): Promise<{
    readonly batches: ReadonlyMap<Partition, readonly LineBatch[]>;
    readonly cursors: ReadonlyMap<Partition, string>;
  }>;
  /** Lines of one execution that are still in the stream, in its order. Throws `bus.unavailable`. */
  backlog(partition: Partition, executionId: string): Promise<readonly LogLine[]>;
  /** The cursors behind which there is nothing yet. Throws `bus.unavailable`. */
  newest(partitions: readonly Partition[]): Promise<ReadonlyMap<Partition, string>>;
  /** Everything up to the cursors is in the repository and may go. */
  trim(until: ReadonlyMap<Partition, string>): Promise<void>;
}
