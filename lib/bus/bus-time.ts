/** The bus's time without a round trip: from this machine's clock and their difference, which is looked at now and then. */
import { systemClock } from '../clock.ts';
import type { Bus } from './bus.ts';

const REFRESH_MS = 30_000;

export class BusTime {
  readonly #bus: Pick<Bus, 'now'>;
  #timer: NodeJS.Timeout | undefined;
  /** The bus's clock minus ours, whole ms. */
  skewMs = 0;

  constructor(bus: Pick<Bus, 'now'>) {
    this.#bus = bus;
  }

  now(): number {
    return systemClock.now() + this.skewMs;
  }

  async start(): Promise<void> {
    this.#timer = setInterval(() => void this.refresh(), REFRESH_MS).unref();
    await this.#look();
  }

  refresh(): Promise<void> {
    return this.#look();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const before = systemClock.now();
    const bus = await this.#bus.now().catch(() => undefined); // The bus is away: the last difference is still the best.
    if (bus === undefined) return;
    const after = systemClock.now();
    const skewMs = Math.round(bus - (before + after) / 2);
    // What the round trip alone explains is no difference.
    this.skewMs = Math.abs(skewMs) <= (after - before) / 2 + 1 ? 0 : skewMs;
  }
}
