/**
 * A world: real partitions, steps, batches and gates over the bus in memory, two owners, workers, a client and a durable
 * reader, in virtual time. A seed decides everything. The storm ends, and what was asked must come to its end then.
 */
import type { Batch } from '../../actors/executor/batch.ts';
import { openMemoryBus } from '../../lib/bus/memory/open.ts';
import type { Keyspace } from '../../lib/bus/memory/store.ts';
import type { Item } from '../../lib/bus/queues.ts';
import { parseFlow } from '../../lib/flow/parse.ts';
import type { Catalogue } from '../../lib/model/catalogue.ts';
import { derivedId } from '../../lib/model/ids.ts';
import type { StartMessage } from '../../lib/model/message.ts';
import {
  allPartitions,
  executionPartition,
  flowKey,
  flowPartition,
  type Partition,
} from '../../lib/model/partition.ts';
import { type Faults, QUIET } from './faults.ts';
import { CALLED, FLOWS } from './flows.ts';
import { Observer } from './observer.ts';
import { Dice } from './random.ts';
import { SimOwner } from './sim-owner.ts';
import { SimWorker } from './sim-worker.ts';
import { Wire } from './wire.ts';

const PARTITIONS = 2;
const OWNERS = 2;
const WORKERS = 3;
const EXECUTIONS = 9;
const TICK_MS = 250;
const STORM_TICKS = 800;
const TICKS_MAX = 6_000;
const ASK_AGAIN_MS = 60_000;
const KEPT_COMMITS = 4;
const LATE_MS = 3 * 60_000;

interface Asked {
  readonly message: StartMessage;
  readonly source: string;
  askedMs: number;
  endedMs?: number;
  again: number;
}

export class World {
  readonly faults: Faults;
  readonly dice: Dice;
  readonly clock = { nowMs: 1_800_000_000_000, now: () => this.clock.nowMs };
  readonly bus = openMemoryBus({ partitions: PARTITIONS, clock: this.clock });
  readonly wire: Wire;
  readonly observer: Observer;
  calm = false;
  readonly #owners: SimOwner[];
  readonly #workers: SimWorker[];
  readonly #asked: Asked[] = [];
  readonly #kept = new Map<Partition, Keyspace[]>();
  #ticks = 0;
  #kills: number;

  constructor(seed: number, catalogue: Catalogue, faults: Faults = QUIET) {
    this.faults = faults;
    this.dice = new Dice(seed);
    this.wire = new Wire(faults, this.dice, this.clock);
    this.observer = new Observer(this.bus);
    this.#owners = Array.from({ length: OWNERS }, (_, n) => new SimOwner(`owner${n}`, this, catalogue));
    this.#workers = Array.from({ length: WORKERS }, (_, n) => new SimWorker(`worker${n}`, this));
    this.#kills = faults.kills ?? 0;
    for (const source of CALLED) this.#save(source, catalogue);
    for (let n = 0; n < EXECUTIONS; n++) this.#ask(n, FLOWS[n % FLOWS.length]!, catalogue);
  }

