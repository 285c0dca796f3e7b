/** Whether this process stood still: stopped, starved or busy. Streams went on meanwhile, and may have lost their old ends. */
const TICK_MS = 250;

export class Standstill {
  readonly #timer: NodeJS.Timeout;
  #tickedMs = performance.now();
  #longestMs = 0;

  constructor() {
    this.#timer = setInterval(() => this.#look(), TICK_MS);
    this.#timer.unref();
  }

  /** The longest since it was asked last, in ms. */
  longest(): number {
    this.#look();
    const longestMs = this.#longestMs;
    this.#longestMs = 0;
    return longestMs;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const nowMs = performance.now();
    this.#longestMs = Math.max(this.#longestMs, nowMs - this.#tickedMs - TICK_MS);
    this.#tickedMs = nowMs;
  }
}
