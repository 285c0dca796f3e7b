/**
 * Takes parcels from the queue: waits for a seat, claims, fetches, hands over. Nothing is claimed before there is a seat, and
 * what waits here while other workers have free threads goes back, in as many parcels as there are free threads.
 */
import type { Bus } from '../../lib/bus/bus.ts';
import type { Member } from '../../lib/bus/members.ts';
import type { Item, Parcel } from '../../lib/bus/queues.ts';
import { systemClock } from '../../lib/clock.ts';
import { textOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { derivedId } from '../../lib/model/ids.ts';
import type { Asking } from '../../lib/model/letter.ts';
import type { Partition } from '../../lib/model/partition.ts';
import type { Desk } from './desk.ts';
import type { Fetch } from './fetch.ts';
import { insist } from './insist.ts';
import { byPartition, type Job, type JobSource } from './job.ts';
import type { Pool } from './pool.ts';
import type { Seat } from './seat.ts';

/** What has waited this long goes to others, if they are free. */
const PATIENCE_MS = 100;
const LOOK_MS = 50;
/** After something went back, its place here is not filled so long: another worker shall get it, not this one again. */
const HOLD_MS = 200;
/** How old may be what is known of the others. */
const OTHERS_MS = 500;

export interface IntakeParts {
  readonly bus: Bus;
  readonly group: string;
  readonly workerId: string;
  readonly pool: Pool;
  readonly desk: Desk;
  readonly fetch: Fetch;
  readonly jobs: JobSource;
  /** Answers what a step asks; resolves when there is room for more. */
  readonly respond: (asking: Asking) => Promise<void>;
  /** Ends a job that cannot be run. */
  readonly fail: (job: Job, reason: string) => void;
  readonly log: Log;
  readonly signal: AbortSignal;
}

interface Waiter {
  readonly parcel: Parcel;
  readonly short: boolean;
  readonly sinceMs: number;
  /** Undefined: it went back. */
  readonly take: (seat: Seat | undefined) => void;
}

export class Intake {
  readonly #parts: IntakeParts;
  readonly #waiting: Waiter[] = [];
  #timer: NodeJS.Timeout | undefined;
  #others: { readonly atMs: number; readonly free: number } = { atMs: Number.NEGATIVE_INFINITY, free: 0 };
  #looking = false;
  #backs = 0;
  #open = true;
  /** Parcels whose claims are being asked for. */
  taking = 0;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** Parcels that have no seat yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Whether it takes more. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Resolves when every item of the parcel is over, or is someone else's. */
  async handle(parcel: Parcel): Promise<void> {
    if (parcel.asking) return this.#parts.respond(parcel.asking);
    const alone = parcel.items.filter((item) => item.alone);
    if (alone.length > 0 && parcel.items.length > 1) return this.#apart(parcel, alone);
    if (parcel.items.length === 0) return;
    const short = parcel.items.length > 1;
    const seat = this.#seatNow(short) ?? (await this.#seatLater(parcel, short));
    if (seat) await this.#run(seat, parcel.items);
  }

  /** A seat is free. */
  freed(): void {
    while (this.#waiting.length > 0) {
      const seat = this.#parts.pool.reserve(this.#waiting[0]!.short);
      if (!seat) return;
      this.#waiting.shift()!.take(seat);
    }
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Takes no more, and sends back what waits. */
  async close(): Promise<void> {
    this.#open = false;
    clearInterval(this.#timer);
    await Promise.all(this.#waiting.splice(0).map((waiter) => this.#sendBack(waiter, 1)));
  }

  #seatNow(short: boolean): Seat | undefined {
    return this.#open && this.#waiting.length === 0 ? this.#parts.pool.reserve(short) : undefined;
  }

  #seatLater(parcel: Parcel, short: boolean): Promise<Seat | undefined> {
    return new Promise((take) => {
      const waiter: Waiter = { parcel, short, sinceMs: performance.now(), take };
      if (!this.#open) return void this.#sendBack(waiter, 1);
      this.#waiting.push(waiter);
      this.#timer ??= setInterval(() => void this.#look(), LOOK_MS);
    });
  }

  /** What travels alone came in company. */
  async #apart(parcel: Parcel, alone: readonly Item[]): Promise<void> {
    const others = parcel.items.filter((item) => !item.alone);
    const parts = [...alone.map((item) => [item]), others];
    await Promise.all(parts.map((items, n) => this.handle({ name: `${parcel.name}-${n}`, items })));
  }

  async #run(seat: Seat, items: readonly Item[]): Promise<void> {
    const jobs = items.map(this.#parts.jobs.of);
    let ready: Job[] = [];
    this.taking++;
    try {
      const partitions = byPartition(jobs);
      const taken = await Promise.all(Array.from(partitions, ([partition, some]) => this.#take(partition, some)));
      ready = taken.length === 1 ? taken[0]! : taken.flat();
    } catch (error) {
      this.#parts.log.error({ items: items.length, err: error }, 'a parcel was dropped'); // A bug; its items are offered again after 30 s.
    }
    this.taking--;
    if (ready.length === 0) return seat.release();
    await new Promise<void>((resolve) => {
      const over = () => {
        seat.release();
        resolve();
      };
      const batch = { left: ready.length, over };
      for (const job of ready) {
        job.batch = batch;
        job.place = seat;
        this.#parts.desk.running(job);
      }
      seat.run(ready);
    });
  }

  /** Claims and fetches in one turn, so in one pipeline: what was fetched for a refused claim is thrown away. */
  async #take(partition: Partition, jobs: readonly Job[]): Promise<Job[]> {
    const { desk, fetch, signal, fail } = this.#parts;
    const claiming = desk.claim(partition, jobs);
    await Promise.all([claiming, insist(() => fetch.fill(partition, jobs), signal)]);
    const granted = await claiming;
    if (!this.#open) {
      await desk.giveBack(granted);
      return [];
    }
    const ready = granted.filter(({ part, flow }) => part !== undefined && flow !== undefined);
    if (ready.length === granted.length) return granted as Job[];
    const blind = granted.filter((job) => !ready.includes(job));
    for (const job of blind) fail(job, 'expected its execution and its flow in the partition, got none');
    return ready;
  }

  async #look(): Promise<void> {
    this.freed(); // A seat may have been blocked for a while.
    const oldest = this.#waiting[0];
    if (!oldest || this.#looking || performance.now() - oldest.sinceMs < PATIENCE_MS) return;
    this.#looking = true;
    let free = await this.#freeElsewhere();
    while (free > 0 && this.#waiting[0] && performance.now() - this.#waiting[0].sinceMs >= PATIENCE_MS) {
      const waiter = this.#waiting.shift()!;
      const parts = Math.min(free, waiter.parcel.items.length);
      free -= parts;
      this.#others = { ...this.#others, free };
      void this.#sendBack(waiter, parts);
    }
    this.#looking = false;
  }

  async #freeElsewhere(): Promise<number> {
    if (performance.now() - this.#others.atMs < OTHERS_MS) return this.#others.free;
    const { bus, group, workerId } = this.#parts;
    const isOther = (member: Member) => member.role === 'worker' && member.group === group && member.id !== workerId;
    const members = await bus.members.live().catch(() => []); // The bus is away: nothing can go back either.
    const free = members.reduce((sum, member) => (isOther(member) ? sum + (member.free ?? 0) : sum), 0);
    this.#others = { atMs: performance.now(), free };
    return free;
  }

  /** As new parcels: the name of this one is still taken. */
  async #sendBack({ parcel, take }: Waiter, parts: number): Promise<void> {
    const { bus, group, workerId, signal, log } = this.#parts;
    const size = Math.ceil(parcel.items.length / parts);
    const parcels = Array.from({ length: Math.ceil(parcel.items.length / size) }, (_, n) => ({
      name: derivedId('back', workerId, ++this.#backs, parcel.name),
      items: parcel.items.slice(n * size, (n + 1) * size),
      first: true,
    }));
    await insist(() => bus.queues.add(group, parcels), signal).catch((error: unknown) =>
      // Its items are offered again after 30 s.
      log.warn({ parcel: parcel.name, reason: textOf(error) }, 'a parcel could not go back'),
    );
    if (this.#open) await systemClock.sleep(HOLD_MS, signal);
    take(undefined);
  }
}