  /** Runs until all has ended, or too long. */
  async run(): Promise<void> {
    const [killAt, pauseAt] = [this.#moments(this.faults.killWorkers), this.#moments(this.faults.pauseWorkers)];
    for (; this.#ticks < TICKS_MAX && !this.#isOver(); this.#ticks++) {
      this.clock.nowMs += TICK_MS;
      if (this.#ticks === STORM_TICKS) this.#endStorm();
      if (killAt.has(this.#ticks)) this.#killWorker();
      if (pauseAt.has(this.#ticks)) this.#workers[this.dice.below(this.#workers.length)]!.pause();
      await this.#tick();
    }
    this.observer.judgeEnd(this.#asked.map(({ message }) => message.executionId));
  }

  applied(_owner: SimOwner, partition: Partition, leaseValue: string, batch: Batch): void {
    this.observer.commit(partition, leaseValue, batch);
    const kept = this.#kept.get(partition) ?? [];
    kept.push(this.bus.store.snapshot(partition));
    this.#kept.set(partition, kept.slice(-KEPT_COMMITS));
  }

  dispatch(batch: Batch): void {
    for (const { item } of batch.dispatches) this.wire.send(() => this.#hand(item));
  }

  ran(ref: string, worker: string): void {
    this.observer.ran(ref, worker);
  }

  async #hand(item: Item): Promise<void> {
    const living = this.#workers.filter(({ dead }) => !dead);
    await living[this.dice.below(living.length)]!.take(item);
  }

  /** As its actor would have it. */
  #save(source: string, catalogue: Catalogue): void {
    const { flow } = parseFlow(source, catalogue, { tenant: 'main' });
    const document = { revision: 1, hash: flow!.hash, deleted: false, source, atMs: 0, createdAtMs: 0, requests: [] };
    const space = this.bus.store.of(flowPartition(flow!, PARTITIONS));
    space.documents.set(flowKey(flow!), new Map([['head', JSON.stringify(document)]]));
  }

  #ask(n: number, source: string, catalogue: Catalogue): void {
    const { flow, problems } = parseFlow(source, catalogue, { tenant: 'main' });
    if (!flow) throw new Error(`the simulation's flow is wrong: ${JSON.stringify(problems)}`);
    const id = derivedId('simulation', n);
    const start = {
      id,
      flow: { tenant: 'main', namespace: flow.namespace, id: flow.id, revision: 1, hash: flow.hash },
      inputs: {},
      originalId: id,
      principal: 'simulation',
      createdAtMs: this.clock.nowMs,
      incarnation: 0,
    };
    this.#asked.push({
      message: { v: 1, kind: 'start', executionId: id, atMs: 0, start, labels: {} },
      source,
      askedMs: 0,
      again: 0,
    });
  }

  async #tick(): Promise<void> {
    await this.#client();
    await this.wire.deliver();
    for (const partition of this.dice.shuffled(allPartitions('x', PARTITIONS))) {
      for (const owner of this.dice.shuffled(this.#owners)) {
        await owner.act(partition);
        await owner.wake();
      }
      if (!this.calm && this.dice.chance(this.faults.rollBack ?? 0)) this.#rollBack(partition);
    }
    for (const worker of this.#workers) await worker.act();
    // The indexer: what it has read may leave Redis.
    await this.bus.feeds.publishCursor('indexer', await this.bus.feeds.newest(allPartitions('x', PARTITIONS)));
  }

  /** Asks until it sees the end; in some worlds once more, much later. */
  async #client(): Promise<void> {
    for (const asked of this.#asked) {
      const { executionId } = asked.message;
      const ended = this.observer.isEnded(executionId);
      if (ended) asked.endedMs ??= this.clock.nowMs;
      const late =
        asked.endedMs !== undefined &&
        this.faults.lateStarts &&
        asked.again < 2 &&
        this.clock.nowMs - asked.endedMs > LATE_MS * (asked.again + 1);
      if (late) asked.again++;
      if (late || (!ended && this.clock.nowMs - asked.askedMs > ASK_AGAIN_MS)) {
        asked.askedMs = this.clock.nowMs;
        const message = { ...asked.message, atMs: this.clock.nowMs };
        this.wire.send(() =>
          this.bus.mailbox.start(executionPartition(executionId, PARTITIONS), message, { definition: asked.source }),
        );
      } else if (!ended && this.#kills > 0 && this.dice.chance(0.01)) {
        this.#kills--;
        const kill = {
          v: 1,
          kind: 'kill',
          executionId,
          atMs: this.clock.nowMs,
          incarnation: 0,
          principal: 'client',
        } as const;
        if ((await this.bus.mailbox.kill(executionPartition(executionId, PARTITIONS), kill)) === 'accepted')
          this.observer.killed(executionId);
      }
    }
  }

  #moments(count = 0): ReadonlySet<number> {
    return new Set(Array.from({ length: count }, () => 10 + this.dice.below(STORM_TICKS / 4)));
  }

  #killWorker(): void {
    const victim = this.#workers.findIndex(({ dead }) => !dead);
    this.#workers[victim]!.dead = true;
    this.#workers.push(new SimWorker(`worker${this.#workers.length}`, this));
  }

  /** A replica that was some commits behind takes over. */
  #rollBack(partition: Partition): void {
    const kept = this.#kept.get(partition) ?? [];
    const older = kept[kept.length - 2 - this.dice.below(2)];
    if (!older) return;
    // The clock goes on, and so do leases' epochs by it.
    this.bus.store.restore(partition, older);
    this.observer.rolledBack(partition);
    this.#kept.set(partition, []);
  }

  #endStorm(): void {
    this.calm = true;
    this.wire.calm = true;
  }

  #isOver(): boolean {
    const { lateStarts } = this.faults;
    return (
      this.#asked.every(
        ({ endedMs, again }) =>
          endedMs !== undefined && (!lateStarts || (again === 2 && this.clock.nowMs - endedMs > LATE_MS * 2 + 30_000)),
      ) &&
      this.observer.areAllEnded &&
      this.wire.isEmpty &&
      this.#workers.every(({ isIdle }) => isIdle)
    );
  }
}
