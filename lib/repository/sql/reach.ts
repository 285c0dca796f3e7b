/** How far a search looks, see `narrow.ts`: what takes a hundred milliseconds on a small machine. */
import { TOTAL_MAX } from '../repository.ts';

export interface Reach {
  /** Rows that are looked at one by one, wherever they are. */
  readonly rows: number;
  /** Entries of an index that holds what is asked for besides. */
  readonly entries: number;
  /** Of these so many in the order of time, before a list for eyes ends; and so many where each needs a look at its row. */
  readonly scannedEntries: number;
  readonly scannedRows: number;
}

export const REACH: Reach = { rows: TOTAL_MAX, entries: 50_000, scannedEntries: 200_000, scannedRows: 50_000 };
