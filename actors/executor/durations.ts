/** How long tasks of a type take, learned from their ends: only types that are short travel together. */
const SHORT_MS = 50;
const SAMPLES = 64;
const SAMPLES_MIN = 8;
/** Short when its p95 is: at most this part is slow. */
const SLOW_PART = 0.05;

interface Learned {
  /** ms, the last ones. */
  readonly ran: number[];
  next: number;
  slowCount: number;
  sumMs: number;
}

export class Durations {
  readonly #types = new Map<string, Learned>();

  note(type: string, ranMs: number): void {
    let learned = this.#types.get(type);
    if (!learned) this.#types.set(type, (learned = { ran: [], next: 0, slowCount: 0, sumMs: 0 }));
    const { ran, next } = learned;
    const forgottenMs = ran[next] ?? 0;
    if (forgottenMs > SHORT_MS) learned.slowCount--;
    if (ranMs > SHORT_MS) learned.slowCount++;
    learned.sumMs += ranMs - forgottenMs;
    ran[next] = ranMs;
    learned.next = (next + 1) % SAMPLES;
  }

  isShort(type: string): boolean {
    const learned = this.#types.get(type);
    return (
      learned !== undefined && learned.ran.length >= SAMPLES_MIN && learned.slowCount <= learned.ran.length * SLOW_PART
    );
  }

  /** Of a type that has been seen. */
  meanMs(type: string): number {
    const { sumMs, ran } = this.#types.get(type)!;
    return sumMs / ran.length;
  }
}
