/**
 * Looks, now and then, whether the copy can and does go on: a feed whose newest entry is below our cursor was rolled back
 * or wiped (a blocking read would wait there for ever), and a copy that is behind must move.
 */

import { textOf } from '../../lib/errors.ts';
import { gauge } from '../../lib/metrics.ts';
import type { Partition } from '../../lib/model/partition.ts';
import { partsOf } from '../../lib/model/version.ts';
import type { Copying, FeedCopy } from './copy-feeds.ts';

const LOOK_MS = 10_000;

export class Watch {
  readonly #copying: Copying;
  readonly #feeds: FeedCopy;
  readonly #lag = gauge('indexer_lag_commits', 'Commits that the repository is behind the feeds');
  /** Behind at the last look, with the cursors then. */
  #behind = new Map<Partition, string>();
  trouble: string | undefined;

  constructor(copying: Copying, feeds: FeedCopy) {
    this.#copying = copying;
    this.#feeds = feeds;
  }

  async run(): Promise<void> {
    const { clock, log, signal } = this.#copying;
    for (;;) {
      await clock.sleep(LOOK_MS, signal);
      if (signal.aborted) return;
      try {
        this.#feeds.broke(await this.broken());
      } catch (error) {
        // The copy itself insists and tells.
        log.debug({ reason: textOf(error) }, 'feeds could not be looked at');
      }
    }
  }

  /**
   * Partitions whose feed ends below our cursor; and, asked at the start, those that told the bus more than the repository
   * knows: it was put back, and what it lacks may be trimmed.
   */
  async broken(durable?: 'durable'): Promise<readonly Partition[]> {
    const { bus, progress } = this.#copying;
    const partitions = [...progress.feeds.keys()];
    const before = new Map(progress.feeds);
    const told = durable ? await bus.feeds.durable(partitions) : undefined;
    const newest = await bus.feeds.newest(partitions);
    let lag = 0;
    const behind = new Map<Partition, string>();
    const found = partitions.filter((partition) => {
      const [cursor, last] = [before.get(partition)!, newest.get(partition)!];
      if (last > cursor) {
        lag += Math.max(1, partsOf(last).number - partsOf(cursor).number);
        behind.set(partition, cursor);
      }
      return last < cursor || (told?.get(partition) ?? '') > cursor;
    });
    this.#lag.set(lag);
    const stuck = [...behind].filter(([partition, cursor]) => this.#behind.get(partition) === cursor);
    this.trouble = stuck.length > 0 ? `${stuck.length} partitions are behind and do not move` : undefined;
    this.#behind = behind;
    return found;
  }
}
