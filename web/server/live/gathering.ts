/**
 * Many ask the same at once: one answer for all of them. Who asks while it is looked up waits for the next one, since what has
 * happened meanwhile may not be in the first.
 */
export class Gathering<T> {
  readonly #running = new Map<string, Promise<unknown>>();
  readonly #next = new Map<string, Promise<T>>();

  /** What `look` gives, which begins after this call. */
  of(key: string, look: () => Promise<T>): Promise<T> {
    const running = this.#running.get(key);
    if (!running) return this.#run(key, look);
    let next = this.#next.get(key);
    if (!next) {
      next = running.then(() => {
        this.#next.delete(key);
        return this.#run(key, look);
      });
      this.#next.set(key, next);
    }
    return next;
  }

  #run(key: string, look: () => Promise<T>): Promise<T> {
    const answer = look();
    const done: Promise<unknown> = answer
      .catch(() => {}) // It is for those who have asked.
      .then(() => {
        if (this.#running.get(key) === done) this.#running.delete(key);
      });
    this.#running.set(key, done);
    return answer;
  }
}
