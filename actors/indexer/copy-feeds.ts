/**
 * Copies the feeds of all partitions: waits for entries, gathers what comes within a moment (an execution's many small
 * commits fold into one row), writes rows and cursors in one transaction. A partition whose history broke is healed first.
 */

import { setImmediate as breathe } from 'node:timers/promises';
import type { Bus } from '../../lib/bus/bus.ts';
import type { FeedEntry } from '../../lib/bus/feed.ts';
import type { Clock } from '../../lib/clock.ts';
import { textOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { counter, histogram } from '../../lib/metrics.ts';
import type { Partition } from '../../lib/model/partition.ts';
import { partsOf, type Version } from '../../lib/model/version.ts';
import type { ExecutionRow, FlowRow, Repository } from '../../lib/repository/repository.ts';
import { foldExecutions, foldFlows } from './fold.ts';
import { heal } from './heal.ts';
import { blockMsAfter, type Insistence, insist } from './insist.ts';
import { feedCursor, type Progress } from './progress.ts';

const GATHER_MS = 40;
/** Entries of a partition in one read; halved while reads come out larger than READ_CHARS_MAX. */
const COUNT_MAX = 64;
const READ_CHARS_MAX = 4 * 1024 * 1024;
/** A transaction holds the thread: about 10 ms with so many task runs. */
const WRITE_TASK_RUNS = 2_000;

export interface Copying {
  readonly bus: Bus;
  readonly repository: Repository;
  readonly progress: Progress;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

type Entries = ReadonlyMap<Partition, readonly FeedEntry[]>;
type Cursors = ReadonlyMap<Partition, Version>;

export class FeedCopy {
  readonly #copying: Copying;
  readonly #insistence: Insistence;
  readonly #broken = new Set<Partition>();
  readonly #events = counter('indexer_events_total', 'Events of feeds copied into the repository');
  readonly #seconds = histogram(
    'indexer_write_seconds',
    'How long a batch took to write',
    [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3],
  );
  readonly #unreadable = counter('indexer_unreadable_total', 'Events that could not be read and were left out');
  readonly #healed = counter('indexer_healed_total', 'Partitions read anew because their feed did not continue');
  #count = COUNT_MAX;

  constructor(copying: Copying, state: Insistence['state']) {
    this.#copying = copying;
    this.#insistence = { ...copying, state };
  }

  /** Partitions to heal before their next entries are read. */
  broke(partitions: Iterable<Partition>): void {
    for (const partition of partitions) this.#broken.add(partition);
  }

  async run(): Promise<void> {
    const { signal, progress } = this.#copying;
    while (!signal.aborted) {
      if (this.#broken.size > 0) await this.#heal();
      const read = await insist(this.#insistence, 'reading feeds', () => this.#read(progress.feeds));
      if (read) await this.#write(read);
    }
  }

  async #heal(): Promise<void> {
    const partitions = [...this.#broken];
    const cursors = await insist(this.#insistence, 'healing', () => heal(this.#copying, partitions));
    if (!cursors) return;
    this.#copying.progress.feedsAt(cursors);
    this.#healed.inc(cursors.size);
    for (const partition of cursors.keys()) this.#broken.delete(partition);
  }

  async #read(since: Cursors): Promise<Entries> {
    const { bus, clock, signal } = this.#copying;
    const blockMs = blockMsAfter(this.#insistence);
    const first = await bus.feeds.read(since, { count: this.#count, blockMs, signal });
    // Nothing more to gather where the wait is over, or where a partition alone has more than was asked for.
    if (first.size === 0 || signal.aborted || first.values().some(({ length }) => length >= this.#count))
      return this.#fit(first);
    await clock.sleep(GATHER_MS, signal);
    const behind = new Map(since);
    for (const [partition, entries] of first) behind.set(partition, entries.at(-1)!.version);
    const more = signal.aborted ? new Map() : await bus.feeds.read(behind, { count: this.#count, blockMs: 0, signal });
    const all = new Map(first);
    for (const [partition, entries] of more) all.set(partition, [...(all.get(partition) ?? []), ...entries]);
    return this.#fit(all);
  }

  #fit(read: Entries): Entries {
    let chars = 0;
    for (const entries of read.values())
      for (const { events } of entries) for (const [, json] of events) chars += json.length;
    this.#count = chars > READ_CHARS_MAX ? Math.max(1, this.#count >> 1) : Math.min(COUNT_MAX, this.#count * 2);
    return read;
  }

  /** Partition by partition, as many in a transaction as fit. */
  async #write(read: Entries): Promise<void> {
    let part = emptyPart();
    for (const [partition, entries] of read) {
      if (breaks(this.#copying.progress.feeds.get(partition)!, entries)) {
        this.#broken.add(partition);
        continue;
      }
      if (partition.startsWith('x')) part.executions.push(...foldExecutions(entries, this.#tellUnreadable));
      else part.flows.push(...foldFlows(entries, this.#tellUnreadable));
      part.cursors.set(partition, entries.at(-1)!.version);
      for (const { events } of entries) part.events += events.length;
      if (weightOf(part) < WRITE_TASK_RUNS) continue;
      if (!(await this.#commit(part))) return;
      part = emptyPart();
      await breathe();
    }
    if (part.cursors.size > 0) await this.#commit(part);
  }

  async #commit({ executions, flows, cursors, events }: Part): Promise<boolean> {
    const { repository, progress } = this.#copying;
    const named = new Map([...cursors].map(([partition, version]) => [feedCursor(partition), version]));
    const done = await insist(this.#insistence, 'writing', async () => {
      const end = this.#seconds.startTimer();
      await repository.write({ executions, flows, lines: [], cursors: named });
      end();
      return true;
    });
    if (!done) return false;
    progress.feedsAt(cursors);
    this.#events.inc(events);
    return true;
  }

  readonly #tellUnreadable = (id: string, error: unknown): void => {
    this.#unreadable.inc();
    this.#copying.log.error({ id, reason: textOf(error) }, 'an event cannot be read and is left out');
  };
}

interface Part {
  readonly executions: ExecutionRow[];
  readonly flows: FlowRow[];
  readonly cursors: Map<Partition, Version>;
  events: number;
}

const emptyPart = (): Part => ({ executions: [], flows: [], cursors: new Map(), events: 0 });

const weightOf = ({ executions, flows }: Part): number =>
  executions.reduce((sum, { taskRuns }) => sum + taskRuns.length + 1, flows.length);

/** Numbers of commits go on from epoch to epoch: a new epoch that begins at or below our number tells another history. */
export function breaks(cursor: Version, entries: readonly FeedEntry[]): boolean {
  let last = partsOf(cursor);
  for (const { version } of entries) {
    const next = partsOf(version);
    if (next.number <= last.number) return true;
    last = next;
  }
  return false;
}
