/**
 * The feed: every committed change is an event, in the order of commits of a partition. Read with cursors; a reader sees a
 * step back (a failover) as a version below its cursor, and a gap where entries were trimmed.
 *
 * The event of an execution names the fields of its document that the commit has changed, parted by spaces; `-t:x` is one that
 * went. It does not repeat them: a reader fetches what it wants, once for however many events it has gathered. What it gets may
 * be newer than the event; histories only grow, so nothing is missed. A document stays until every durable reader is behind
 * its end. `+` as the last says that it goes on by the head that is named: whoever waits for its end need not look. `-` as the
 * first says that the execution is deleted; words behind it name what is kept of it: `logs`, `metrics`.
 */
import type { Partition } from '../model/partition.ts';
import type { Version } from '../model/version.ts';

export interface FeedEntry {
  readonly version: Version;
  /** (document id, event): names of fields for an execution, JSON for a flow. */
  readonly events: readonly (readonly [id: string, json: string])[];
}

export const GONE = '-';
export const GOES_ON = '+';

/** Whether an execution goes on by the head that its event names. */
export const goesOn = (event: string): boolean => event.endsWith(GOES_ON);

/** The words of an execution's event: fields, those that went, what is deleted. */
export const wordsOf = (event: string): readonly string[] =>
  (goesOn(event) ? event.slice(0, -GOES_ON.length).trimEnd() : event).split(' ');

/** The event of a flow's actor, as JSON: it answers a request. */
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
