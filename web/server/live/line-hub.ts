/**
 * One blocking read of log streams per process, for all who follow one: batches go to the followers of their execution.
 * Whoever may have missed some (Redis was away, or this process stood still while the indexer moved them on) is told so.
 */
import type { Bus } from '../../../lib/bus/bus.ts';
import { textOf } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/log.ts';
import { gauge } from '../../../lib/metrics.ts';
import type { LogLine } from '../../../lib/model/log-line.ts';
import { executionPartition, type Partition } from '../../../lib/model/partition.ts';
import { Gathering } from './gathering.ts';
import { Standstill } from './standstill.ts';

/** A batch may be half a megabyte. */
const READ_BATCHES = 20;
const BLOCK_MS = 5_000;
const BACK_OFF_MS = 250;
/** The indexer leaves lines in their stream for longer than this after it has copied them. */
const STANDSTILL_MS = 500;
const FIRST = '0';
const listening = gauge('web_listeners', 'Followers of logs');

export interface LineListener {
  onLines(lines: readonly LogLine[]): void;
  onGap(): void;
}

export class LineHub {
  readonly #bus: Bus;
  readonly #log: Log;
  readonly #listeners = new Map<string, Set<LineListener>>();
  readonly #cursors = new Map<Partition, string>();
  readonly #backlogs = new Gathering<readonly LogLine[]>();
  readonly #standstill = new Standstill();
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
    listening.inc();
    if (!this.#cursors.has(partition)) {
      // What came before is read as well, by the backlog: a line that comes twice is one line, by its id.
      this.#cursors.set(partition, FIRST);
      this.#round.abort();
    }
    this.#loop ??= this.#read();
    return () => {
      if (!listeners.delete(listener)) return;
      listening.dec();
      if (listeners.size === 0 && this.#listeners.get(executionId) === listeners) this.#listeners.delete(executionId);
    };
  }

  /**
   * Lines of the execution that are still in the stream, in an array that others who ask have too. Throws `bus.unavailable`.
   */
  backlog(executionId: string): Promise<readonly LogLine[]> {
    const partition = executionPartition(executionId, this.#bus.partitions);
    return this.#backlogs.of(executionId, () => this.#bus.lines.backlog(partition, executionId));
  }

  async close(): Promise<void> {
    this.#running = false;
    this.#standstill.close();
    this.#round.abort();
    await this.#loop;
  }

  async #read(): Promise<void> {
    for (let missed = false; this.#running; ) {
      this.#round = new AbortController();
      this.#dropIdle();
      if (this.#cursors.size === 0) {
        await this.#idle();
        continue;
      }
      try {
        await this.#readOnce();
        if (missed || this.#standstill.longest() > STANDSTILL_MS) this.#tellGap();
        missed = false;
      } catch (error) {
        missed = true;
        this.#log.debug({ reason: textOf(error) }, 'log streams wait for Redis');
        await new Promise((resolve) => setTimeout(resolve, BACK_OFF_MS));
      }
    }
  }

  async #readOnce(): Promise<void> {
    // A copy: who begins to listen while it waits is read by the next one.
    const { batches, cursors } = await this.#bus.lines.read(new Map(this.#cursors), {
      count: READ_BATCHES,
      blockMs: BLOCK_MS,
      executions: this.#listeners,
      signal: this.#round.signal,
    });
    for (const [partition, cursor] of cursors) if (this.#cursors.has(partition)) this.#cursors.set(partition, cursor);
    for (const batch of [...batches.values()].flat())
      if ('lines' in batch)
        for (const listener of this.#listeners.get(batch.executionId) ?? []) listener.onLines(batch.lines);
  }

  #tellGap(): void {
    for (const listeners of this.#listeners.values()) for (const listener of listeners) listener.onGap();
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
