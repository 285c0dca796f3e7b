/**
 * All that an executor owns: takes leases that are its own by assignment, renews them from the loop that does the work, drops
 * what was lost, and runs a round over them.
 */

import type { Bus } from '../../lib/bus/bus.ts';
import { MEMBER_BEAT_MS, type Member } from '../../lib/bus/members.ts';
import { type CommitAnswer, type Entry, LEASE_RENEW_MS, type Lease } from '../../lib/bus/ownership.ts';
import { isFault } from '../../lib/errors.ts';
import type { StepSecrets } from '../../lib/execution/opener.ts';
import type { Log } from '../../lib/log.ts';
import type { Catalogue } from '../../lib/model/catalogue.ts';
import type { Partition } from '../../lib/model/partition.ts';
import { NO_VERSION, type Version } from '../../lib/model/version.ts';
import { partitionsOf, threadsOf } from './assignment.ts';
import type { Batch } from './batch.ts';
import { Callees, type Starting } from './callees.ts';
import { Definitions } from './definitions.ts';
import type { Committed, Deliveries } from './deliveries.ts';
import { ExecutionPartition } from './execution-partition.ts';
import { FlowPartition } from './flow-partition.ts';
import { commits, deadLetters, leaseMoves, partitionsOwned } from './numbers.ts';
import { Owned } from './owned.ts';
import { Post } from './post.ts';

const ASSIGN_EACH_MS = 500;
const DURABLE_EACH_MS = 1_000;
const NOTHING: readonly Entry[] = [];

export interface EstateParts {
  readonly bus: Bus;
  readonly member: Member;
  readonly catalogue: Catalogue;
  readonly secrets?: StepSecrets;
  readonly log: Log;
  readonly deliveries: Deliveries;
  /** What the configuration gives to executions that are called. */
  readonly starting: Starting;
}

export class Estate {
  readonly #parts: EstateParts;
  readonly #definitions: Definitions;
  readonly #post: Post;
  readonly #owned = new Map<Partition, Owned>();
  /** The bus's time minus the monotonic clock. */
  #offsetMs = 0;
  #durable: ReadonlyMap<Partition, Version> = new Map();
  #durableMs = 0;
  #assignedMs = Number.NEGATIVE_INFINITY;
  #beatMs = Number.NEGATIVE_INFINITY;
  #sightFromMs = 0;

  constructor(parts: EstateParts) {
    this.#parts = parts;
    const { bus, log, secrets, starting } = parts;
    this.#definitions = new Definitions(bus.documents, parts.catalogue);
    this.#post = new Post({
      bus,
      log,
      callees: new Callees({ bus, definitions: this.#definitions, secrets, ...starting }),
    });
  }

