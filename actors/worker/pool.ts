/**
 * The seats of a worker, `threads` many. Threads start when they are needed (or at once, when warm); those that were not
 * needed for a while end, save one.
 */
import { AtOnce } from './at-once.ts';
import type { Setup } from './channel.ts';
import { Seat, type SeatParts } from './seat.ts';

const IDLE_MS = 30_000;
const SWEEP_MS = 5_000;

interface Options {
  readonly threads: number;
  readonly warm: boolean;
}

export class Pool {
  readonly #seats: readonly Seat[];
  readonly #warm: boolean;
  readonly #setup: Setup;
  readonly #atOnce = new AtOnce();
  #sweep: NodeJS.Timeout | undefined;

  constructor({ threads, warm, ...parts }: Omit<SeatParts, 'atOnce'> & Options) {
    const atOnce = this.#atOnce;
    this.#seats = Array.from({ length: threads }, () => new Seat({ ...parts, atOnce }));
    [this.#warm, this.#setup] = [warm, parts.setup];
  }

  async start(): Promise<void> {
    await this.#atOnce.open(this.#setup);
    if (this.#warm) for (const seat of this.#seats) seat.warmUp();
    else this.#sweep = setInterval(() => this.#coolDown(), SWEEP_MS).unref();
  }

  /** A seat for one batch, or none. Several short jobs may wait behind others of their kind when every seat is taken. */
  reserve(short: boolean): Seat | undefined {
    let found: Seat | undefined;
    for (const seat of this.#seats) {
      if (!seat.free) continue;
      found ??= seat;
      if (!seat.warm) continue;
      found = seat;
      break;
    }
    if (!found && short) found = this.#seats.find((seat) => seat.takesShort);
    found?.reserve(short);
    return found;
  }

  get threads(): number {
    return this.#seats.length;
  }

  get free(): number {
    let free = 0;
    for (const seat of this.#seats) if (seat.free) free++;
    return free;
  }

  get alive(): number {
    let alive = 0;
    for (const seat of this.#seats) if (seat.warm) alive++;
    return alive;
  }

  /** Why threads cannot start, when none can. */
  get failure(): string | undefined {
    return this.#seats.find(({ failure }) => failure !== undefined)?.failure;
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep);
    await Promise.all(this.#seats.map((seat) => seat.close()));
  }

  #coolDown(): void {
    const before = performance.now() - IDLE_MS;
    const warm = this.#seats.filter((seat) => seat.warm);
    // The first stays: it is the one that the next job gets.
    for (const seat of warm.slice(1)) if (seat.free && seat.idleSinceMs < before) seat.coolDown();
  }
}
