/**
 * The Prometheus counters of all processes that ever lived, summed: each is read every other second, and once more before a
 * phase judges. What a process counted after its last reading dies with it. And what each that lives holds open, then and now.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Resident } from './house.ts';

const EACH_MS = 2_000;
const READ_MS = 3_000;
/** So long after its start a process holds what it needs for its work. */
const SETTLED_MS = 5_000;
const LINE = /^(windhover_\w+)(?:\{(.*)\})? (\S+)$/gm;

/** By name and labels as they are written. */
type Sample = ReadonlyMap<string, number>;

/** What a process holds: soon after its start, and in the end. */
export interface Footprint {
  readonly who: string;
  readonly gauge: string;
  readonly first: number;
  readonly last: number;
}

export class Counters {
  readonly #residents: () => readonly Resident[];
  readonly #samples = new Map<number, Sample>();
  readonly #firsts = new Map<number, Sample>();
  #closed = false;

  constructor(residents: () => readonly Resident[]) {
    this.#residents = residents;
  }

  async watch(): Promise<void> {
    while (!this.#closed) {
      await this.read();
      await sleep(EACH_MS);
    }
  }

  async read(): Promise<void> {
    await Promise.all(
      this.#residents().map(async ({ pid, health, readyAtMs }) => {
        const sample = await sampleOf(health).catch(() => undefined); // Killed or stopped: its last sample counts.
        if (!sample) return;
        this.#samples.set(pid, sample);
        if (!this.#firsts.has(pid) && Date.now() - readyAtMs >= SETTLED_MS) this.#firsts.set(pid, sample);
      }),
    );
  }

  /** `labels`: a part of what is written between the braces, such as `answer="FENCED"`. */
  sum(name: string, labels = ''): number {
    let sum = 0;
    for (const sample of this.#samples.values())
      for (const [key, value] of sample) if (key.startsWith(`${name}{`) && key.includes(labels)) sum += value;
    return sum;
  }

  /** Of those that live and have lived for a while. */
  footprints(gauge: string): readonly Footprint[] {
    return this.#residents().flatMap(({ pid, role, number }) => {
      const [first, last] = [this.#firsts, this.#samples].map((samples) => samples.get(pid)?.get(`${gauge}{}`));
      return first === undefined || last === undefined ? [] : [{ who: `${role} ${number}`, gauge, first, last }];
    });
  }

  close(): void {
    this.#closed = true;
  }
}

async function sampleOf(health: string): Promise<Sample> {
  const answer = await fetch(`${health}/metrics`, { signal: AbortSignal.timeout(READ_MS) });
  const text = await answer.text();
  return new Map(
    Array.from(text.matchAll(LINE), ([, name, labels = '', value]) => [`${name}{${labels}}`, Number(value)]),
  );
}
