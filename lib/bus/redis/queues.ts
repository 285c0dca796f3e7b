/**
 * Queues on BullMQ: one job per parcel, its name the job's id. Transport only: stalled jobs decide nothing here, and progress
 * is watched rather than connection, since a queue was seen to hang for ever after an outage.
 */
import { type ConnectionOptions, Queue, type Worker } from 'bullmq';
import { textOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { Parcel, QueueServer, Queues } from '../queues.ts';
import { type Client, type Connections, reached } from './connection.ts';
import { EagerWorker } from './eager-worker.ts';
import { queuePrefix } from './keys.ts';
import { counted } from './socket.ts';

const QUEUE = 'parcels';
/** A parcel that its worker has not claimed when it dies comes back after this and two looks. */
const LOCK_MS = 2_000;
const STALLED_CHECK_MS = 500;
/** Stalled jobs come back as often as it takes: claims decide, not BullMQ. */
const STALLED_MAX = 1_000_000;
/** Parcels wait, threads are free, and none was taken for this long, at two looks in a row: the worker is built anew. */
const PROGRESS_MS = 3_000;
const WATCH_MS = 1_000;

export function redisQueues(connections: Connections, log: Log): Queues & { close(): Promise<void> } {
  const { state } = connections;
  const queues = new Map<string, Queue<Parcel>>();
  const servers = new Set<Server>();
  const queueOf = (group: string): Queue<Parcel> => {
    let queue = queues.get(group);
    if (!queue) {
      queue = new Queue<Parcel>(QUEUE, {
        prefix: queuePrefix(group),
        // What is asked in one turn leaves in one write, parcels of all partitions and the commits too.
        connection: state as ConnectionOptions,
        defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
      });
      queue.on('error', (error) => log.debug({ group, reason: textOf(error) }, 'queue'));
      queues.set(group, queue);
    }
    return queue;
  };
  return {
    add: async (group, parcels) => {
      const queue = queueOf(group);
      const add = (parcel: Parcel) => queue.add('parcel', parcel, { jobId: parcel.name, lifo: parcel.first });
      await guarded(Promise.all(parcels.map(add)));
    },
    present: (group, names) => guarded(Promise.all(names.map((name) => isPresent(state, queueOf(group), name)))),
    waiting: (group) => guarded(queueOf(group).getWaitingCount()),
    serve: (group, { concurrency }, handle) => {
      const server = new Server(connections, group, concurrency, handle, () => queueOf(group).getWaitingCount(), log);
      servers.add(server);
      return server;
    },
    close: async () => {
      await Promise.all([...servers].map((server) => server.close(0)));
      await Promise.all([...queues.values()].map((queue) => queue.close().catch(() => {}))); // Closing while Redis is away is no failure.
    },
  };
}

/** Waiting, or in the hands of a worker that keeps its lock. */
async function isPresent(client: Client, queue: Queue<Parcel>, name: string): Promise<boolean> {
  const state = await queue.getJobState(name);
  if (state !== 'active') return state === 'waiting' || state === 'prioritized' || state === 'delayed';
  return (await client.exists(`${queue.toKey(name)}:lock`)) === 1;
}

async function guarded<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw reached(error);
  }
}

class Server implements QueueServer {
  readonly #build: () => Worker<Parcel>;
  readonly #waiting: () => Promise<number>;
  readonly #concurrency: number;
  readonly #log: Log;
  #worker: Worker<Parcel>;
  #active = 0;
  #lastMs = performance.now();
  #paused = false;
  /** At the last look. */
  #isStuck = false;
  readonly #watch: NodeJS.Timeout;

  constructor(
    connections: Connections,
    group: string,
    concurrency: number,
    handle: (parcel: Parcel) => Promise<void>,
    waiting: () => Promise<number>,
    log: Log,
  ) {
    this.#concurrency = concurrency;
    this.#waiting = waiting;
    this.#log = log.child({ group });
    const taken = async (parcel: Parcel) => {
      this.#active++;
      this.#lastMs = performance.now();
      try {
        await handle(parcel);
      } finally {
        this.#active--;
        this.#lastMs = performance.now();
      }
    };
    this.#build = () => {
      const { connection, close } = connections.forWorker();
      const worker = new EagerWorker<Parcel>(QUEUE, taken, {
        prefix: queuePrefix(group),
        connection: connection as ConnectionOptions,
        concurrency,
        lockDuration: LOCK_MS,
        stalledInterval: STALLED_CHECK_MS,
        maxStalledCount: STALLED_MAX,
        removeOnComplete: { count: 0 },
        removeOnFail: { count: 0 },
      });
      worker.on('error', (error) => this.#log.debug({ reason: textOf(error) }, 'queue worker'));
      const { client, blockingClient } = worker.getBackend();
      // One that was closed before it could connect is none.
      for (const each of [client, blockingClient])
        each?.then((it) => connections.follows(counted(it as unknown as Client))).catch(() => {});
      worker.once('closed', close);
      return worker;
    };
    this.#worker = this.#build();
    this.#watch = setInterval(() => void this.#look(), WATCH_MS).unref();
  }

  async ready(): Promise<void> {
    await guarded(this.#worker.waitUntilReady());
  }

  async pause(): Promise<void> {
    this.#paused = true;
    // Without waiting for those in hand: they go on.
    await this.#worker.pause(true).catch(() => {}); // While Redis is away nothing can be taken either.
  }

  async close(deadlineMs: number): Promise<void> {
    clearInterval(this.#watch);
    this.#paused = true;
    const worker = this.#worker;
    const graceful = worker.close(deadlineMs === 0).catch(() => {}); // Closing while Redis is away is no failure.
    await Promise.race([graceful, new Promise((resolve) => setTimeout(resolve, Math.max(deadlineMs, 100)).unref())]);
    worker.disconnect().catch(() => {}); // The same.
  }

  async #look(): Promise<void> {
    const isHungry = () =>
      !this.#paused && this.#active < this.#concurrency && performance.now() - this.#lastMs >= PROGRESS_MS;
    const waiting = isHungry() ? await this.#waiting().catch(() => 0) : 0; // Redis is away: there is nothing to rebuild for.
    const [before, isStuck] = [this.#isStuck, waiting > 0 && isHungry()];
    // Once is no sign: what has only just come is about to be taken.
    this.#isStuck = isStuck && !before;
    if (!isStuck || !before) return;
    this.#log.warn({ waiting }, 'parcels wait and none is taken: opening the queue anew');
    this.#lastMs = performance.now();
    const old = this.#worker;
    this.#worker = this.#build();
    await old.close(true).catch(() => {}); // It was stuck.
  }
}
