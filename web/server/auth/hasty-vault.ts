/**
 * A vault that is asked with little patience, and once a turn. Every request asks it first: a Redis that says nothing counts as
 * away then, long before its connection gives it up. What is written at a start may take its time.
 *
 * Requests that come in one turn of the loop with the same secret share a look at it. It leaves when all of them are here, so
 * none is answered by what was true before it came.
 */
import type { Vault } from '../../../lib/bus/vault.ts';
import { Fault } from '../../../lib/errors.ts';

const ANSWER_MS = 1_500;

export function hasty(vault: Vault): Vault {
  const asked = new Map<string, Promise<string | undefined>>();
  const get = (key: string): Promise<string | undefined> => {
    const known = asked.get(key);
    if (known) return known;
    const answer = endOfTurn().then(() => {
      asked.delete(key);
      return within(vault.get(key));
    });
    asked.set(key, answer);
    return answer;
  };
  return { ...vault, get };
}

const endOfTurn = (): Promise<void> => new Promise(setImmediate);

async function within<T>(asked: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const silent = () => reject(new Fault('bus.unavailable', `expected Redis within ${ANSWER_MS} ms, got nothing`));
    timer = setTimeout(silent, ANSWER_MS);
  });
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}
