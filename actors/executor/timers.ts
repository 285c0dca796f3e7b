/** The timers of a partition, in memory: what is due, and when the next is. Kept in Redis by the commits (`Batch`). */
export class Timers {
  readonly #due = new Map<string, number>();
  /** The earliest, or a time before it. */
  #nextMs = Number.POSITIVE_INFINITY;

  constructor(timers: readonly (readonly [name: string, dueMs: number])[]) {
    for (const [name, dueMs] of timers) this.set(name, dueMs);
  }

  get nextMs(): number {
    return this.#nextMs;
  }

  set(name: string, dueMs: number): void {
    this.#due.set(name, dueMs);
    if (dueMs < this.#nextMs) this.#nextMs = dueMs;
  }

  drop(name: string): void {
    this.#due.delete(name);
  }

  /** Up to `limit` that are due, earliest first; they stay until they are dropped. */
  due(nowMs: number, limit: number): readonly (readonly [name: string, dueMs: number])[] {
    if (nowMs < this.#nextMs) return NOTHING;
    const due = [...this.#due].filter(([, dueMs]) => dueMs <= nowMs).sort(([, a], [, b]) => a - b);
    // Those that were dropped may have been the earliest.
    if (due.length === 0) this.#nextMs = this.#earliest();
    return due.slice(0, limit);
  }

  #earliest(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const dueMs of this.#due.values()) if (dueMs < earliest) earliest = dueMs;
    return earliest;
  }
}

const NOTHING: readonly never[] = [];
