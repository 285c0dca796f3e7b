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

/** An event that does not name the head cannot be the end. */
const HEAD = /(?:^| )head(?: |$)/;

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
  /** What may be its end: who waits for that alone is not woken by the rest. */
  readonly #mayEnd = new Signal();
  readonly id: string;
  readonly #parts: Followed;
  readonly #onTaskRun: TaskRunListener;
  #forget: () => void = () => {};
  #version: Version = NO_VERSION;
  #names = new Set<string>();
  #snapshot: Snapshot | undefined;
  #stale = true;
  #mayBeOver = true;

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

  /** The execution as it is known to begin: it need not be read. */
  begin(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    this.#stale = false;
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

  /** Resolves with its end; earlier with what there is when `signal` fires or `ms` are over. */
  async end(options: { readonly signal?: AbortSignal; readonly ms?: number } = {}): Promise<Snapshot> {
    const untilMs = performance.now() + (options.ms ?? Number.POSITIVE_INFINITY);
    const wake = () => this.#mayEnd.set();
    options.signal?.addEventListener('abort', wake, { once: true });
    try {
      for (;;) {
        this.#mayEnd.clear();
        if (this.#mayBeOver) {
          this.#mayBeOver = false;
          const snapshot = await this.now();
          if (isOver(snapshot)) return snapshot;
        }
        const restMs = untilMs - performance.now();
        if (options.signal?.aborted || restMs <= 0) return await this.now();
        await this.#mayEnd.wait(Number.isFinite(restMs) ? restMs : undefined);
      }
    } finally {
      options.signal?.removeEventListener('abort', wake);
    }
  }

  /** Events may have been missed: the next look reads the whole. */
  doubt(): void {
    this.#stale = true;
    this.#hearEnd();
    this.changed.set();
  }

  close(): void {
    this.#forget();
  }

  #take(version: Version, names: string): void {
    this.#version = version;
    for (const name of names.split(' ')) this.#names.add(name);
    if (HEAD.test(names)) this.#hearEnd();
    this.changed.set();
  }

  #hearEnd(): void {
    this.#mayBeOver = true;
    this.#mayEnd.set();
  }
}
