/** Copies log lines and metrics of all partitions: as feeds, without folding. Their ids make twice once. */
import type { LineBatch } from '../../lib/bus/lines.ts';
import { counter } from '../../lib/metrics.ts';
import type { LogLine } from '../../lib/model/log-line.ts';
import { type MetricEntry, metricEntries } from '../../lib/model/metric.ts';
import type { Partition } from '../../lib/model/partition.ts';
import { linesCursor } from '../../lib/repository/cursor.ts';
import type { Copying } from './copy-feeds.ts';
import { blockMsAfter, type Insistence, insist } from './insist.ts';

const GATHER_MS = 40;
/** Under load a transaction costs less the more it holds: so much longer for each line of the batch before, and never beyond. */
const GATHER_MS_PER_LINE = 0.2;
const GATHER_MS_MAX = 500;
/** Batches of a partition in one read; halved while reads come out larger than READ_LINES_MAX. */
const COUNT_MAX = 64;
const READ_LINES_MAX = 10_000;
/** A transaction holds the thread: about 10 ms with so many lines. */
const WRITE_LINES = 2_000;

export class LineCopy {
  readonly #copying: Copying;
  readonly #insistence: Insistence;
  readonly #lines = counter('indexer_lines_total', 'Log lines copied into the repository');
  #count = COUNT_MAX;

  constructor(copying: Copying, state: Insistence['state']) {
    this.#copying = copying;
    this.#insistence = { ...copying, state };
  }

  async run(): Promise<void> {
    const { bus, clock, progress, signal } = this.#copying;
    while (!signal.aborted) {
      const read = await insist(this.#insistence, 'reading log lines', () =>
        bus.lines.read(progress.lines, { count: this.#count, blockMs: blockMsAfter(this.#insistence), signal }),
      );
      if (!read || read.batches.size === 0) continue;
      const count = await this.#write(read.batches);
      this.#count = count > READ_LINES_MAX ? Math.max(1, this.#count >> 1) : Math.min(COUNT_MAX, this.#count * 2);
      await clock.sleep(Math.min(GATHER_MS + GATHER_MS_PER_LINE * count, GATHER_MS_MAX), signal);
    }
  }

  /** Batch by batch: a cursor may stand in the middle of what was read of a partition. */
  async #write(read: ReadonlyMap<Partition, readonly LineBatch[]>): Promise<number> {
    let part = emptyPart();
    let count = 0;
    for (const [partition, batches] of read)
      for (const batch of batches) {
        if ('lines' in batch) part.lines.push(...batch.lines);
        else for (const measured of batch.measured) part.metrics.push(...metricEntries(measured));
        part.cursors.set(partition, batch.id);
        if (part.lines.length + part.metrics.length < WRITE_LINES) continue;
        count += part.lines.length + part.metrics.length;
        if (!(await this.#commit(part))) return count;
        part = emptyPart();
      }
    if (part.cursors.size > 0) await this.#commit(part);
    return count + part.lines.length + part.metrics.length;
  }

  async #commit({ lines, metrics, cursors }: Part): Promise<boolean> {
    const { progress, repository } = this.#copying;
    const named = new Map([...cursors].map(([partition, id]) => [linesCursor(partition), id]));
    const batch = { executions: [], flows: [], lines, metrics, cursors: named };
    const done = await insist(this.#insistence, 'writing log lines', () => repository.write(batch).then(() => true));
    if (!done) return false;
    progress.linesAt(cursors);
    this.#lines.inc(lines.length);
    return true;
  }
}

interface Part {
  readonly lines: LogLine[];
  readonly metrics: MetricEntry[];
  readonly cursors: Map<Partition, string>;
}

const emptyPart = (): Part => ({ lines: [], metrics: [], cursors: new Map() });
