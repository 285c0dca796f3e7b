/**
 * One blocking read of feeds per process, for all who look: events go to those that watch their document, unparsed. A
 * partition is read from the moment that somebody watches it, and a while longer. Whoever may have missed something (a
 * failover, a trimmed feed, Redis away) is told so, and reads anew.
 */
import type { Bus } from '../../../lib/bus/bus.ts';
import { systemClock } from '../../../lib/clock.ts';
import { isFault, textOf } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/log.ts';
import { gauge } from '../../../lib/metrics.ts';
import type { Partition } from '../../../lib/model/partition.ts';
import type { Version } from '../../../lib/model/version.ts';
import { Standstill } from './standstill.ts';

const READ_ENTRIES = 500;
const BLOCK_MS = 5_000;
const KEPT_MS = 10_000;
const BACK_OFF_MS = 250;
/** With this many watched, feeds are read a while after the last read: many small reads cost more than they bring. */
const WATCHED_MANY = 32;
const GATHER_MS = 20;
/** Cursors are compared with what is there this often: a step back shows no other way. */
const COMPARE_MS = 5_000;
/** Feeds keep their entries for twice this time. */
const STANDSTILL_MS = 5_000;

const watching = gauge('web_watchers', 'Documents that are watched: by who follows, waits, or keeps a flow');

export interface Watcher {
  onEvent(version: Version, json: string): void;
  onGap(): void;
}

interface Read {
  cursor: Version;
  watchers: number;
  idleMs: number;
}

export class FeedHub {
  readonly #bus: Bus;
  readonly #log: Log;
  readonly #watchers = new Map<string, Set<Watcher>>();
  readonly #reads = new Map<Partition, Read>();
  readonly #opening = new Map<Partition, Promise<void>>();
  #round = new AbortController();
  #running = true;
  #loop: Promise<void> | undefined;
  readonly #standstill = new Standstill();
  #comparedMs = performance.now();
  #missed = false;

  constructor(bus: Bus, log: Log) {
    this.#bus = bus;
    this.#log = log;
  }

  /** From the moment that this resolves no event of the document is missed. Returns what ends it. */
  async watch(partition: Partition, id: string, watcher: Watcher): Promise<() => void> {
    if (!this.#reads.has(partition)) await this.#open(partition);
    const read = this.#reads.get(partition)!;
    read.watchers++;
    const key = `${partition}/${id}`;
    const watchers = this.#watchers.get(key);
    if (watchers) watchers.add(watcher);
    else this.#watchers.set(key, new Set([watcher]));
    watching.inc();
    return () => this.#forget(partition, key, watcher);
  }

  async close(): Promise<void> {
    this.#running = false;
    this.#standstill.close();
    this.#round.abort();
    await this.#loop;
  }

  #forget(partition: Partition, key: string, watcher: Watcher): void {
    const watchers = this.#watchers.get(key);
    if (!watchers?.delete(watcher)) return;
    watching.dec();
    if (watchers.size === 0) this.#watchers.delete(key);
    const read = this.#reads.get(partition)!;
    read.watchers--;
    read.idleMs = performance.now();
  }

  async #open(partition: Partition): Promise<void> {
    let opening = this.#opening.get(partition);
    if (!opening) {
      opening = this.#bus.feeds.newest([partition]).then((newest) => {
        if (!this.#reads.has(partition))
          this.#reads.set(partition, { cursor: newest.get(partition)!, watchers: 0, idleMs: performance.now() });
        this.#round.abort();
        this.#loop ??= this.#read();
      });
      this.#opening.set(partition, opening);
      const done = () => this.#opening.delete(partition);
      opening.then(done, done);
    }
    await opening;
  }

  async #read(): Promise<void> {
    while (this.#running) {
      this.#round = new AbortController();
      try {
        await this.#compare();
        if (this.#reads.size === 0) {
          await this.#idle();
          continue;
        }
        if (this.#watchers.size >= WATCHED_MANY) await systemClock.sleep(GATHER_MS);
        const cursors = new Map([...this.#reads].map(([partition, { cursor }]) => [partition, cursor]));
        const found = await this.#bus.feeds.read(cursors, {
          count: READ_ENTRIES,
          blockMs: BLOCK_MS,
          signal: this.#round.signal,
        });
        for (const [partition, entries] of found) {
          const read = this.#reads.get(partition);
          if (!read) continue;
          read.cursor = entries.at(-1)!.version;
          if (read.watchers === 0) continue;
          for (const { version, events } of entries)
            for (const [id, json] of events)
              for (const watcher of this.#watchers.get(`${partition}/${id}`) ?? []) watcher.onEvent(version, json);
        }
      } catch (error) {
        if (!isFault(error)) this.#log.error({ err: error }, 'the feeds cannot be read');
        else this.#log.debug({ reason: textOf(error) }, 'the feeds wait for Redis');
        this.#missed = true;
        await new Promise((resolve) => setTimeout(resolve, BACK_OFF_MS));
      }
    }
  }

  /** Until somebody watches. */
  #idle(): Promise<void> {
    const { signal } = this.#round;
    return new Promise((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** Drops what nobody watches, and finds cursors that are ahead of their feed. */
  async #compare(): Promise<void> {
    const nowMs = performance.now();
    if (this.#standstill.longest() > STANDSTILL_MS) this.#missed = true;
    if (!this.#missed && nowMs - this.#comparedMs < COMPARE_MS) return;
    this.#comparedMs = nowMs;
    for (const [partition, { watchers, idleMs }] of this.#reads)
      if (watchers === 0 && nowMs - idleMs > KEPT_MS) this.#reads.delete(partition);
    const newest = await this.#bus.feeds.newest([...this.#reads.keys()]);
    for (const [partition, version] of newest) {
      const read = this.#reads.get(partition)!;
      if (!this.#missed && version >= read.cursor) continue;
      if (version < read.cursor) read.cursor = version;
      for (const [key, watchers] of this.#watchers)
        if (key.startsWith(`${partition}/`)) for (const watcher of watchers) watcher.onGap();
    }
    this.#missed = false;
  }
}
