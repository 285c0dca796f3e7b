/** Claims on Redis: `lua/claim`, `lua/renew-claims`, `lua/give-back`; hints go over pub/sub, and may be lost. */
import { MESSAGE_FORMAT } from '../../model/message.ts';
import { CLAIM_MS, type ClaimAnswer, type ClaimRequest, type Claims, type RenewAnswer } from '../claims.ts';
import { type Connections, reached } from './connection.ts';
import { prefixOf, SYSTEM } from './keys.ts';
import { attemptOf } from './ownership.ts';
import { sectioned } from './script.ts';

/** Of one call: below what Lua can unpack. */
const REQUESTS_MAX = 500;
const CHANNEL = `${SYSTEM}:hints`;
const claim = sectioned('claim');
const giveBack = sectioned('give-back');
const renewClaims = sectioned('renew-claims');

export function redisClaims(connections: Connections): Claims {
  const { state } = connections;
  const listeners = new Set<(refs: readonly string[]) => void>();
  const listen = once(() => {
    const subscriber = connections.subscriber();
    subscriber.subscribe(CHANNEL).catch(() => {}); // ioredis subscribes again by itself; the renewal finds what is missed.
    subscriber.on('message', (_, text: string) => {
      const refs = JSON.parse(text) as string[];
      for (const listener of listeners) listener(refs);
    });
  });
  return {
    claim: async (partition, workerId, requests) =>
      (await inChunks(requests, (some) =>
        claim(state, prefixOf(partition), [workerId, CLAIM_MS, MESSAGE_FORMAT, ...flat(some)]),
      )) as ClaimAnswer[],
    renew: async (partition, workerId, requests) =>
      (await inChunks(requests, (some) =>
        renewClaims(state, prefixOf(partition), [workerId, CLAIM_MS, MESSAGE_FORMAT, ...flat(some)]),
      )) as RenewAnswer[],
    giveBack: async (partition, workerId, requests) => {
      await inChunks(requests, async (some) => [
        await giveBack(state, prefixOf(partition), [workerId, CLAIM_MS, MESSAGE_FORMAT, ...flat(some)]),
      ]);
    },
    inspect: async (partition, refs) => {
      if (refs.length === 0) return [];
      const values = await state.hmget(`${prefixOf(partition)}:claims`, ...refs).catch((error: unknown) => {
        throw reached(error);
      });
      return values.map((value, n) => (value === null ? undefined : attemptOf(refs[n]!, value).claim));
    },
    hint: (refs) => {
      state.publish(CHANNEL, JSON.stringify(refs)).catch(() => {}); // Only a hint: the renewal finds it within two seconds.
    },
    onHint: (listener) => {
      listen();
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function flat(requests: readonly ClaimRequest[]): (string | number)[] {
  const args: (string | number)[] = [];
  for (const { ref, delivery, token, untold } of requests) args.push(ref, delivery, token, untold ? 0 : 1);
  return args;
}

async function inChunks(
  requests: readonly ClaimRequest[],
  ask: (some: readonly ClaimRequest[]) => Promise<unknown>,
): Promise<unknown[]> {
  if (requests.length === 0) return [];
  if (requests.length <= REQUESTS_MAX) return (await ask(requests)) as unknown[];
  const answers: unknown[] = [];
  for (let from = 0; from < requests.length; from += REQUESTS_MAX)
    answers.push(...((await ask(requests.slice(from, from + REQUESTS_MAX))) as unknown[]));
  return answers;
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}
