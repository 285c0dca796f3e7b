/**
 * Connections to Redis, wherever it is (address.ts), and what their errors mean. State is written on a connection that never
 * sends again by itself: one lost reply was seen to apply a script twice. Who asks need not know whether there is one Redis,
 * a master that sentinels choose, or a cluster: only `streams.ts` and `script.ts` do, since a cluster takes one slot a call.
 */
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { Fault, textOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { type Address, addressOf } from './address.ts';
import { ClusterSight, masterOf, openCluster } from './cluster.ts';
import { SYSTEM } from './keys.ts';
import { corkWrites, counted, watchSilence } from './socket.ts';
import { SwitchWatch } from './switches.ts';

export type Client = Redis | Cluster;

const RECONNECT_FIRST_MS = 50;
const RECONNECT_MAX_MS = 1_000;
const CONNECT_MS = 5_000;
const SENTINEL_MS = 2_000;
/** What takes no writes is left at most so often: every command under way is refused, and there may be no other behind the address. */
const LEAVE_EACH_MS = 1_000;
/** A command without an answer for this long counts as not done or unknown. */
export const COMMAND_MS = 5_000;

const UNREACHED =
  /Connection is closed|ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT|timed out|Stream isn't writeable|LOADING|READONLY|CLUSTERDOWN|MASTERDOWN|NOREPLICAS|MOVED|TRYAGAIN|sentinels are unreachable|slots cache|startup nodes|Cluster is|Cluster isn't|Node is disconnected|socket|retries per request|Command aborted/i;

/** The error as the bus's callers know it: `bus.unavailable`, `bus.full` under memory pressure; a bug stays what it is. */
export function reached(error: unknown): unknown {
  const text = textOf(error);
  if (text.startsWith('OOM')) return new Fault('bus.full', 'Redis is out of memory', { cause: error });
  if (!UNREACHED.test(text)) return error;
  // What ioredis says of a connection that broke speaks of its own settings.
  const said = /retries per request/.test(text) ? 'the connection was lost' : text;
  return new Fault('bus.unavailable', said, { cause: error });
}

/** Of a connection to one server. */
function optionsFor(address: Address, extra: RedisOptions): RedisOptions {
  return {
    ...placeFor(address),
    ...address.access,
    retryStrategy: (times) => Math.min(RECONNECT_FIRST_MS * times, RECONNECT_MAX_MS),
    reconnectOnError: leavesReplica(),
    connectTimeout: CONNECT_MS,
    // Replies of raw commands keep one shape.
    protocol: 2,
    maxRetriesPerRequest: null,
    ...extra,
  };
}

/** A master that has become a replica: another one is to be found. */
function leavesReplica(): (error: Error) => boolean {
  let leftMs = Number.NEGATIVE_INFINITY;
  return ({ message }) => {
    if (!message.startsWith('READONLY') || performance.now() - leftMs < LEAVE_EACH_MS) return false;
    leftMs = performance.now();
    return true;
  };
}

function placeFor(address: Address): RedisOptions {
  switch (address.kind) {
    case 'socket':
      return { path: address.path };
    case 'single':
      return { ...address.place };
    case 'sentinel':
      return {
        sentinels: [...address.sentinels],
        name: address.master,
        sentinelUsername: address.sentinelAccess.username,
        sentinelPassword: address.sentinelAccess.password,
        sentinelCommandTimeout: SENTINEL_MS,
        sentinelRetryStrategy: (times) => Math.min(RECONNECT_FIRST_MS * times, RECONNECT_MAX_MS),
        ...(address.access.tls ? { enableTLSForSentinelMode: true, sentinelTLS: address.access.tls } : {}),
      };
    case 'cluster':
      return {};
  }
}

/** What BullMQ is given for a worker, and what closes it afterwards. */
export interface WorkerConnection {
  readonly connection: RedisOptions | Cluster;
  close(): void;
}

/** The connections of one bus. */
export class Connections {
  readonly address: Address;
  /** For state: fails at once when Redis is away, and never repeats itself. */
  readonly state: Client;
  readonly #log: Log;
  readonly #open = new Set<Client>();
  readonly #switches: SwitchWatch | undefined;
  readonly #sight: { readonly sinceMs: number | undefined; close(): void };

  /** Throws `config.invalid`. */
  constructor(url: string, log: Log) {
    this.address = addressOf(url);
    this.#log = log;
    if (this.address.kind === 'sentinel') this.#switches = new SwitchWatch(this.address, log);
    const options: RedisOptions = {
      autoResendUnfulfilledCommands: false,
      enableOfflineQueue: false,
      commandTimeout: COMMAND_MS,
      // What was under way when the connection went is unknown at once, and not when its time is over.
      maxRetriesPerRequest: 0,
    };
    if (this.address.kind === 'cluster') {
      const cluster = this.#cluster(options);
      this.state = cluster;
      this.#sight = new ClusterSight(cluster);
    } else {
      const single = this.open(options);
      corkWrites(single);
      this.state = single;
      this.#sight = new Sight(single);
    }
  }

  /** How long Redis has been seen without a break, ms; of a cluster all masters. */
  get sightMs(): number {
    return this.#sight.sinceMs === undefined ? 0 : performance.now() - this.#sight.sinceMs;
  }

  get count(): number {
    let count = 0;
    for (const client of this.#open) count += client instanceof Cluster ? client.nodes().length : 1;
    return count;
  }

  /** Another connection, of a cluster to the master that has the key. Throws `bus.unavailable` where none is known. */
  open(extra: RedisOptions = {}, key = SYSTEM): Redis {
    const options = optionsFor(this.address, extra);
    if (this.address.kind !== 'cluster') return this.#kept(counted(new Redis(options)));
    const { host, port } = this.at(key).options;
    // Who has the slot when it is lost is to be asked again.
    return this.#kept(counted(new Redis({ ...options, host, port, retryStrategy: () => null })));
  }

  /** The connection of `state` to the server that has the key. */
  at(key: string): Redis {
    return this.state instanceof Cluster ? masterOf(this.state, key) : this.state;
  }

  /** The connections of `state` to all servers that take writes. */
  masters(): readonly Redis[] {
    return this.state instanceof Cluster ? this.state.nodes('master') : [this.state];
  }

  /** For messages that go to everybody. A cluster's client keeps a connection for them by itself. */
  subscriber(): Client {
    return this.state instanceof Cluster ? this.state : this.open();
  }

  forWorker(): WorkerConnection {
    if (this.address.kind !== 'cluster') return { connection: optionsFor(this.address, {}), close: () => {} };
    const cluster = this.#cluster({});
    return {
      connection: cluster,
      close: () => {
        if (cluster.status !== 'end') cluster.disconnect();
      },
    };
  }

  /** A connection that others have opened leaves a master that is none any more. */
  follows(client: Client): void {
    if (!(client instanceof Cluster)) this.#switches?.follows(client);
  }

  close(): void {
    this.#sight.close();
    this.#switches?.close();
    for (const client of this.#open) client.disconnect();
  }

  #cluster(extra: RedisOptions): Cluster {
    const { retryStrategy: _, reconnectOnError: __, ...options } = optionsFor(this.address, extra);
    const nodes = this.address.kind === 'cluster' ? this.address.nodes : [];
    return this.#kept(openCluster(nodes, options, this.#log));
  }

  #kept<C extends Client>(client: C): C {
    this.follows(client);
    if (!(client instanceof Cluster))
      client.on('error', (error) => this.#log.debug({ reason: textOf(error) }, 'redis connection'));
    client.on('end', () => this.#open.delete(client));
    this.#open.add(client);
    return client;
  }
}

/** Since when a single connection is ready. */
class Sight {
  sinceMs: number | undefined;
  readonly #watch: NodeJS.Timeout;

  constructor(client: Redis) {
    this.#watch = watchSilence(client);
    client.on('ready', () => {
      this.sinceMs = performance.now();
    });
    client.on('close', () => {
      this.sinceMs = undefined;
    });
  }

  close(): void {
    clearInterval(this.#watch);
  }
}
