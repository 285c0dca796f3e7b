/**
 * Copies what the feeds of all partitions tell of: waits for entries, gathers what comes within a moment (an execution's many
 * small commits fold into one row), fetches what they name, writes rows and cursors in one transaction. A partition whose history broke is healed first.
 */

import { setImmediate as breathe } from 'node:timers/promises';
import type { Bus } from '../../lib/bus/bus.ts';
import type { FeedEntry } from '../../lib/bus/feed.ts';
import type { Clock } from '../../lib/clock.ts';
import { textOf } from '../../lib/errors.ts';
import { aboutFlow, type Log } from '../../lib/log.ts';
import { counter, histogram } from '../../lib/metrics.ts';
import type { Partition } from '../../lib/model/partition.ts';
import { partsOf, type Version } from '../../lib/model/version.ts';
import { feedCursor } from '../../lib/repository/cursor.ts';
import type { ExecutionRow, FlowRow, Repository } from '../../lib/repository/repository.ts';
import { type Changed, foldExecutions, foldFlows, rowOf } from './fold.ts';
import { heal } from './heal.ts';
import { blockMsAfter, type Insistence, insist } from './insist.ts';
import type { Progress } from './progress.ts';
import type { Traces } from './traces.ts';

/** What comes within this time is one row: an execution's many small commits are fetched once. */
const GATHER_MS = 100;
/** Under load more of them come for the same row: so much longer for each field of the batch before, and never beyond. */
const GATHER_MS_PER_FIELD = 0.1;
const GATHER_MS_MAX = 500;
/** Entries of a partition in one read. */
const COUNT_MAX = 256;
/** A transaction holds the thread: about 10 ms with so many task runs. Fetched together, too. */
const WRITE_FIELDS = 2_000;

export interface Copying {
  readonly bus: Bus;
  readonly repository: Repository;
  readonly progress: Progress;
  /** Told of what is written; absent where no collector is. */
  readonly traces?: Traces;
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
  /** Fields of the last batch. */
  #fields = 0;
  readonly #copied = counter('indexer_events_total', 'Events of feeds copied into the repository');
  readonly #seconds = histogram(
    'indexer_write_seconds',
    'How long a batch took to write',
    [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3],
  );
  readonly #unreadable = counter('indexer_unreadable_total', 'Events that could not be read and were left out');
  readonly #healed = counter('indexer_healed_total', 'Partitions read anew because their feed did not continue');

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
    const first = await bus.feeds.read(since, { count: COUNT_MAX, blockMs, signal });
    // Nothing more to gather where the wait is over, or where a partition alone has more than was asked for.
    if (first.size === 0 || signal.aborted || first.values().some(({ length }) => length >= COUNT_MAX)) return first;
    await clock.sleep(Math.min(GATHER_MS + GATHER_MS_PER_FIELD * this.#fields, GATHER_MS_MAX), signal);
    const behind = new Map(since);
    for (const [partition, entries] of first) behind.set(partition, entries.at(-1)!.version);
    const more = signal.aborted ? new Map() : await bus.feeds.read(behind, { count: COUNT_MAX, blockMs: 0, signal });
    const all = new Map(first);
    for (const [partition, entries] of more) all.set(partition, [...(all.get(partition) ?? []), ...entries]);
    return all;
  }

  /** Partition by partition, as many in a transaction as fit. */
  async #write(read: Entries): Promise<void> {
    let part = emptyPart();
    this.#fields = 0;
    for (const [partition, entries] of read) {
      if (breaks(this.#copying.progress.feeds.get(partition)!, entries)) {
        this.#broken.add(partition);
        continue;
      }
      if (partition.startsWith('x')) addExecutions(part, partition, foldExecutions(entries));
      else part.flows.push(...foldFlows(entries, (id, error) => this.#tellUnreadable('flow', id, error)));
      part.cursors.set(partition, entries.at(-1)!.version);
      for (const { events } of entries) part.events += events.length;
      if (part.weight + part.flows.length < WRITE_FIELDS) continue;
      if (!(await this.#commit(part))) return;
      part = emptyPart();
      await breathe();
    }
    if (part.cursors.size > 0) await this.#commit(part);
  }

  async #commit({ changed, flows, cursors, events, weight }: Part): Promise<boolean> {
    const { repository, progress, traces } = this.#copying;
    this.#fields += weight;
    const named = new Map([...cursors].map(([partition, version]) => [feedCursor(partition), version]));
    const executions = await insist(this.#insistence, 'fetching', () => this.#fetch(changed));
    if (!executions) return false;
    const done = await insist(this.#insistence, 'writing', async () => {
      const end = this.#seconds.startTimer();
      for (const [, id, { deleted }] of changed) if (deleted) await repository.deleteExecution(id, deleted);
      await repository.write({ executions, flows, lines: [], cursors: named });
      end();
      return true;
    });
    if (!done) return false;
    traces?.copied(executions);
    progress.feedsAt(cursors);
    this.#copied.inc(events);
    return true;
  }

  async #fetch(changed: Part['changed']): Promise<readonly ExecutionRow[]> {
    const { documents } = this.#copying.bus;
    const rows = await Promise.all(
      changed.map(async ([partition, id, change]) => {
        const { fields, deleted } = change;
        if (deleted) return undefined;
        const texts = fields.size > 0 ? await documents.fields(partition, id, [...fields]) : [];
        try {
          return rowOf(id, change, texts);
        } catch (error) {
          this.#tellUnreadable('execution', id, error);
          return undefined;
        }
      }),
    );
    return rows.filter((row) => row !== undefined);
  }

  readonly #tellUnreadable = (kind: 'execution' | 'flow', id: string, error: unknown): void => {
    this.#unreadable.inc();
    this.#copying.log.error(
      { ...(kind === 'flow' ? aboutFlow(id) : { execution: id }), reason: textOf(error) },
      'an event cannot be read and is left out',
    );
  };
}

interface Part {
  readonly changed: (readonly [partition: Partition, id: string, changed: Changed])[];
  readonly flows: FlowRow[];
  readonly cursors: Map<Partition, Version>;
  events: number;
  /** Fields to fetch. */
  weight: number;
}

const emptyPart = (): Part => ({ changed: [], flows: [], cursors: new Map(), events: 0, weight: 0 });

function addExecutions(part: Part, partition: Partition, executions: ReadonlyMap<string, Changed>): void {
  for (const [id, changed] of executions) {
    part.changed.push([partition, id, changed]);
    part.weight += changed.fields.size + 1;
  }
}

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
