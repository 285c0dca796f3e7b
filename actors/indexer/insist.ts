/**
 * Doing one thing until it is done: the bus or the repository may be away for as long as it likes, and the copy goes on
 * where it stood. Waits grow to a bound and are spread, so that many do not come back at the same moment.
 */
import type { Clock } from '../../lib/clock.ts';
import { isFault, textOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';

const FIRST_PAUSE_MS = 100;
const PAUSE_MAX_MS = 5_000;
const BLOCK_MS = 5_000;

export interface Insistence {
  readonly log: Log;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told of each failure and of the success that ends them: what health says. */
  readonly state: { trouble?: string };
}

/** `undefined` when the signal fired before it was done. */
export async function insist<T>(
  { log, clock, signal, state }: Insistence,
  what: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(pauseMs * 2, PAUSE_MAX_MS)) {
    try {
      const result = await work();
      if (state.trouble !== undefined) log.info({}, `${what}: goes on`);
      state.trouble = undefined;
      return result;
    } catch (error) {
      if (signal.aborted) break;
      const trouble = `${what}: ${textOf(error)}`;
      // Once for each reason; a bug is told with its stack.
      if (state.trouble !== trouble)
        log.warn(isFault(error) ? { reason: textOf(error) } : { err: error }, `${what}: fails, tried again`);
      state.trouble = trouble;
      await clock.sleep(pauseMs * (0.5 + Math.random() / 2), signal);
    }
  }
  return undefined;
}

/** A read after a failure does not wait for entries: that it answers is the news. */
export const blockMsAfter = ({ state }: Insistence): number => (state.trouble === undefined ? BLOCK_MS : 0);
