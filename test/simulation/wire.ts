/** What travels may be lost, doubled, delayed: deliveries in virtual time. */
import type { Faults } from './faults.ts';
import type { Dice } from './random.ts';

export class Wire {
  readonly #faults: Faults;
  readonly #dice: Dice;
  readonly #clock: { now(): number };
  readonly #travelling: { readonly atMs: number; readonly arrive: () => Promise<unknown> }[] = [];
  /** Faults end with the storm: what is asked again must get through in the end. */
  calm = false;

  constructor(faults: Faults, dice: Dice, clock: { now(): number }) {
    this.#faults = faults;
    this.#dice = dice;
    this.#clock = clock;
  }

  get isEmpty(): boolean {
    return this.#travelling.length === 0;
  }

  send(arrive: () => Promise<unknown>): void {
    const { lose = 0, double = 0, delayMs = 0 } = this.calm ? {} : this.#faults;
    const copies = this.#dice.chance(lose) ? 0 : this.#dice.chance(double) ? 2 : 1;
    for (let n = 0; n < copies; n++)
      this.#travelling.push({ atMs: this.#clock.now() + this.#dice.below(delayMs + 1), arrive });
  }

  async deliver(): Promise<void> {
    const nowMs = this.#clock.now();
    const arrived = this.#travelling.filter(({ atMs }) => atMs <= nowMs);
    for (const message of arrived) this.#travelling.splice(this.#travelling.indexOf(message), 1);
    // Refused (too late, too old) is as good as lost.
    for (const { arrive } of arrived) await arrive().catch(() => {});
  }
}
