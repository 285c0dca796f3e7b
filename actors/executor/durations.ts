/** How long tasks of a type take, learned from their ends: only types that are short travel together. */
const SHORT_MS = 50;
const SAMPLES = 64;
const SAMPLES_MIN = 8;
/** Short when its p95 is: at most this part is slow. */
const SLOW_PART = 0.05;

interface Learned {
  readonly slow: boolean[];
  next: number;
  slowCount: number;
}

export class Durations {
  readonly #types = new Map<string, Learned>();

  note(type: string, ranMs: number): void {
    let learned = this.#types.get(type);
    if (!learned) this.#types.set(type, (learned = { slow: [], next: 0, slowCount: 0 }));
    const slow = ranMs > SHORT_MS;
    if (learned.slow[learned.next]) learned.slowCount--;
    learned.slow[learned.next] = slow;
    if (slow) learned.slowCount++;
    learned.next = (learned.next + 1) % SAMPLES;
  }

  isShort(type: string): boolean {
    const learned = this.#types.get(type);
    return (
      learned !== undefined &&
      learned.slow.length >= SAMPLES_MIN &&
      learned.slowCount <= learned.slow.length * SLOW_PART
    );
  }
}
