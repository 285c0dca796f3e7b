/**
 * A Redis Cluster as one client. Nothing is sent a second time by itself but what a node has refused to do (MOVED, ASK): a
 * connection that is lost leaves what was under way unknown, as with one Redis.
 */
import { Cluster, Command, type Redis, type RedisOptions } from 'ioredis';
import { Fault, textOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { Place } from './address.ts';
import { corkWrites, counted, watchSilence } from './socket.ts';

const RETRY_FIRST_MS = 50;
const RETRY_MAX_MS = 1_000;
/** While a master is away it is looked this often whether all slots are served again. */
const LOOK_MS = 250;

export function openCluster(nodes: readonly Place[], options: RedisOptions, log: Log): Cluster {
  const cluster = new Cluster([...nodes], {
    redisOptions: options,
    enableOfflineQueue: options.enableOfflineQueue ?? true,
    clusterRetryStrategy: (times) => Math.min(RETRY_FIRST_MS * times, RETRY_MAX_MS),
    // By default a command whose connection was lost is sent again.
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
  });
  cluster.on('error', (error) => log.debug({ reason: textOf(error) }, 'redis cluster'));
  cluster.on('node error', (error, node) => log.debug({ node, reason: textOf(error) }, 'redis connection'));
  return counted(cluster);
}

/** The master that has the key's slot. Throws `bus.unavailable` while none is known. */
export function masterOf(cluster: Cluster, key: string): Redis {
  const [name] = cluster.slots[new Command('GET', [key]).getSlot()] ?? [];
  const master = cluster.nodes('master').find(({ options: { host, port } }) => `${host}:${port}` === name);
  if (!master) throw new Fault('bus.unavailable', `expected a master of the slot of ${key}, got ${name ?? 'none'}`);
  return master;
}

/** Keeps an eye on the masters: whether all are seen, and since when; tends their connections. */
export class ClusterSight {
  sinceMs: number | undefined;
  readonly #cluster: Cluster;
  readonly #watches = new Map<Redis, NodeJS.Timeout>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    cluster.on('+node', (node: Redis) => this.#entered(node));
    cluster.on('-node', (node: Redis) => this.#left(node));
    cluster.on('ready', () => void this.#look());
    cluster.on('close', () => this.#broke());
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const watch of this.#watches.values()) clearInterval(watch);
  }

  #entered(node: Redis): void {
    corkWrites(node);
    this.#watches.set(node, watchSilence(node));
    node.on('close', () => {
      if (!node.options.readOnly) this.#broke();
    });
  }

  #left(node: Redis): void {
    clearInterval(this.#watches.get(node));
    this.#watches.delete(node);
  }

  #broke(): void {
    this.sinceMs = undefined;
    if (this.#closed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#look();
    }, LOOK_MS);
  }

  /** All slots have a master, and every one of these answers. */
  async #look(): Promise<void> {
    if (this.#closed || this.sinceMs !== undefined) return;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#cluster.refreshSlotsCache((error) => (error ? reject(error) : resolve()));
      });
      const states = await Promise.all(this.#cluster.nodes('master').map((node) => node.cluster('INFO')));
      if (states.length === 0 || states.some((text) => !text.includes('cluster_state:ok'))) return this.#broke();
      this.sinceMs = performance.now();
    } catch {
      this.#broke(); // It is looked again.
    }
  }
}
