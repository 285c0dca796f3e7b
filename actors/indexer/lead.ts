/**
 * Which of several indexers works: a lease in the vault. It only saves work: rows keep the highest version, so two that
 * believe to lead for a moment write the same rows twice. Therefore a lead is given up only to another holder, never
 * because the bus cannot be asked.
 */
import { randomUUID } from 'node:crypto';
import type { Vault } from '../../lib/bus/vault.ts';
import { type Clock, systemClock } from '../../lib/clock.ts';
import { textOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';

const KEY = 'indexer.lead';
const LEASE_MS = 6_000;
const RENEWAL_MS = 2_000;

export class Lead {
  readonly #vault: Vault;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #holder = randomUUID();

  constructor(parts: { readonly vault: Vault; readonly log: Log; readonly clock?: Clock }) {
    this.#vault = parts.vault;
    this.#log = parts.log;
    this.#clock = parts.clock ?? systemClock;
  }

  /** Resolves with true when the lead is ours, with false when the signal fires first. */
  async take(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      if (await this.#tried(() => this.#vault.set(KEY, this.#holder, { ttlMs: LEASE_MS, onlyIfAbsent: true }), false))
        return true;
      await this.#clock.sleep(RENEWAL_MS, signal);
    }
    return false;
  }

  /** Renews until the signal fires; resolves earlier when another one holds the lead. */
  async keep(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#clock.sleep(RENEWAL_MS, signal);
      if (signal.aborted || !(await this.#tried(() => this.#renew(), true))) return;
    }
  }

  async giveUp(): Promise<void> {
    await this.#tried(async () => {
      if ((await this.#vault.get(KEY)) === this.#holder) await this.#vault.remove(KEY);
      return true;
    }, true);
  }

  async #renew(): Promise<boolean> {
    const holder = await this.#vault.get(KEY);
    if (holder !== undefined && holder !== this.#holder) return false;
    await this.#vault.set(KEY, this.#holder, { ttlMs: LEASE_MS });
    return true;
  }

  async #tried(work: () => Promise<boolean>, otherwise: boolean): Promise<boolean> {
    try {
      return await work();
    } catch (error) {
      this.#log.debug({ reason: textOf(error) }, 'the lead could not be asked for');
      return otherwise;
    }
  }
}
