/** What a runner was sent once and keeps, in the order of use. What was used longest ago goes first, and never what may still wait there. */
import { PARCEL_ITEMS_MAX } from '../../lib/bus/queues.ts';
import { BATCHES_MAX } from './channel.ts';

/** Names that the batch on its way and those in the runner may need. */
const NEEDED_MAX = (BATCHES_MAX + 1) * PARCEL_ITEMS_MAX;

export class Sent {
  readonly #most: number;
  readonly #charsMost: number;
  readonly #charsOf = new Map<string, number>();
  #chars = 0;

  constructor(most: number, charsMost: number) {
    this.#most = most;
    this.#charsMost = charsMost;
  }

  /** True if it is there; otherwise it has to be sent with this. */
  use(name: string, text: string): boolean {
    const known = this.#charsOf.delete(name);
    this.#charsOf.set(name, text.length);
    if (!known) this.#chars += text.length;
    return known;
  }

  /** What the runner is to forget. */
  dropped(): string[] {
    const dropped: string[] = [];
    for (const [name, chars] of this.#charsOf) {
      const { size } = this.#charsOf;
      if (size <= NEEDED_MAX || (size <= this.#most && this.#chars <= this.#charsMost)) break;
      this.#charsOf.delete(name);
      this.#chars -= chars;
      dropped.push(name);
    }
    return dropped;
  }
}
