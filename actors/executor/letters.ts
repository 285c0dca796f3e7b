/**
 * The letters of a partition, as its owner keeps them (B4): which are to be sent now, and when again. Kept in Redis by the commits
 * (`Batch`); what is known of their sending is the owner's alone, and a new owner sends them all.
 */
import type { Letter } from '../../lib/model/letter.ts';
import type { Batch } from './batch.ts';

/** Not answered for this long: sent again. */
const AGAIN_MS = 60_000;
/** Not sent, for want of a bus. */
const RETRY_MS = 1_000;
/** What nobody waits for is sent once more, since a failover may have lost it: this long after it was taken. */
const ONCE_MORE_MS = 30_000;
const SENT_AT_ONCE = 500;

export interface Kept {
  readonly name: string;
  readonly letter: Letter;
  nextMs: number;
  /** How often the other side was found to know of nothing. */
  vain: number;
  /** It was taken, and is to be sent once more. */
  taken: boolean;
  underWay: boolean;
}

export class Letters {
  readonly #kept = new Map<string, Kept>();
  /** Nothing more is to be sent: dropped with the next commit. */
  readonly #done = new Set<string>();
  #nextMs = Number.POSITIVE_INFINITY;

  constructor(kept: readonly (readonly [name: string, json: string])[], nowMs: number) {
    for (const [name, json] of kept) {
      const letter = JSON.parse(json) as Letter;
      this.#keep(name, letter);
      this.#begin(name, letter, nowMs);
    }
  }

  /** When the next one is to be sent, or a time before it; 0 where a commit has something to drop. */
  get nextMs(): number {
    return this.#done.size > 0 ? 0 : this.#nextMs;
  }

  get(name: string): Letter | undefined {
    return this.#kept.get(name)?.letter;
  }

  /** It is sent once the batch is applied. */
  set(batch: Batch, name: string, letter: Letter): void {
    this.#done.delete(name);
    this.#keep(name, letter);
    batch.letters.put(name, letter);
  }

  applied({ letters }: Batch, nowMs: number): void {
    for (const [name, letter] of letters.set) this.#begin(name, letter, nowMs);
  }

  drop(batch: Batch, name: string): void {
    this.#done.delete(name);
    if (this.#kept.delete(name)) batch.letters.drop(name);
  }

  dropDone(batch: Batch): void {
    for (const name of this.#done) this.drop(batch, name);
  }

  /** Those that are to be sent, marked as on their way. `settled` comes for each. */
  due(nowMs: number): readonly Kept[] {
    if (nowMs < this.#nextMs) return [];
    const due: Kept[] = [];
    let nextMs = Number.POSITIVE_INFINITY;
    for (const kept of this.#kept.values()) {
      if (kept.underWay || this.#done.has(kept.name)) continue;
      if (kept.nextMs <= nowMs && due.length < SENT_AT_ONCE) {
        kept.underWay = true;
        due.push(kept);
      } else if (kept.nextMs < nextMs) nextMs = kept.nextMs;
    }
    this.#nextMs = nextMs;
    return due;
  }

  /** `sent`: it waits for an answer; `taken`: nobody answers it; `unsent`: the bus was away. */
  settled(kept: Kept, outcome: 'sent' | 'taken' | 'unsent', nowMs: number): void {
    kept.underWay = false;
    if (outcome === 'taken' && kept.taken) {
      // Another letter may stand under the name by now.
      if (this.#kept.get(kept.name) === kept) this.#done.add(kept.name);
      return;
    }
    kept.taken = outcome === 'taken';
    kept.nextMs = nowMs + (outcome === 'sent' ? AGAIN_MS : outcome === 'taken' ? ONCE_MORE_MS : RETRY_MS);
    if (kept.nextMs < this.#nextMs) this.#nextMs = kept.nextMs;
  }

  #keep(name: string, letter: Letter): void {
    // Who waits to be settled repeats itself until it is: saying so once is enough.
    const taken = letter.kind === 'settle';
    this.#kept.set(name, { name, letter, nextMs: Number.POSITIVE_INFINITY, vain: 0, taken, underWay: false });
  }

  /** Another letter may stand under the name by now, of a batch that is not applied. */
  #begin(name: string, letter: Letter, nowMs: number): void {
    const kept = this.#kept.get(name);
    if (kept?.letter !== letter) return;
    kept.nextMs = letter.kind === 'settle' ? Math.max(nowMs, letter.notBeforeMs) : nowMs;
    if (kept.nextMs < this.#nextMs) this.#nextMs = kept.nextMs;
  }
}
