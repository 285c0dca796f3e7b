/** The names of the cursors that are stored with the rows: how far a partition's feed and its log lines have been copied. */
import type { Partition } from '../model/partition.ts';

export const feedCursor = (partition: Partition): string => `feed:${partition}`;
export const linesCursor = (partition: Partition): string => `lines:${partition}`;
