/**
 * Log lines, and beside them what tasks measured: workers append batches to the stream of their execution's partition;
 * indexer and pages read with cursors.
 */
import type { LogLine } from '../model/log-line.ts';
import type { MetricEntry } from '../model/metric.ts';
import type { Partition } from '../model/partition.ts';

/** What is appended at once of one execution. */
export interface Lined {
  readonly executionId: string;
  readonly lines: readonly LogLine[];
  /** Absent where there are none. */
  readonly metrics?: readonly MetricEntry[];
}

export interface LineBatch extends Lined {
  /** The stream's id: the cursor. */
  readonly id: string;
}

export interface Lines {
  /** One batch per execution. */
  append(partition: Partition, batches: readonly Lined[]): Promise<void>;
  /** Batches behind each cursor (`0` the oldest, `$` only what comes next), optionally of one execution only. */
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
  /** Everything up to the cursors is in the repository and may go. */
  trim(until: ReadonlyMap<Partition, string>): Promise<void>;
}
