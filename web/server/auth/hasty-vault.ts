/**
 * A vault that is asked with little patience. Every request asks it first: a Redis that says nothing counts as away then, long
 * before its connection gives it up. What is written at a start may take its time.
 */
import type { Vault } from '../../../lib/bus/vault.ts';
import { Fault } from '../../../lib/errors.ts';

const ANSWER_MS = 1_500;

export const hasty = (vault: Vault): Vault => ({
  get: (key) => within(vault.get(key)),
  set: (key, value, options) => vault.set(key, value, options),
  remove: (key) => vault.remove(key),
  keys: (prefix) => vault.keys(prefix),
});

async function within<T>(asked: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const silent = () => reject(new Fault('bus.unavailable', `expected Redis within ${ANSWER_MS} ms, got nothing`));
    timer = setTimeout(silent, ANSWER_MS);
  });
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}
