/**
 * What the servers of a run stand on: one Redis behind a proxy, a master that sentinels choose, or a cluster. The oracle's own
 * connections go past every proxy, and follow.
 */
import { Cluster, Redis } from 'ioredis';
import { RedisCluster } from './cluster.ts';
import { RedisProxy } from './proxy.ts';
import { freePort, RedisProcess } from './redis-process.ts';
import { MASTER, RedisSentinels } from './sentinels.ts';

export type GroundKind = 'single' | 'sentinel' | 'cluster';
export type Client = Redis | Cluster;

const MASTERS = 3;
const RETRY_MS = 50;
const COMMAND_MS = 5_000;

export class Ground {
  readonly kind: GroundKind;
  /** What `REDIS_URL` is. */
  readonly url: string;
  /** The present master, or one of them. */
  redis: RedisProcess;
  /** Before the single one. */
  readonly proxy: RedisProxy;
  readonly sentinels: RedisSentinels | undefined;
  readonly cluster: RedisCluster | undefined;
  readonly #clients: Client[] = [];

  private constructor(
    kind: GroundKind,
    parts: { redis: RedisProcess; proxy: RedisProxy; sentinels?: RedisSentinels; cluster?: RedisCluster },
  ) {
    this.kind = kind;
    this.redis = parts.redis;
    this.proxy = parts.proxy;
    this.sentinels = parts.sentinels;
    this.cluster = parts.cluster;
    this.url = parts.sentinels?.url ?? parts.cluster?.url ?? `redis://127.0.0.1:${parts.proxy.port}`;
  }

  static async lay(kind: GroundKind, folder: string): Promise<Ground> {
    const sentinels = kind === 'sentinel' ? await RedisSentinels.start(folder) : undefined;
    const cluster =
      kind === 'cluster' ? await RedisCluster.start(folder, { masters: MASTERS, replicas: true }) : undefined;
    const redis = sentinels?.servers[0] ?? cluster?.nodes[0]?.process ?? new RedisProcess(await freePort(), folder);
    if (!redis.alive) await redis.start();
    const proxy = await RedisProxy.open(await freePort(), redis.port);
    return new Ground(kind, { redis, proxy, ...(sentinels ? { sentinels } : {}), ...(cluster ? { cluster } : {}) });
  }

  /** Past the proxy, to whoever takes writes. */
  connect(): Client {
    const client = this.#connection();
    client.on('error', () => {}); // It is killed now and then.
    this.#clients.push(client);
    return client;
  }

  /** All masters, as connections of the given one. */
  static masters(client: Client): readonly Redis[] {
    return client instanceof Cluster ? client.nodes('master') : [client];
  }

  /** Of a single one: another server has taken its place. The oracle goes there; the proxy is led by who knows when. */
  moved(to: RedisProcess): void {
    this.redis = to;
    for (const client of this.#clients)
      if (client instanceof Redis) {
        client.options.port = to.port;
        client.disconnect(true);
      }
  }

  /** Of sentinels: another master was chosen. The oracle leaves the old one. */
  async chosen(): Promise<void> {
    this.redis = await this.sentinels!.master();
    for (const client of this.#clients) if (client instanceof Redis) client.stream?.destroy();
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.disconnect();
    await this.proxy.close();
    await this.sentinels?.close();
    await this.cluster?.close();
    await this.redis.kill();
  }

  #connection(): Client {
    const options = {
      protocol: 2,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      retryStrategy: () => RETRY_MS,
      commandTimeout: COMMAND_MS,
    } as const;
    if (this.cluster) {
      const nodes = this.cluster.nodes.map(({ process: { port } }) => ({ host: '127.0.0.1', port }));
      const { protocol, maxRetriesPerRequest, commandTimeout } = options;
      return new Cluster(nodes, {
        redisOptions: { protocol, maxRetriesPerRequest, commandTimeout },
        clusterRetryStrategy: () => RETRY_MS,
      });
    }
    if (this.sentinels) {
      const sentinels = this.sentinels.ports.map((port) => ({ host: '127.0.0.1', port }));
      const reconnectOnError = ({ message }: Error) => message.startsWith('READONLY');
      return new Redis({ sentinels, name: MASTER, reconnectOnError, ...options });
    }
    return new Redis(this.redis.port, '127.0.0.1', options);
  }
}
