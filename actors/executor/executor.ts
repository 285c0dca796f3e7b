/**
 * The executor: owns partitions, and goes round: read the mailboxes, step, commit, hand out. The commits of a round travel
 * together while the next round is read and computed. It does no heavy work and never reads the repository (I1).
 */
import type { Bus } from '../../lib/bus/bus.ts';
import { newMember } from '../../lib/bus/members.ts';
import type { Entry } from '../../lib/bus/ownership.ts';
import { isFault, textOf } from '../../lib/errors.ts';
import type { StepSecrets } from '../../lib/execution/opener.ts';
import type { Log } from '../../lib/log.ts';
import type { Catalogue } from '../../lib/model/catalogue.ts';
import type { Partition } from '../../lib/model/partition.ts';
import type { Service } from '../../lib/service.ts';
import type { Starting } from './callees.ts';
import { Deliveries } from './deliveries.ts';
import { Estate, type EstateParts } from './estate.ts';

const READ_ENTRIES = 200;
const BLOCK_MS = 500;
/**
 * Under load rounds begin several times as far apart as the last one took from its read to its commit: once more for each so
 * many attempts that are out, since the more there are, the less anybody waits for one of them. The least CPU that costs no rate.
 */
const GATHER_ATTEMPTS = 32;
const GATHER_ROUNDS_MAX = 8;
const GATHER_MS_MAX = 60;
const BACK_OFF_MS = 200;
const SILENT_MS = 10_000;

export function buildExecutor({
  bus,
  catalogue,
  secrets,
  log,
  starting,
}: {
  readonly bus: Bus;
  readonly catalogue: Catalogue;
  /** Opens and seals what is encrypted at rest; absent, there can be none. */
  readonly secrets?: StepSecrets;
  readonly log: Log;
  readonly starting: Starting;
}): Service {
  const member = newMember('executor');
  const executor = new Executor({ bus, member, catalogue, secrets, log, starting });
  return {
    name: 'executor',
    start: () => executor.start(),
    quiet: async () => executor.quiet(),
    stop: (deadlineMs) => executor.stop(deadlineMs),
    health: () => executor.health(),
  };
}

class Executor {
  readonly #bus: Bus;
  readonly #log: Log;
  readonly #estate: Estate;
  readonly #deliveries: Deliveries;
  #running = false;
  #done: Promise<void> = Promise.resolve();
  #progressMs = performance.now();
  /** When the last round began, and how long it took. */
  #begunMs = 0;
  #roundMs = 0;

  constructor(parts: Omit<EstateParts, 'deliveries'>) {
    const { bus, log } = parts;
    this.#bus = bus;
    this.#log = log;
    this.#deliveries = new Deliveries(bus, log);
    this.#estate = new Estate({ ...parts, deliveries: this.#deliveries });
  }

  async start(): Promise<void> {
    this.#running = true;
    await this.#estate.tend();
    this.#done = this.#goRound();
  }

  quiet(): void {
    this.#running = false;
    this.#bus.ownership.wake();
  }

  async stop(deadlineMs: number): Promise<void> {
    this.quiet();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, deadlineMs);
    });
    await Promise.race([this.#done, late]);
    clearTimeout(timer);
    await this.#estate.leave();
  }

  health(): { readonly ok: boolean; readonly detail?: string } {
    const silentMs = performance.now() - this.#progressMs;
    return silentMs < SILENT_MS
      ? { ok: true }
      : { ok: false, detail: `no round for ${Math.round(silentMs / 1_000)} s` };
  }

  async #goRound(): Promise<void> {
    let committed: Promise<void> = Promise.resolve();
    while (this.#running) {
      try {
        await this.#estate.tend();
        await this.#gather();
        const entries = await this.#read();
        const readMs = performance.now();
        const planned = await this.#estate.plan(entries);
        await committed;
        committed = this.#estate.commit(planned);
        this.#progressMs = performance.now();
        this.#roundMs = this.#progressMs - readMs;
      } catch (error) {
        if (!isFault(error)) this.#log.error({ err: error }, 'a round failed');
        else this.#log.debug({ reason: textOf(error) }, 'a round waits for Redis');
        await committed;
        this.#estate.dropAll();
        await new Promise((resolve) => setTimeout(resolve, BACK_OFF_MS));
      }
    }
    await committed;
    await this.#deliveries.settled();
  }

  /** Under load a round costs less the more it holds: the next one waits until it has been worth it. */
  async #gather(): Promise<void> {
    const rounds = Math.min(this.#estate.open / GATHER_ATTEMPTS, GATHER_ROUNDS_MAX);
    const waitMs = this.#begunMs + Math.min(rounds * this.#roundMs, GATHER_MS_MAX) - performance.now();
    // A timer has no parts of a millisecond.
    if (waitMs >= 1) await new Promise((resolve) => setTimeout(resolve, waitMs));
    this.#begunMs = performance.now();
  }

  #read(): Promise<ReadonlyMap<Partition, readonly Entry[]>> {
    const blockMs = Math.max(0, Math.min(BLOCK_MS, Math.ceil(this.#estate.nextInMs())));
    return this.#bus.ownership.read(this.#estate.cursors(), { count: READ_ENTRIES, blockMs });
  }
}
