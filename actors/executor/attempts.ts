/**
 * The open attempts of a partition, as its owner watches them (B4): one that nobody has claimed for 30 s is asked for at the
 * queue and offered again; a claim past its time is a lost worker, once Redis has been seen without a break for long enough.
 */
import { parseAttemptRef } from '../../lib/model/execution.ts';
import { MESSAGE_FORMAT, type Message } from '../../lib/model/message.ts';
import type { Partition } from '../../lib/model/partition.ts';
import type { Bus } from '../../lib/bus/bus.ts';
import { CLAIM_MS } from '../../lib/bus/claims.ts';

const UNCLAIMED_MS = 30_000;
/** A claim that lives longer than this is looked at, again and again. */
const LOOK_AFTER_MS = CLAIM_MS;
const LOOK_EACH_MS = 1_000;
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
  claimed: boolean;
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
    if (!watched) return;
    watched.claimed = true;
    watched.sinceMs = nowMs;
  }

  /** Messages about attempts that nobody has any more. Throws `bus.unavailable`. */
  async look(bus: Bus, partition: Partition, nowMs: number): Promise<readonly Message[]> {
    if (nowMs - this.#lookedMs < LOOK_EACH_MS || bus.sightMs() < SIGHT_MS) return [];
    this.#lookedMs = nowMs;
    const claimed: Watched[] = [];
    const waiting: Watched[] = [];
    for (const watched of this.#byRef.values()) {
      if (watched.claimed && nowMs - watched.sinceMs > LOOK_AFTER_MS && claimed.length < ASKED_AT_ONCE) claimed.push(watched);
      else if (!watched.claimed && nowMs - watched.sinceMs > UNCLAIMED_MS && waiting.length < ASKED_AT_ONCE) waiting.push(watched);
    }
    if (claimed.length + waiting.length === 0) return [];
    const [lost, gone] = await Promise.all([lostOf(bus, partition, claimed, nowMs), goneOf(bus, partition, waiting, nowMs)]);
    return [...lost, ...gone];
  }
}

async function lostOf(bus: Bus, partition: Partition, claimed: readonly Watched[], nowMs: number): Promise<Message[]> {
  const claims = await bus.claims.inspect(partition, claimed.map(({ ref }) => ref));
  return claimed.flatMap((watched, n): Message[] => {
    const untilMs = claims[n]?.untilMs ?? 0;
    if (untilMs > nowMs) {
      watched.sinceMs = untilMs - LOOK_AFTER_MS;
      return [];
    }
    return [{ ...named(watched.ref, nowMs), kind: 'workerLost', delivery: watched.delivery }];
  });
}

async function goneOf(bus: Bus, partition: Partition, waiting: readonly Watched[], nowMs: number): Promise<Message[]> {
  if (waiting.length === 0) return [];
  const present = await Promise.all(waiting.map(async ({ group, parcel }) => parcel !== undefined && (await bus.queues.present(group, [parcel]))[0]!));
  const claims = await bus.claims.inspect(partition, waiting.map(({ ref }) => ref));
  return waiting.flatMap((watched, n): Message[] => {
    watched.sinceMs = nowMs;
    if (claims[n]) watched.claimed = true;
    if (present[n] || claims[n]) return [];
    return [{ ...named(watched.ref, nowMs), kind: 'reoffer', delivery: watched.delivery }];
  });
}

function named(ref: string, nowMs: number): { v: number; executionId: string; taskRunId: string; attempt: number; atMs: number } {
  return { v: MESSAGE_FORMAT, atMs: nowMs, ...parseAttemptRef(ref) };
}
