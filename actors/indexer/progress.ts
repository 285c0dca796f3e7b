/**
 * How far the copy is: the cursors of feeds and lines. They are stored with the rows they stand for (in one transaction) and
 * told to the bus afterwards, seldom: behind what is told, the bus forgets.
 */
import type { Bus } from '../../lib/bus/bus.ts';
import { textOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { allPartitions, type Partition } from '../../lib/model/partition.ts';
import { NO_VERSION, type Version } from '../../lib/model/version.ts';
import { feedCursor, linesCursor } from '../../lib/repository/cursor.ts';

const TELL_MS = 300;
const TELL_AGAIN_MS = 2_000;
/** Lines stay in their stream for at least this long after they were copied: who follows them reads them there. */
const LINES_KEPT_MS = 1_000;
export const READER = 'indexer';
const OLDEST_LINE = '0';

export class Progress {
  readonly feeds: Map<Partition, Version>;
  readonly lines: Map<Partition, string>;
  readonly #bus: Bus;
  readonly #log: Log;
  readonly #feedsMoved = new Set<Partition>();
  readonly #linesMoved = new Set<Partition>();
  /** How far lines had been copied when they were last trimmed: what may go the next time. */
  #linesAged = new Map<Partition, string>();
  #timer: NodeJS.Timeout | undefined;
  #trimTimer: NodeJS.Timeout | undefined;
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
    this.#trimLater();
  }

  /** Tells what is untold; once, whatever comes of it: the next indexer tells it again. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    clearTimeout(this.#trimTimer);
    await this.#telling;
    await this.#tell();
    await this.#trim();
    await this.#trim();
    clearTimeout(this.#timer);
    clearTimeout(this.#trimTimer);
  }

  #tellIn(ms: number): void {
    if (this.#feedsMoved.size === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#telling = this.#tell();
    }, ms);
  }

  async #tell(): Promise<void> {
    const feeds = new Map([...this.#feedsMoved].map((partition) => [partition, this.feeds.get(partition)!]));
    this.#feedsMoved.clear();
    try {
      if (feeds.size > 0) await this.#bus.feeds.publishCursor(READER, feeds);
    } catch (error) {
      this.#log.debug({ reason: textOf(error) }, 'cursors could not be told');
      for (const partition of feeds.keys()) this.#feedsMoved.add(partition);
      this.#tellIn(TELL_AGAIN_MS);
    }
  }

  #trimLater(): void {
    if (this.#linesMoved.size + this.#linesAged.size === 0) return;
    this.#trimTimer ??= setTimeout(() => {
      this.#trimTimer = undefined;
      this.#telling = this.#telling.then(() => this.#trim());
    }, LINES_KEPT_MS);
  }

  async #trim(): Promise<void> {
    const aged = this.#linesAged;
    this.#linesAged = new Map([...this.#linesMoved].map((partition) => [partition, this.lines.get(partition)!]));
    this.#linesMoved.clear();
    try {
      if (aged.size > 0) await this.#bus.lines.trim(aged);
    } catch (error) {
      this.#log.debug({ reason: textOf(error) }, 'log lines could not be trimmed');
      for (const partition of aged.keys()) this.#linesMoved.add(partition);
    }
    this.#trimLater();
  }
}
