/** What is due when, by name, in memory: the timers of a partition, and whatever else has its time. Kept in Redis by the commits (`Batch`). */
export class Timers {
  readonly #due = new Map<string, number>();
  /** A binary heap, earliest first; places whose name has another time by now, or none, are passed over when they come up. */
  readonly #heap: [name: string, dueMs: number][] = [];

  constructor(timers: readonly (readonly [name: string, dueMs: number])[]) {
    for (const [name, dueMs] of timers) this.set(name, dueMs);
  }

  /** The earliest; infinite where there is none. */
  get nextMs(): number {
    this.#clear();
    return this.#heap[0]?.[1] ?? Number.POSITIVE_INFINITY;
  }

  set(name: string, dueMs: number): void {
    if (this.#due.get(name) === dueMs) return;
    this.#due.set(name, dueMs);
    this.#push([name, dueMs]);
    this.#thin();
  }

  drop(name: string): void {
    this.#due.delete(name);
    this.#thin();
  }

  /** Up to `limit` that are due, earliest first; they stay until they are dropped. */
  due(nowMs: number, limit: number): readonly (readonly [name: string, dueMs: number])[] {
    if (nowMs < this.nextMs) return NOTHING;
    // What was set to the same time again stands there twice.
    const due = new Map<string, number>();
    while (due.size < limit && this.nextMs <= nowMs) due.set(...this.#pop());
    for (const each of due) this.#push(each);
    return [...due];
  }

  /** Until what is first is in force. */
  #clear(): void {
    while (this.#heap.length > 0 && this.#due.get(this.#heap[0]![0]) !== this.#heap[0]![1]) this.#pop();
  }

  /** What is not in force may lie deep in the heap: when most of it is of that kind, it is made anew. */
  #thin(): void {
    if (this.#heap.length < 64 || this.#heap.length < 2 * this.#due.size) return;
    this.#heap.length = 0;
    for (const each of this.#due) this.#push(each);
  }

  #push(each: [name: string, dueMs: number]): void {
    const heap = this.#heap;
    let at = heap.push(each) - 1;
    for (let above = (at - 1) >> 1; at > 0 && heap[above]![1] > each[1]; above = (at - 1) >> 1) {
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = each;
  }

  #pop(): [name: string, dueMs: number] {
    const heap = this.#heap;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below + 1 < heap.length && heap[below + 1]![1] < heap[below]![1]) below++;
      if (below >= heap.length || heap[below]![1] >= last[1]) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = last;
    return first;
  }
}

const NOTHING: readonly never[] = [];
