/**
 * The open attempts of a partition, as its owner watches them (B4): one that nobody has claimed for 30 s is asked for at the
 * queue and offered again; a claim past its time is a lost worker, once Redis has been seen without a break for long enough.
 */

import type { Bus } from '../../lib/bus/bus.ts';
import { CLAIM_MS } from '../../lib/bus/claims.ts';
import { parseAttemptRef } from '../../lib/model/execution.ts';
import { MESSAGE_FORMAT, type Message } from '../../lib/model/message.ts';
import type { Partition } from '../../lib/model/partition.ts';

/** Not claimed for this long: the queue is asked. */
const UNCLAIMED_MS = 30_000;
/** What has no answer for this long is looked at, again and again: its claim may have ended, or its owner was never told of it. */
const LOOK_AFTER_MS = CLAIM_MS;
const LOOK_EACH_MS = 500;
const ASKED_AT_ONCE = 500;
/** After an outage every claim looks dead: nothing is declared lost before this much sight. */
export const SIGHT_MS = 6_000;

export interface Watched {
  readonly ref: string;
  readonly group: string;
  delivery: string;
  /** The parcel that carries it; absent where an earlier owner sent it. */
  parcel?: string;
  /** When it was handed out, claimed or last looked at, ms of the bus. */
  sinceMs: number;
  /** When it was handed out, or the queue was asked for it. */
  askedMs: number;
}

export class Attempts {
  readonly #byRef = new Map<string, Watched>();
  #lookedMs = 0;

  get size(): number {
    return this.#byRef.size;
  }

  open(watched: Watched): void {
    this.#byRef.set(watched.ref, watched);
  }

  get(ref: string): Watched | undefined {
    return this.#byRef.get(ref);
  }

  close(ref: string): void {
    this.#byRef.delete(ref);
  }

  claimed(ref: string, nowMs: number): void {
    const watched = this.#byRef.get(ref);
    if (watched) watched.sinceMs = nowMs;
  }

  /** Messages about attempts that nobody has now. Throws `bus.unavailable`. */
  async look(bus: Bus, partition: Partition, nowMs: number): Promise<readonly Message[]> {
    if (nowMs - this.#lookedMs < LOOK_EACH_MS || bus.sightMs() < SIGHT_MS) return [];
    this.#lookedMs = nowMs;
    const silent: Watched[] = [];
    for (const watched of this.#byRef.values()) {
      if (nowMs - watched.sinceMs <= LOOK_AFTER_MS) continue;
      silent.push(watched);
      if (silent.length === ASKED_AT_ONCE) break;
    }
    if (silent.length === 0) return [];
    const claims = await bus.claims.inspect(
      partition,
      silent.map(({ ref }) => ref),
    );
    const messages: Message[] = [];
    const waiting: Watched[] = [];
    for (const [n, watched] of silent.entries()) {
      const untilMs = claims[n]?.untilMs;
      watched.sinceMs = untilMs === undefined ? nowMs : Math.min(nowMs, untilMs - LOOK_AFTER_MS);
      if (untilMs !== undefined && untilMs <= nowMs)
        messages.push({ ...named(watched.ref, nowMs), kind: 'workerLost', delivery: watched.delivery });
      else if (untilMs === undefined && nowMs - watched.askedMs > UNCLAIMED_MS) waiting.push(watched);
    }
    return waiting.length === 0 ? messages : [...messages, ...(await goneOf(bus, waiting, nowMs))];
  }
}

/** Those that neither wait in the queue nor are in a live worker's hands. */
async function goneOf(bus: Bus, waiting: readonly Watched[], nowMs: number): Promise<Message[]> {
  const present = await Promise.all(
    waiting.map(async ({ group, parcel }) => parcel !== undefined && (await bus.queues.present(group, [parcel]))[0]!),
  );
  return waiting.flatMap((watched, n): Message[] => {
    watched.askedMs = nowMs;
    return present[n] ? [] : [reofferOf(watched.ref, watched.delivery, nowMs)];
  });
}

const reofferOf = (ref: string, delivery: string, nowMs: number): Message => ({
  ...named(ref, nowMs),
  kind: 'reoffer',
  delivery,
});

export const resendOf = (ref: string, delivery: string, nowMs: number): Message => ({
  ...named(ref, nowMs),
  kind: 'resend',
  delivery,
});

function named(
  ref: string,
  nowMs: number,
): { v: number; executionId: string; taskRunId: string; attempt: number; atMs: number } {
  return { v: MESSAGE_FORMAT, atMs: nowMs, ...parseAttemptRef(ref) };
}
