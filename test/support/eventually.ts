/** Waits for a condition, never for a time. */
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 5;

/** What `look` gives, once it gives something; throws what it last threw, or says that nothing came. */
export async function eventually<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
  withinMs = 20_000,
): Promise<T> {
  let last: unknown = new Error(`expected it within ${withinMs} ms: ${look}`);
  for (const until = performance.now() + withinMs; performance.now() < until; await sleep(LOOK_MS)) {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== false) return seen;
    } catch (error) {
      last = error;
    }
  }
  throw last;
}
