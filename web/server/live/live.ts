/**
 * Executions that are followed, each kept up to date from the feed once for all who follow it: watched first, read then, so
 * that no change is missed. What events name is fetched when somebody looks.
 */
import { wordsOf } from '../../../lib/bus/feed.ts';
import { isOver as headIsOver } from '../../../lib/model/execution.ts';
import { executionPartition } from '../../../lib/model/partition.ts';
import { NO_VERSION, type Version } from '../../../lib/model/version.ts';
import type { Change, Executions, Snapshot } from './executions.ts';
import type { FeedHub } from './feed-hub.ts';
import { Signal } from './signal.ts';

export interface Watched {
  readonly hub: FeedHub;
  readonly executions: Executions;
  readonly partitions: number;
}

export interface Followed extends Watched {
  readonly lives: Lives;
}

/** Nothing more will happen to it: what runs after its end has run too. */
export const isOver = ({ head }: Snapshot): boolean => headIsOver(head);

/** Told by `now`: the whole once, then what has changed. */
export interface ChangeListener {
  onWhole(snapshot: Snapshot): void;
  onChange(change: Change): void;
}

const NOBODY: ChangeListener = { onWhole: () => {}, onChange: () => {} };

export class Lives {
  readonly #parts: Watched;
  readonly #lives = new Map<string, Live>();

  constructor(parts: Watched) {
    this.#parts = parts;
  }

  /** Watches; `close` must follow. The execution need not be there yet. Throws `bus.unavailable`. */
  async watch(id: string, listener: ChangeListener = NOBODY): Promise<Follower> {
    let live = this.#lives.get(id);
    if (!live) this.#lives.set(id, (live = new Live(this.#parts, id)));
    const { followers } = live;
    const follower = new Follower(live, listener, () => {
      followers.delete(follower);
      if (followers.size > 0) return;
      if (this.#lives.get(id) === live) this.#lives.delete(id);
      live.close();
    });
    followers.add(follower);
    try {
      await live.watching;
    } catch (error) {
      follower.close();
      throw error;
    }
    live.suspect();
    return follower;
  }
}

/** One of those who follow an execution. */
export class Follower {
  /** Whatever changes. */
  readonly changed = new Signal();
  readonly close: () => void;
  readonly #live: Live;
  readonly #listener: ChangeListener;
  #knows = false;

  constructor(live: Live, listener: ChangeListener, close: () => void) {
    this.#live = live;
    this.#listener = listener;
    this.close = close;
  }

  get id(): string {
    return this.#live.id;
  }

  /** Of the last event that was seen. */
  get version(): Version {
    return this.#live.version;
  }

  /** As it is now. Throws `execution.unknown` where nobody knows it. */
  async now(): Promise<Snapshot> {
    await this.#live.refresh();
    const snapshot = this.#live.snapshot!;
    if (!this.#knows) this.#listener.onWhole(snapshot);
    this.#knows = true;
    return snapshot;
  }

  /** Events may have been missed: the next look reads the whole and tells how it differs. */
  doubt(): void {
    this.#live.doubt();
  }

  onChange(change: Change): void {
    if (this.#knows) this.#listener.onChange(change);
  }
}

class Live {
  readonly id: string;
  readonly followers = new Set<Follower>();
  /** From when it resolves no event is missed. */
  readonly watching: Promise<unknown>;
  version: Version = NO_VERSION;
  snapshot: Snapshot | undefined;
  readonly #executions: Executions;
  readonly #names = new Set<string>();
  #forget: Promise<() => void>;
  #stale = true;
  #suspected = false;
  #reading: Promise<void> | undefined;

  constructor({ hub, executions, partitions }: Watched, id: string) {
    this.id = id;
    this.#executions = executions;
    this.#forget = hub.watch(executionPartition(id, partitions), id, {
      onEvent: (version, names) => this.#take(version, names),
      onGap: () => this.doubt(),
    });
    this.watching = this.#forget;
  }

  /** Throws `execution.unknown`, `bus.unavailable`, `repository.unavailable`. */
  async refresh(): Promise<void> {
    // A reading that has begun may not have seen the last event; whether it failed is told to those who began it.
    if (this.#reading) await this.#reading.catch(() => {});
    if (!this.#reading && !this.#stale && !this.#suspected && this.#names.size === 0) return;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  doubt(): void {
    this.#stale = true;
    this.#wake();
  }

  /** Events come a moment late: who begins to follow now may know of more than they have told. */
  suspect(): void {
    this.#suspected = true;
  }

  close(): void {
    this.#forget.then(
      (forget) => forget(),
      () => {}, // It was never watched.
    );
  }

  async #read(): Promise<void> {
    const names = new Set(this.#names);
    this.#names.clear();
    try {
      if (!this.#stale) {
        if (this.#suspected) for (const name of ['start', 'head']) names.add(name);
        this.#suspected = false;
        const fields = await this.#executions.fields(this.id, [...names]);
        // It has left Redis: the repository has the whole of it.
        if (fields && this.#apply(fields)) return;
      }
      await this.#readWhole();
    } catch (error) {
      this.#stale = true;
      throw error;
    }
  }

  /** False where the whole must be read: the end that the head tells may be newer than the task runs that events have named. */
  #apply(fields: ReadonlyMap<string, string>): boolean {
    const wasOver = isOver(this.snapshot!);
    this.#tell(this.snapshot!.apply(fields));
    return wasOver || !isOver(this.snapshot!);
  }

  async #readWhole(): Promise<void> {
    this.#stale = false;
    this.#suspected = false;
    const [before, found] = [this.snapshot, await this.#executions.find(this.id)];
    if (before && !found) return; // It is deleted: what was known of it stays.
    this.snapshot = found ?? (await this.#executions.read(this.id));
    if (before) this.#tell(before.changeTo(this.snapshot));
  }

  #tell(change: Change): void {
    for (const follower of this.followers) follower.onChange(change);
  }

  #take(version: Version, names: string): void {
    this.version = version;
    for (const name of wordsOf(names)) this.#names.add(name);
    this.#wake();
  }

  #wake(): void {
    for (const { changed } of this.followers) changed.set();
  }
}
