/** One blocking read of log streams per process, for all who follow one: batches go to the followers of their execution. */
import type { Bus } from '../../../lib/bus/bus.ts';
import { textOf } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/log.ts';
import type { LogLine } from '../../../lib/model/log-line.ts';
import { executionPartition, type Partition } from '../../../lib/model/partition.ts';

const READ_BATCHES = 500;
const BLOCK_MS = 5_000;
const BACK_OFF_MS = 250;
const FIRST = '0';

export type LineListener = (lines: readonly LogLine[]) => void;

export class LineHub {
  readonly #bus: Bus;
  readonly #log: Log;
  readonly #listeners = new Map<string, Set<LineListener>>();
  readonly #cursors = new Map<Partition, string>();
  #round = new AbortController();
  #running = true;
  #loop: Promise<void> | undefined;

  constructor(bus: Bus, log: Log) {
    this.#bus = bus;
    this.#log = log;
  }

  /** Lines that come from now on; those of the stream so far are `backlog`'s. Returns what ends it. */
  listen(executionId: string, listener: LineListener): () => void {
    const partition = executionPartition(executionId, this.#bus.partitions);
    const listeners = this.#listeners.get(executionId) ?? new Set();
    this.#listeners.set(executionId, listeners);
    listeners.add(listener);
    if (!this.#cursors.has(partition)) {
      // What came before is read as well, by the backlog: a line that comes twice is one line, by its id.
      this.#cursors.set(partition, FIRST);
      this.#round.abort();
    }
    this.#loop ??= this.#read();
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(executionId);
    };
  }

  /** Lines of the execution that are still in the stream. Throws `bus.unavailable`. */
  async backlog(executionId: string): Promise<readonly LogLine[]> {
    const partition = executionPartition(executionId, this.#bus.partitions);
    const lines: LogLine[] = [];
    for (let since: ReadonlyMap<Partition, string> = new Map([[partition, FIRST]]); ; ) {
      const { batches, cursors } = await this.#bus.lines.read(since, {
        count: READ_BATCHES,
        blockMs: 0,
        executions: new Set([executionId]),
      });
      if (!batches.has(partition)) return lines;
      for (const batch of batches.get(partition)!) lines.push(...batch.lines);
      since = cursors;
    }
  }

  async close(): Promise<void> {
    this.#running = false;
    this.#round.abort();
    await this.#loop;
  }

  async #read(): Promise<void> {
    while (this.#running) {
      this.#round = new AbortController();
      this.#dropIdle();
      try {
        if (this.#cursors.size === 0) {
          await this.#idle();
          continue;
        }
        const { batches, cursors } = await this.#bus.lines.read(this.#cursors, {
          count: READ_BATCHES,
          blockMs: BLOCK_MS,
          executions: this.#listeners,
          signal: this.#round.signal,
        });
        for (const [partition, cursor] of cursors)
          if (this.#cursors.has(partition)) this.#cursors.set(partition, cursor);
        for (const some of batches.values())
          for (const { executionId, lines } of some)
            for (const listener of this.#listeners.get(executionId) ?? []) listener(lines);
      } catch (error) {
        this.#log.debug({ reason: textOf(error) }, 'log streams wait for Redis');
        await new Promise((resolve) => setTimeout(resolve, BACK_OFF_MS));
      }
    }
  }

  #dropIdle(): void {
    const wanted = new Set([...this.#listeners.keys()].map((id) => executionPartition(id, this.#bus.partitions)));
    for (const partition of this.#cursors.keys()) if (!wanted.has(partition)) this.#cursors.delete(partition);
  }

  /** Until somebody listens. */
  #idle(): Promise<void> {
    const { signal } = this.#round;
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }
}
