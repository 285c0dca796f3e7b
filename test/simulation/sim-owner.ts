/** An executor as the simulation has it: the real partitions and batches, one act at a time, with faults between the acts. */
import type { Batch } from '../../actors/executor/batch.ts';
import { Callees } from '../../actors/executor/callees.ts';
import { Definitions } from '../../actors/executor/definitions.ts';
import { Durations } from '../../actors/executor/durations.ts';
import { ExecutionPartition } from '../../actors/executor/execution-partition.ts';
import type { Kept } from '../../actors/executor/letters.ts';
import { Owned } from '../../actors/executor/owned.ts';
import { type Outcome, Post } from '../../actors/executor/post.ts';
import type { MemoryBus } from '../../lib/bus/memory/open.ts';
import type { Commit, CommitAnswer } from '../../lib/bus/ownership.ts';
import { silentLog } from '../../lib/log.ts';
import type { Catalogue } from '../../lib/model/catalogue.ts';
import type { Partition } from '../../lib/model/partition.ts';
import { NO_VERSION } from '../../lib/model/version.ts';
import type { Faults } from './faults.ts';
import type { Dice } from './random.ts';
import type { Wire } from './wire.ts';

/** At most: a batch may end between two copies of a message. */
const READ_ENTRIES = 10;
const PAUSE_MS = 12_000;

export interface OwnerWorld {
  readonly bus: MemoryBus;
  readonly dice: Dice;
  readonly faults: Faults;
  readonly wire: Wire;
  readonly calm: boolean;
  /** Judges a commit that was applied, and keeps what a roll-back would go back to. */
  applied(owner: SimOwner, partition: Partition, leaseValue: string, batch: Batch): void;
  dispatch(batch: Batch): void;
}

export class SimOwner {
  readonly name: string;
  readonly #world: OwnerWorld;
  readonly #definitions: Definitions;
  readonly #post: Post;
  readonly #owned = new Map<Partition, Owned>();
  #pausedUntilMs = 0;

  constructor(name: string, world: OwnerWorld, catalogue: Catalogue) {
    this.name = name;
    this.#world = world;
    this.#definitions = new Definitions(world.bus.documents, catalogue);
    const callees = new Callees({ bus: world.bus, definitions: this.#definitions, globals: [] });
    this.#post = new Post({ bus: world.bus, callees, log: silentLog });
  }

  async act(partition: Partition): Promise<void> {
    const { bus } = this.#world;
    if (bus.store.clock.now() < this.#pausedUntilMs) return;
    const owned = this.#owned.get(partition) ?? (await this.#take(partition));
    if (!owned) return;
    if (!(await bus.ownership.renew([owned.lease]))[0]) return this.#drop(partition);
    await owned.actor.watch(bus.store.clock.now());
    const batch = await this.#plan(owned, partition);
    if (!batch) return;
    // The next batch is computed while the first travels, as in production.
    const commit = batch.finish();
    if (this.#isChance('pauseOwner')) return this.#pauseBefore(owned, batch, commit);
    const ahead = this.#world.dice.chance(0.5) ? await this.#plan(owned, partition) : undefined;
    if (!(await this.#commit(owned, batch, commit))) return this.#drop(partition);
    if (ahead && !(await this.#commit(owned, ahead, ahead.finish()))) this.#drop(partition);
  }

  async #take(partition: Partition): Promise<Owned | undefined> {
    const { bus } = this.#world;
    const lease = await bus.ownership.acquire(partition, this.name);
    if (!lease) return undefined;
    const parts = {
      bus,
      definitions: this.#definitions,
      durations: new Durations(),
      log: silentLog,
      post: { send: (from: Partition, kept: Kept, nowMs: number) => this.#send(from, kept, nowMs) },
    };
    const actor = new ExecutionPartition(parts, lease, await bus.ownership.hold(lease), bus.store.clock.now());
    const owned = new Owned(lease, actor, actor.number, 0);
    this.#owned.set(partition, owned);
    return owned;
  }

  /** What is repeated until it is answered may be lost on its way; the gates answer for the rest. */
  #send(from: Partition, kept: Kept, nowMs: number): Promise<Outcome> {
    const { letter } = kept;
    const repeated = letter.kind !== 'settle' && letter.kind !== 'launch' && (letter.kind !== 'call' || letter.waits);
    if (!repeated) return this.#post.send(from, kept, nowMs);
    this.#world.wire.send(() => this.#post.send(from, kept, this.#world.bus.store.clock.now()));
    return Promise.resolve('sent');
  }

  async #plan(owned: Owned, partition: Partition): Promise<Batch | undefined> {
    const { bus } = this.#world;
    const nowMs = bus.store.clock.now();
    const entries =
      (
        await bus.ownership.read(new Map([[partition, owned.cursor]]), {
          count: 1 + this.#world.dice.below(READ_ENTRIES),
          blockMs: 0,
        })
      ).get(partition) ?? [];
    await owned.actor.prepare(entries, nowMs);
    const durable = (await bus.feeds.durable([partition])).get(partition) ?? NO_VERSION;
    return owned.plan(entries, { nowMs, durable });
  }

  async #commit(owned: Owned, batch: Batch, commit: Commit): Promise<boolean> {
    const { bus } = this.#world;
    let answer: CommitAnswer = await bus.ownership.commit(owned.lease, commit);
    if (answer === 'APPLIED') this.#world.applied(this, owned.lease.partition, owned.lease.value, batch);
    if (this.#isChance('resend')) answer = await bus.ownership.commit(owned.lease, commit);
    if (this.#isChance('loseReply')) return false;
    if (!owned.settle(answer, batch)) return false;
    owned.actor.applied(batch, bus.store.clock.now());
    this.#world.dispatch(batch);
    return true;
  }

  /** Stopped just before the write; when it goes on it believes what it held. */
  #pauseBefore(owned: Owned, batch: Batch, commit: Commit): void {
    const { bus } = this.#world;
    this.#pausedUntilMs = bus.store.clock.now() + PAUSE_MS;
    this.#woken = async () => {
      if (!(await this.#commit(owned, batch, commit))) this.#drop(owned.lease.partition);
    };
  }

  #woken: (() => Promise<void>) | undefined;

  /** What it was about to do when it was stopped. */
  async wake(): Promise<void> {
    if (!this.#woken || this.#world.bus.store.clock.now() < this.#pausedUntilMs) return;
    const act = this.#woken;
    this.#woken = undefined;
    await act();
  }

  #isChance(fault: 'pauseOwner' | 'resend' | 'loseReply'): boolean {
    return !this.#world.calm && this.#world.dice.chance(this.#world.faults[fault] ?? 0);
  }

  #drop(partition: Partition): void {
    this.#owned.delete(partition);
  }
}
