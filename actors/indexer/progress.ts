/**
 * How far the copy is: the cursors of feeds and lines. They are stored with the rows they stand for (in one transaction) and
 * told to the bus afterwards, seldom: behind what is told, the bus forgets.
 */
import type { Bus } from '../../lib/bus/bus.ts';
import { textOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { allPartitions, type Partition } from '../../lib/model/partition.ts';
import { NO_VERSION, type Version } from '../../lib/model/version.ts';

const TELL_MS = 300;
const TELL_AGAIN_MS = 2_000;
export const READER = 'indexer';
const OLDEST_LINE = '0';

export const feedCursor = (partition: Partition): string => `feed:${partition}`;
export const linesCursor = (partition: Partition): string => `lines:${partition}`;

export class Progress {
  readonly feeds: Map<Partition, Version>;
  readonly lines: Map<Partition, string>;
  readonly #bus: Bus;
  readonly #log: Log;
  readonly #feedsMoved = new Set<Partition>();
  readonly #linesMoved = new Set<Partition>();
  #timer: NodeJS.Timeout | undefined;
  #telling: Promise<void> = Promise.resolve();

  constructor(parts: { readonly bus: Bus; readonly log: Log }, stored: ReadonlyMap<string, string>) {
    this.#bus = parts.bus;
    this.#log = parts.log;
    const executions = allPartitions('x', parts.bus.partitions);
    const all = [...executions, ...allPartitions('f', parts.bus.partitions)];
    this.feeds = new Map(all.map((partition) => [partition, stored.get(feedCursor(partition)) ?? NO_VERSION]));
    this.lines = new Map(executions.map((partition) => [partition, stored.get(linesCursor(partition)) ?? OLDEST_LINE]));
  }

  feedsAt(cursors: ReadonlyMap<Partition, Version>): void {
    for (const [partition, version] of cursors) {
      this.feeds.set(partition, version);
      this.#feedsMoved.add(partition);
    }
    this.#tellIn(TELL_MS);
  }

  linesAt(cursors: ReadonlyMap<Partition, string>): void {
    for (const [partition, id] of cursors) {
      this.lines.set(partition, id);
      this.#linesMoved.add(partition);
    }
    this.#tellIn(TELL_MS);
  }

  /** Tells what is untold; once, whatever comes of it: the next indexer tells it again. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#telling;
    await this.#tell();
    clearTimeout(this.#timer);
  }

  #tellIn(ms: number): void {
    if (this.#feedsMoved.size + this.#linesMoved.size === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#telling = this.#tell();
    }, ms);
  }

  async #tell(): Promise<void> {
    const feeds = new Map([...this.#feedsMoved].map((partition) => [partition, this.feeds.get(partition)!]));
    const lines = new Map([...this.#linesMoved].map((partition) => [partition, this.lines.get(partition)!]));
    this.#feedsMoved.clear();
    this.#linesMoved.clear();
    try {
      if (feeds.size > 0) await this.#bus.feeds.publishCursor(READER, feeds);
      if (lines.size > 0) await this.#bus.lines.trim(lines);
    } catch (error) {
      this.#log.debug({ reason: textOf(error) }, 'cursors could not be told');
      for (const partition of feeds.keys()) this.#feedsMoved.add(partition);
      for (const partition of lines.keys()) this.#linesMoved.add(partition);
      this.#tellIn(TELL_AGAIN_MS);
    }
  }
}
