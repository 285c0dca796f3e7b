/**
 * The end of one execution, waited for: its head alone is looked at, however many task runs it has, and only when an event names
 * it that may tell of an end.
 */
import { goesOn } from '../../../lib/bus/feed.ts';
import { executionPartition } from '../../../lib/model/partition.ts';
import type { Snapshot } from './executions.ts';
import { isOver, type Watched } from './live.ts';
import { Signal } from './signal.ts';

const HEAD = /(?:^| )head(?: |$)/;

export class Ending {
  readonly #mayBeOver = new Signal();
  readonly #parts: Watched;
  readonly #id: string;
  #forget: () => void = () => {};

  private constructor(parts: Watched, id: string) {
    this.#parts = parts;
    this.#id = id;
  }

  /** Watches; `close` must follow. The execution need not be there yet. */
  static async watch(parts: Watched, id: string): Promise<Ending> {
    const ending = new Ending(parts, id);
    const onGap = () => ending.#mayBeOver.set();
    const onEvent = (_: unknown, names: string) => {
      if (HEAD.test(names) && !goesOn(names)) ending.#mayBeOver.set();
    };
    ending.#forget = await parts.hub.watch(executionPartition(id, parts.partitions), id, { onEvent, onGap });
    return ending;
  }

  /** It may have ended before it was watched: the first thing to do is to look. */
  doubt(): void {
    this.#mayBeOver.set();
  }

  /**
   * Start and head at its end; earlier those that there are when `signal` fires or `ms` are over. Throws `execution.unknown`,
   * `bus.unavailable`.
   */
  async come(options: { readonly signal?: AbortSignal; readonly ms?: number }): Promise<Snapshot> {
    const { signal, ms } = options;
    const untilMs = ms === undefined ? undefined : performance.now() + ms;
    const wake = () => this.#mayBeOver.set();
    signal?.addEventListener('abort', wake, { once: true });
    // Whoever has gone already is not heard of any more.
    if (signal?.aborted) wake();
    try {
      for (;;) {
        await this.#mayBeOver.wait(untilMs && Math.max(1, untilMs - performance.now()));
        this.#mayBeOver.clear();
        const snapshot = await this.#parts.executions.brief(this.#id);
        if (isOver(snapshot) || signal?.aborted || (untilMs && performance.now() >= untilMs)) return snapshot;
      }
    } finally {
      signal?.removeEventListener('abort', wake);
    }
  }

  close(): void {
    this.#forget();
  }
}
