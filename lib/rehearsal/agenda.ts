/** What is to happen in virtual time. */
/** What is to happen in virtual time: messages in the order of their coming, then timers, each under its name. */
export interface Due {
  readonly atMs: number;
  readonly act: () => void;
}

export class Agenda {
  readonly #events: Due[] = [];
  readonly #timers = new Map<string, number>();
  readonly #fire: (name: string, dueMs: number) => void;

  constructor(fire: (name: string, dueMs: number) => void) {
    this.#fire = fire;
  }

  get isEmpty(): boolean {
    return this.#events.length === 0 && this.#timers.size === 0;
  }

  at(atMs: number, act: () => void): void {
    let place = this.#events.length;
    while (place > 0 && this.#events[place - 1]!.atMs > atMs) place--;
    this.#events.splice(place, 0, { atMs, act });
  }

  setTimer(name: string, dueMs: number): void {
    this.#timers.set(name, dueMs);
  }

  dropTimer(name: string): void {
    this.#timers.delete(name);
  }

  /** Taken out. Undefined: nothing is due until then. */
  next(untilMs: number): Due | undefined {
    let timer: readonly [name: string, dueMs: number] | undefined;
    for (const each of this.#timers) if (!timer || each[1] < timer[1]) timer = each;
    const first = this.#events[0];
    if (!timer || (first && first.atMs <= timer[1]))
      return !first || first.atMs > untilMs ? undefined : this.#events.shift();
    const [name, dueMs] = timer;
    if (dueMs > untilMs) return undefined;
    this.#timers.delete(name);
    return { atMs: dueMs, act: () => this.#fire(name, dueMs) };
  }
}