  /** What is due beside the work: heartbeat, assignment, renewal. Throws `bus.unavailable`. */
  async tend(): Promise<void> {
    const nowMs = performance.now();
    const { bus, deliveries } = this.#parts;
    this.#noticeReconnect(nowMs);
    await this.#renew(nowMs);
    if (nowMs - this.#assignedMs < ASSIGN_EACH_MS) return;
    this.#assignedMs = nowMs;
    await this.#beat(nowMs);
    const [live, busMs] = await Promise.all([bus.members.live(), bus.now()]);
    this.#offsetMs = busMs - performance.now();
    deliveries.threads = threadsOf(live);
    await this.#assign(live);
    await this.#lookAtReaders(nowMs);
    await Promise.all([...this.#owned.values()].map(({ actor }) => actor.watch(this.#nowMs())));
    await deliveries.again(this.open);
  }

  /** Attempts that are out. */
  get open(): number {
    let open = 0;
    for (const { actor } of this.#owned.values()) if (actor instanceof ExecutionPartition) open += actor.attempts.size;
    return open;
  }

  cursors(): ReadonlyMap<Partition, string> {
    const cursors = new Map<Partition, string>();
    for (const [partition, { cursor }] of this.#owned) cursors.set(partition, cursor);
    return cursors;
  }

  nextInMs(): number {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const { actor } of this.#owned.values()) if (actor.nextMs < nextMs) nextMs = actor.nextMs;
    return nextMs - this.#nowMs();
  }

  async plan(entries: ReadonlyMap<Partition, readonly Entry[]>): Promise<readonly (readonly [Owned, Batch])[]> {
    const nowMs = this.#nowMs();
    const awake: [Owned, readonly Entry[]][] = [];
    for (const [partition, owned] of this.#owned) {
      const some = entries.get(partition);
      if (some || owned.actor.nextMs <= nowMs) awake.push([owned, some ?? NOTHING]);
    }
    const missing = awake.flatMap(([{ actor }, some]) => actor.prepare(some, nowMs) ?? []);
    if (missing.length > 0) await Promise.all(missing);
    return awake.flatMap(([owned, some]) => {
      const durable = this.#durable.get(owned.lease.partition) ?? NO_VERSION;
      const batch = owned.plan(some, { nowMs, durable });
      return batch ? [[owned, batch] as const] : [];
    });
  }

  /** The commits of a round, together; what follows from those that were applied is on its way then. Never throws. */
  async commit(planned: readonly (readonly [Owned, Batch])[]): Promise<void> {
    const committed: Committed[] = [];
    await Promise.all(
      planned.map(async ([owned, batch]) => {
        if (owned.settle(await this.#send(owned, batch), batch)) committed.push(await this.#follow(owned, batch));
        else this.#drop(owned);
      }),
    );
    if (committed.length > 0) this.#parts.deliveries.deliver(committed, this.open);
  }

  dropAll(): void {
    for (const owned of [...this.#owned.values()]) this.#drop(owned);
  }

  async leave(): Promise<void> {
    const { bus, member } = this.#parts;
    const leases = [...this.#owned.values()].map(({ lease }) => lease);
    this.dropAll();
    // Redis may be away: the leases end by themselves then.
    await Promise.allSettled([bus.ownership.release(leases), bus.members.leave(member.id)]);
  }

  async #send(owned: Owned, batch: Batch): Promise<CommitAnswer> {
    if (!owned.mayStillHold(performance.now())) {
      commits.inc({ answer: 'UNSENT' });
      return 'FENCED';
    }
    // By now the parcels of the commit before have been sent, or stand here.
    for (const refs of owned.unsent.values()) batch.unsent.push(...refs);
    try {
      const answer = await this.#parts.bus.ownership.commit(owned.lease, batch.finish());
      commits.inc({ answer });
      if (answer === 'APPLIED') deadLetters.inc(batch.deadLetters.length);
      if (answer !== 'APPLIED')
        this.#parts.log.warn({ partition: owned.lease.partition, answer }, 'a commit was not applied');
      return answer;
    } catch (error) {
      // Done or not is unknown: everything held is dropped and read anew, which is right in both cases.
      commits.inc({ answer: 'UNKNOWN' });
      if (!isFault(error)) this.#parts.log.error({ partition: owned.lease.partition, err: error }, 'a commit failed');
      return 'ROLLED_BACK';
    }
  }

  async #follow(owned: Owned, batch: Batch): Promise<Committed> {
    const { bus } = this.#parts;
    owned.actor.applied(batch, this.#nowMs());
    for (const id of batch.failed) owned.tries.set(id, await bus.ownership.tried(owned.lease, id).catch(() => 1)); // Counted again when it throws again.
    if (batch.dispatches.length > 0)
      owned.unsent.set(
        batch.id,
        batch.dispatches.map(({ item }) => item.ref),
      );
    return {
      batch,
      sent: (parcels) => {
        owned.unsent.delete(batch.id);
        if (!(owned.actor instanceof ExecutionPartition)) return;
        for (const { parcel } of parcels)
          for (const { ref } of parcel.items) {
            const watched = owned.actor.attempts.get(ref);
            if (watched) watched.parcel = parcel.name;
          }
      },
    };
  }

  #drop(owned: Owned): void {
    owned.lost = true;
    if (this.#owned.get(owned.lease.partition) === owned) this.#owned.delete(owned.lease.partition);
    this.#parts.deliveries.forget((partition) => partition === owned.lease.partition);
    partitionsOwned.set(this.#owned.size);
  }

  /** A connection that was away may have found another Redis behind it: nothing that is held counts. */
  #noticeReconnect(nowMs: number): void {
    const fromMs = nowMs - this.#parts.bus.sightMs();
    if (Math.abs(fromMs - this.#sightFromMs) > 50 && this.#sightFromMs !== 0) this.dropAll();
    this.#sightFromMs = fromMs;
  }

  async #renew(nowMs: number): Promise<void> {
    const due = [...this.#owned.values()].filter(({ renewedMs }) => nowMs - renewedMs >= LEASE_RENEW_MS);
    if (due.length === 0) return;
    const kept = await this.#parts.bus.ownership.renew(due.map(({ lease }) => lease));
    for (const [n, owned] of due.entries())
      if (kept[n]) owned.renewedMs = nowMs;
      else this.#drop(owned);
  }

  async #beat(nowMs: number): Promise<void> {
    if (nowMs - this.#beatMs < MEMBER_BEAT_MS) return;
    this.#beatMs = nowMs;
    await this.#parts.bus.members.beat(this.#parts.member);
  }

  async #assign(live: readonly Member[]): Promise<void> {
    const { bus, member, log } = this.#parts;
    const ours = partitionsOf(member.id, live, bus.partitions);
    const foreign = [...this.#owned.values()].filter(({ lease }) => !ours.has(lease.partition));
    for (const owned of foreign) this.#drop(owned);
    if (foreign.length > 0) await bus.ownership.release(foreign.map(({ lease }) => lease));
    const wanted = [...ours].filter((partition) => !this.#owned.has(partition));
    const taken = await Promise.all(wanted.map((partition) => this.#take(partition)));
    const count = taken.filter(Boolean).length;
    if (count + foreign.length > 0)
      log.info({ taken: count, released: foreign.length, owned: this.#owned.size }, 'partitions');
    partitionsOwned.set(this.#owned.size);
  }

  async #take(partition: Partition): Promise<boolean> {
    const { bus, member } = this.#parts;
    const takenMs = performance.now();
    const lease = await bus.ownership.acquire(partition, member.id);
    if (!lease) return false;
    leaseMoves.inc();
    const actor = await this.#build(lease);
    this.#owned.set(partition, new Owned(lease, actor, actor.number, takenMs));
    return true;
  }

  async #build(lease: Lease): Promise<ExecutionPartition | FlowPartition> {
    const { bus, deliveries, secrets, log, starting } = this.#parts;
    const holding = await bus.ownership.hold(lease);
    if (lease.partition.startsWith('f:')) return new FlowPartition({ bus, log }, lease, holding);
    return new ExecutionPartition(
      {
        ...{ bus, definitions: this.#definitions, durations: deliveries.durations, post: this.#post, secrets, log },
        installation: starting.installation,
      },
      lease,
      holding,
      this.#nowMs(),
    );
  }

  async #lookAtReaders(nowMs: number): Promise<void> {
    if (nowMs - this.#durableMs < DURABLE_EACH_MS) return;
    this.#durableMs = nowMs;
    this.#durable = await this.#parts.bus.feeds.durable([...this.#owned.keys()]);
  }

  #nowMs(): number {
    return Math.floor(performance.now() + this.#offsetMs);
  }
}
