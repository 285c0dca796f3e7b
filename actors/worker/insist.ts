/** Asks again, with growing pauses, for as long as the answer is a fault that may pass: the bus comes back by itself. */

import { systemClock } from '../../lib/clock.ts';
import { isFault } from '../../lib/errors.ts';

const PAUSE_MIN_MS = 100;
const PAUSE_MAX_MS = 1_000;

/** Undefined only when `signal` fires first. Every other error is thrown. */
export async function insist<T>(
  ask: () => Promise<T>,
  signal: AbortSignal,
  failed: (error: unknown) => void = () => {},
): Promise<T | undefined> {
  for (let pauseMs = PAUSE_MIN_MS; !signal.aborted; pauseMs = Math.min(pauseMs * 2, PAUSE_MAX_MS)) {
    try {
      return await ask();
    } catch (error) {
      if (!isFault(error) || !error.retry) throw error;
      failed(error);
    }
    await systemClock.sleep(pauseMs, signal);
  }
  return undefined;
}
