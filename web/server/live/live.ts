/**
 * One execution, kept up to date from the feed: watched first, read then, so that no change is missed. What events name is
 * fetched when somebody looks.
 */
import { isOver as headIsOver, type TaskRun } from '../../../lib/model/execution.ts';
import { executionPartition } from '../../../lib/model/partition.ts';
import { NO_VERSION, type Version } from '../../../lib/model/version.ts';
import type { Executions, Snapshot } from './executions.ts';
import type { FeedHub } from './feed-hub.ts';
import { Signal } from './signal.ts';

export interface Followed {
  readonly hub: FeedHub;
  readonly executions: Executions;
  readonly partitions: number;
}

/** Nothing more will happen to it: what runs after its end has run too. */
export const isOver = ({ head }: Snapshot): boolean => headIsOver(head);

export type TaskRunListener = (taskRun: TaskRun) => void;

export class Live {
  /** Whatever changes. */
  readonly changed = new Signal();
  readonly id: string;
  readonly #parts: Followed;
  readonly #onTaskRun: TaskRunListener;
  #forget: () => void = () => {};
  #version: Version = NO_VERSION;
  #names = new Set<string>();
  #snapshot: Snapshot | undefined;
  #stale = true;

  private constructor(parts: Followed, id: string, onTaskRun: TaskRunListener) {
    this.#parts = parts;
    this.id = id;
    this.#onTaskRun = onTaskRun;
  }

  /** Watches; `close` must follow. The execution need not be there yet. Task runs are told by `now`, as they come or change. */
  static async watch(parts: Followed, id: string, onTaskRun: TaskRunListener = () => {}): Promise<Live> {
    const live = new Live(parts, id, onTaskRun);
    const onEvent = (version: Version, names: string) => live.#take(version, names);
    const onGap = () => live.doubt();
    live.#forget = await parts.hub.watch(executionPartition(id, parts.partitions), id, { onEvent, onGap });
    return live;
  }

  /** Of the last event that was seen. */
  get version(): Version {
    return this.#version;
  }

  /** As it is now. Throws `execution.unknown` where nobody knows it. */
  async now(): Promise<Snapshot> {
    const names = [...this.#names];
    this.#names.clear();
    if (!this.#stale && names.length > 0) {
      const fields = await this.#parts.executions.fields(this.id, names);
      // It has left Redis: the repository has the whole of it.
      if (fields) for (const taskRun of this.#snapshot!.apply(fields)) this.#onTaskRun(taskRun);
      else this.#stale = true;
    }
    if (this.#stale) {
      this.#stale = false;
      const read = await this.#parts.executions.find(this.id);
      this.#snapshot = read ?? this.#snapshot ?? (await this.#parts.executions.read(this.id));
      for (const taskRun of this.#snapshot.taskRuns) this.#onTaskRun(taskRun);
    }
    return this.#snapshot!;
  }

  /** Events may have been missed: the next look reads the whole. */
  doubt(): void {
    this.#stale = true;
    this.changed.set();
  }

  close(): void {
    this.#forget();
  }

  #take(version: Version, names: string): void {
    this.#version = version;
    for (const name of names.split(' ')) this.#names.add(name);
    this.changed.set();
  }
}
