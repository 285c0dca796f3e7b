/**
 * The feed: every committed change is an event, in the order of commits of a partition. Read with cursors; a reader sees a
 * step back (a failover) as a version below its cursor, and a gap where entries were trimmed.
 */
import type { Partition } from '../model/partition.ts';
import type { Version } from '../model/version.ts';

export interface FeedEntry {
  readonly version: Version;
  /** (document id, event as JSON), unparsed: readers parse what they want. */
  readonly events: readonly (readonly [id: string, json: string])[];
}

/** The event of an execution: what changed in one commit. `taskRuns` are whole task runs, as JSON in `json`. */
export interface ExecutionEvent {
  /** At the start and after a restart. */
  readonly start?: import('../model/execution.ts').ExecutionStart;
  readonly head?: import('../model/execution.ts').ExecutionHead;
  readonly taskRuns?: readonly import('../model/execution.ts').TaskRun[];
}

/** The event of a flow's actor. */
export interface FlowEvent {
  readonly request: string;
  readonly outcome: 'saved' | 'unchanged' | 'deleted' | 'exists' | 'unknown';
  readonly revision?: number;
  readonly tenant: string;
  readonly namespace: string;
  readonly id: string;
  readonly source?: string;
  readonly atMs: number;
}

export interface Feeds {
  /**
   * Entries behind each cursor, up to `count` a partition; waits up to `blockMs` when there is none. `since` NO_VERSION reads
   * from the oldest.
   */
  read(
    since: ReadonlyMap<Partition, Version>,
    options: { readonly count: number; readonly blockMs: number; readonly signal?: AbortSignal },
  ): Promise<ReadonlyMap<Partition, readonly FeedEntry[]>>;
  /** The newest version of each partition: where a reader that wants only what comes next begins. NO_VERSION where empty. */
  newest(partitions: readonly Partition[]): Promise<ReadonlyMap<Partition, Version>>;
  /** A durable reader (the indexer) publishes how far it is: behind it feeds are trimmed and ended executions leave. */
  publishCursor(reader: string, cursors: ReadonlyMap<Partition, Version>): Promise<void>;
  /** The slowest durable reader of each partition; NO_VERSION where none has published. */
  durable(partitions: readonly Partition[]): Promise<ReadonlyMap<Partition, Version>>;
}
