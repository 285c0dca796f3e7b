/**
 * What follows a commit that was applied: its attempts go to the workers, its log lines to their streams, hints to whoever
 * runs what must end. What could not be sent is sent again each second; the outbox keeps it across owners.
 */

import type { Bus } from '../../lib/bus/bus.ts';
import { isFault, textOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { LogLine } from '../../lib/model/log-line.ts';
import type { Batch, Dispatch } from './batch.ts';
import { Durations } from './durations.ts';
import { Parcels, type SentParcel } from './parcels.ts';

const AGAIN_MS = 1_000;

export interface Committed {
  readonly batch: Batch;
  /** The outbox entry of the batch is done. */
  sent(parcels: readonly SentParcel[]): void;
}

export class Deliveries {
  readonly durations = new Durations();
  readonly #bus: Bus;
  readonly #log: Log;
  readonly #parcels: Parcels;
  #unsent: Committed[] = [];
  #againMs = 0;
  readonly #underWay = new Set<Promise<void>>();

  constructor(bus: Bus, log: Log) {
    this.#bus = bus;
    this.#log = log;
    this.#parcels = new Parcels(bus, this.durations);
  }

  set threads(threads: ReadonlyMap<string, number>) {
    this.#parcels.threads = threads;
  }

  /** `open`: attempts that are out. The next round does not wait for it: what is not sent by then stands in its outbox. */
  deliver(committed: readonly Committed[], open: number): void {
    for (const { batch } of committed) {
      if (batch.lines.length > 0) this.#track(this.#append(batch));
      if (batch.hints.length > 0) this.#bus.claims.hint(batch.hints);
    }
    const withWork = committed.filter(({ batch }) => batch.dispatches.length > 0);
    if (withWork.length > 0) this.#track(this.#send(withWork, open));
  }

  /** Resolves when nothing is on its way. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  #track(work: Promise<void>): void {
    this.#underWay.add(work);
    void work.then(() => this.#underWay.delete(work));
  }

  /** Once a second: what is still to be sent. */
  async again(open: number): Promise<void> {
    const nowMs = performance.now();
    if (this.#unsent.length === 0 || nowMs - this.#againMs < AGAIN_MS) return;
    this.#againMs = nowMs;
    await this.#send(this.#unsent.splice(0), open);
  }

  /** A partition that was lost has another owner now, whose outbox it is. */
  forget(lost: (partition: string) => boolean): void {
    this.#unsent = this.#unsent.filter(({ batch }) => !lost(batch.partition));
  }

  async #send(committed: readonly Committed[], open: number): Promise<void> {
    const dispatches: Dispatch[] = [];
    for (const { batch } of committed) for (const dispatch of batch.dispatches) dispatches.push(dispatch);
    try {
      const parcels = await this.#parcels.send(dispatches, open);
      for (const { sent } of committed) sent(parcels);
    } catch (error) {
      if (!isFault(error)) this.#log.error({ err: error }, 'parcels cannot be sent');
      else this.#log.debug({ reason: textOf(error) }, 'parcels wait for Redis');
      this.#unsent.push(...committed);
    }
  }

  async #append({ partition, lines }: Batch): Promise<void> {
    const byExecution = new Map<string, LogLine[]>();
    for (const { executionId, line } of lines) {
      const some = byExecution.get(executionId);
      if (some) some.push(line);
      else byExecution.set(executionId, [line]);
    }
    const batches = [...byExecution].map(([executionId, some]) => ({ executionId, lines: some }));
    // The engine's own lines are not worth a failure of the round; the reason stands in the execution too.
    await this.#bus.lines
      .append(partition, batches)
      .catch((error: unknown) => this.#log.warn({ reason: textOf(error) }, 'log lines were lost'));
  }
}
