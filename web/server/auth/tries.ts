/**
 * Sign-ins that failed, counted for each place that they come from and for each user there. A try counts as failed from its
 * beginning until it turns out to be right: a hundred at once are no way around the bound, nor around the time that
 * passwords take.
 */
import { Fault } from '../../../lib/errors.ts';

const COUNTED_MS = 60_000;
/** Of one user from one place, and of all users from it: somebody who tries names has more passwords to compute. */
const OF_USER_MAX = 10;
const OF_PLACE_MAX = 50;
const PLACES_MAX = 2_000;

interface Count {
  failed: number;
  readonly untilMs: number;
}

export class Tries {
  readonly #counts = new Map<string, Count>();

  /** Throws `auth.tooMany` instead of trying. */
  async take([place, user]: readonly [place: string, user: string], tried: () => Promise<boolean>): Promise<boolean> {
    const counts = [this.#count(place, OF_PLACE_MAX), this.#count(user, OF_USER_MAX)];
    for (const count of counts) count.failed++;
    const right = await tried();
    if (right) for (const count of counts) count.failed--;
    return right;
  }

  #count(key: string, max: number): Count {
    const known = this.#counts.get(key);
    if (known && known.untilMs > performance.now()) {
      if (known.failed >= max)
        throw new Fault('auth.tooMany', `expected at most ${max} failed sign-ins a minute, got more`);
      return known;
    }
    // The oldest goes: nobody makes his own count forgotten by trying from few places.
    this.#counts.delete(key);
    if (this.#counts.size >= PLACES_MAX) this.#counts.delete(this.#counts.keys().next().value!);
    const count = { failed: 0, untilMs: performance.now() + COUNTED_MS };
    this.#counts.set(key, count);
    return count;
  }
}
