/** A master, a replica, and three sentinels that watch them, as processes on this machine. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asked, freePort, RedisProcess } from './redis-process.ts';

/** What the sentinels call it. */
export const MASTER = 'windhover';
const SENTINELS = 3;
const QUORUM = 2;
/** A master that is silent for this long is held for dead, ms. */
const DOWN_AFTER_MS = 1_000;
const AGREED_MS = 60_000;
const LOOK_MS = 100;

export class RedisSentinels {
  /** The master at the start, and its replica. */
  readonly servers: readonly [RedisProcess, RedisProcess];
  /** What `REDIS_URL` is. */
  readonly url: string;
  /** Of the sentinels. */
  readonly ports: readonly number[];
  readonly #children: ChildProcess[] = [];

  private constructor(servers: readonly [RedisProcess, RedisProcess], ports: readonly number[]) {
    this.servers = servers;
    this.ports = ports;
    this.url = `redis+sentinel://${ports.map((port) => `127.0.0.1:${port}`).join(',')}/${MASTER}`;
  }

  static async start(folder: string): Promise<RedisSentinels> {
    const port = await freePort();
    const bounded = ['--repl-diskless-sync-delay', '0', '--min-replicas-max-lag', '10'];
    const master = new RedisProcess(port, join(folder, 'server-0'), { extra: bounded });
    const replica = new RedisProcess(await freePort(), join(folder, 'server-1'), { extra: bounded, master: port });
    const ports = await Promise.all(Array.from({ length: SENTINELS }, freePort));
    const sentinels = new RedisSentinels([master, replica], ports);
    try {
      await master.start();
      await replica.start();
      for (const each of ports) sentinels.#children.push(launch(join(folder, `sentinel-${each}`), each, port));
      await sentinels.agreed();
    } catch (error) {
      await sentinels.close();
      throw error;
    }
    return sentinels;
  }

  /** The one that the sentinels name. */
  async master(): Promise<RedisProcess> {
    const [, port] = (await this.#ask(this.ports[0]!, 'get-master-addr-by-name', MASTER)) as string[];
    return this.servers.find((server) => server.port === Number(port))!;
  }

  /** Resolves when every sentinel knows the two others, and a replica that is in step. */
  async agreed(): Promise<void> {
    for (const untilMs = performance.now() + AGREED_MS; !(await this.#areAgreed()); await sleep(LOOK_MS))
      if (performance.now() > untilMs)
        throw new Error(`expected the sentinels to know each other and a replica within ${AGREED_MS} ms`);
  }

  /** Another one becomes the master, in good order. */
  async swap(): Promise<void> {
    const before = await this.master();
    await this.#ask(this.ports[0]!, 'failover', MASTER);
    while ((await this.master()) === before) await sleep(LOOK_MS);
  }

  async close(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
    await Promise.all(this.servers.map((server) => server.kill()));
  }

  async #areAgreed(): Promise<boolean> {
    const states = await Promise.all(this.ports.map((port) => this.#ask(port, 'master', MASTER).catch(() => [])));
    return (
      states.every((state) => {
        const fields = fieldsOf(state);
        const isWell = fields.get('flags') === 'master' && Number(fields.get('num-slaves')) > 0;
        return isWell && Number(fields.get('num-other-sentinels')) === SENTINELS - 1;
      }) && (await this.#isFollowed())
    );
  }

  async #isFollowed(): Promise<boolean> {
    const replicas = (await this.#ask(this.ports[0]!, 'replicas', MASTER)) as unknown[];
    return replicas.some((replica) => fieldsOf(replica).get('master-link-status') === 'ok');
  }

  async #ask(port: number, ...words: readonly string[]): Promise<unknown> {
    return asked(port, (client) => client.call('SENTINEL', ...words));
  }
}

function fieldsOf(reply: unknown): ReadonlyMap<string, string> {
  const texts = reply as readonly string[];
  return new Map(Array.from({ length: texts.length / 2 }, (_, n) => [texts[2 * n]!, texts[2 * n + 1]!] as const));
}

function launch(folder: string, port: number, masterPort: number): ChildProcess {
  mkdirSync(folder, { recursive: true });
  const settings = join(folder, 'sentinel.conf');
  // A sentinel keeps what it learns in its own settings.
  writeFileSync(
    settings,
    [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${folder}`,
      `sentinel monitor ${MASTER} 127.0.0.1 ${masterPort} ${QUORUM}`,
      `sentinel down-after-milliseconds ${MASTER} ${DOWN_AFTER_MS}`,
      `sentinel failover-timeout ${MASTER} 5000`,
      `sentinel parallel-syncs ${MASTER} 1`,
      '',
    ].join('\n'),
  );
  const log = openSync(join(folder, 'sentinel.log'), 'a');
  const child = spawn('redis-server', [settings, '--sentinel'], { stdio: ['ignore', log, log] });
  closeSync(log);
  return child;
}
