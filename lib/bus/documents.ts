/** Reading what the owners have written: executions (`start`, `head`, `t:<task run>`), flows (`head`, `r:<revision>`). */
import type { ContentHash, Partition } from '../model/partition.ts';

export interface Documents {
  /** All fields, or undefined. */
  read(partition: Partition, id: string): Promise<ReadonlyMap<string, string> | undefined>;
  /** Some fields, in the order asked; undefined where absent. */
  fields(partition: Partition, id: string, fields: readonly string[]): Promise<readonly (string | undefined)[]>;
  ids(partition: Partition): Promise<readonly string[]>;
  tombstone(partition: Partition, id: string): Promise<string | undefined>;
  tombstones(partition: Partition): Promise<readonly (readonly [id: string, json: string])[]>;
  /** The source of a flow in use by an execution of the partition. */
  definition(partition: Partition, hash: ContentHash): Promise<string | undefined>;
  /** Dead letters, newest first. */
  deadLetters(partition: Partition, limit: number): Promise<readonly string[]>;
  countDeadLetters(partition: Partition): Promise<number>;
}
