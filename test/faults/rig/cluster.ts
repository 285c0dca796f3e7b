/** A Redis Cluster on this machine: so many masters, each with a replica or none, told of each other without redis-cli. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asked, freePort, RedisProcess } from './redis-process.ts';

const SLOTS = 16_384;
/** A node that is silent for this long is held for dead, ms. */
const NODE_TIMEOUT_MS = 1_500;
const AGREED_MS = 30_000;
const LOOK_MS = 100;

export interface ClusterNode {
  readonly process: RedisProcess;
  readonly busPort: number;
}

export class RedisCluster {
  readonly nodes: readonly ClusterNode[];
  /** What `REDIS_URL` is. */
  readonly url: string;

  private constructor(nodes: readonly ClusterNode[]) {
    this.nodes = nodes;
    this.url = `redis+cluster://${nodes.map(({ process }) => `127.0.0.1:${process.port}`).join(',')}`;
  }

  static async start(
    folder: string,
    { masters, replicas }: { masters: number; replicas: boolean },
  ): Promise<RedisCluster> {
    const nodes: ClusterNode[] = [];
    for (let n = 0; n < masters * (replicas ? 2 : 1); n++) {
      const [port, busPort] = [await freePort(), await freePort()];
      const settings = ['--cluster-enabled', 'yes', '--cluster-port', String(busPort)];
      const timeout = ['--cluster-node-timeout', String(NODE_TIMEOUT_MS), '--maxmemory-policy', 'noeviction'];
      nodes.push({
        process: new RedisProcess(port, join(folder, `node-${n}`), { extra: [...settings, ...timeout] }),
        busPort,
      });
    }
    const cluster = new RedisCluster(nodes);
    try {
      await Promise.all(nodes.map(({ process }) => process.start()));
      await cluster.#form(masters);
    } catch (error) {
      await cluster.close();
      throw error;
    }
    return cluster;
  }

  /** Asks one node. */
  async ask(node: ClusterNode, ...command: readonly [string, ...(string | number)[]]): Promise<unknown> {
    return asked(node.process.port, (client) => client.call(...command));
  }

  /** Nodes that are masters and alive, by what they say of themselves. */
  async masters(): Promise<readonly ClusterNode[]> {
    const alive = this.nodes.filter(({ process }) => process.alive);
    const roles = await Promise.all(alive.map((node) => this.ask(node, 'ROLE').catch(() => [])));
    return alive.filter((_, n) => (roles[n] as readonly unknown[])[0] === 'master');
  }

  /** The replica that stands behind a master, if one is in step. */
  async replicaOf(master: ClusterNode): Promise<ClusterNode | undefined> {
    const [, , followers] = (await this.ask(master, 'ROLE')) as [string, number, readonly (readonly string[])[]];
    const ports = new Set(followers.map(([, port]) => Number(port)));
    return this.nodes.find(({ process }) => process.alive && ports.has(process.port));
  }

  /** Resolves when every node says that all slots are served, and every master has its replica where there are any. */
  async whole(): Promise<void> {
    for (const untilMs = performance.now() + AGREED_MS; !(await this.#isWhole()); await sleep(LOOK_MS))
      if (performance.now() > untilMs) throw new Error(`expected the cluster to be whole within ${AGREED_MS} ms`);
  }

  async close(): Promise<void> {
    await Promise.all(this.nodes.map(({ process }) => process.kill()));
  }

  async #isWhole(): Promise<boolean> {
    const states = await Promise.all(this.nodes.map((node) => this.ask(node, 'CLUSTER', 'INFO').catch(() => '')));
    const known = `cluster_known_nodes:${this.nodes.length}\r`;
    return states.every((text) => String(text).includes('cluster_state:ok') && String(text).includes(known));
  }

  async #form(masters: number): Promise<void> {
    const [first, ...others] = this.nodes;
    for (const { process, busPort } of others)
      await this.ask(first!, 'CLUSTER', 'MEET', '127.0.0.1', process.port, busPort);
    const bounds = Array.from({ length: masters + 1 }, (_, n) => Math.floor((n * SLOTS) / masters));
    for (let n = 0; n < masters; n++) {
      await this.ask(this.nodes[n]!, 'CLUSTER', 'SET-CONFIG-EPOCH', n + 1).catch(() => {}); // It has one already.
      await this.ask(this.nodes[n]!, 'CLUSTER', 'ADDSLOTSRANGE', bounds[n]!, bounds[n + 1]! - 1);
    }
    for (const [n, node] of this.nodes.slice(masters).entries()) await this.#follow(node, this.nodes[n]!);
    await this.whole();
  }

  /** Again and again: at first it does not know whom it is to follow. */
  async #follow(node: ClusterNode, master: ClusterNode): Promise<void> {
    const id = String(await this.ask(master, 'CLUSTER', 'MYID'));
    for (const untilMs = performance.now() + AGREED_MS; ; await sleep(LOOK_MS)) {
      const told = await this.ask(node, 'CLUSTER', 'REPLICATE', id).catch((error: unknown) => error);
      if (told === 'OK') return;
      if (performance.now() > untilMs) throw told;
    }
  }
}
