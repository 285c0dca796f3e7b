/**
 * One owned partition: the lease, what is held of it, and the one commit in flight. The next batch is computed while that
 * travels; when it is refused everything that was held goes, the batch computed ahead too, and the lease is taken anew.
 */
import type { CommitAnswer, Entry, Lease } from '../../lib/bus/ownership.ts';
import { LEASE_MS } from '../../lib/bus/ownership.ts';
import { Batch } from './batch.ts';
import type { Moment, PartitionActor } from './partition.ts';

/** Before a lease may have ended by our own clock nothing is sent any more. */
const LEASE_MARGIN_MS = 300;

export class Owned {
  readonly lease: Lease;
  readonly actor: PartitionActor;
  /** The entry behind which the next batch reads: the last one of the commit in flight, or the head. */
  cursor = '0';
  /** Monotonic, ms. */
  renewedMs: number;
  lost = false;
  readonly tries = new Map<string, number>();
  /** Attempts of applied batches whose parcels are still to be sent, by batch. */
  readonly unsent = new Map<string, readonly string[]>();
  #number: number;

  constructor(lease: Lease, actor: PartitionActor, number: number, monotonicMs: number) {
    this.lease = lease;
    this.actor = actor;
    this.#number = number;
    this.renewedMs = monotonicMs;
  }

  mayStillHold(monotonicMs: number): boolean {
    return !this.lost && monotonicMs - this.renewedMs < LEASE_MS - LEASE_MARGIN_MS;
  }

  /** The next batch, applied to memory already; undefined when there is nothing to write. */
  plan(entries: readonly Entry[], moment: Omit<Moment, 'tries'>): Batch | undefined {
    const batch = new Batch(this.lease, this.#number);
    this.actor.plan(batch, entries, { ...moment, tries: this.tries });
    if (batch.isEmpty) return undefined;
    if (this.tries.size > 0) batch.triesDropped.push(...batch.applied.filter((id) => this.tries.has(id)));
    this.#number++;
    if (batch.applied.length > 0) this.cursor = batch.applied.at(-1)!;
    return batch;
  }

  /** What the answer to a batch means; true when all is well. */
  settle(answer: CommitAnswer, batch: Batch): boolean {
    if (answer !== 'APPLIED' && answer !== 'DONE') {
      this.lost = true;
      return false;
    }
    for (const id of batch.applied) this.tries.delete(id);
    // Nothing newer is in flight: the head is what comes next.
    if (batch.applied.at(-1) === this.cursor) this.cursor = '0';
    return true;
  }
}
