/** A redis-server on a port of its own, with an append-only file; killed, cut and started again on the same data. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readdirSync, statSync, truncateSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

const READY_MS = 30_000;

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Asks what listens on a port of this machine, by a connection for that alone. Rejects where nobody answers. */
export async function asked<T>(port: number, question: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: 0, retryStrategy: () => null });
  client.on('error', () => {}); // Told by the question.
  try {
    return await question(client);
  } finally {
    client.disconnect();
  }
}

export class RedisProcess {
  readonly port: number;
  readonly folder: string;
  readonly #extra: readonly string[];
  #master: number | undefined;
  #child: ChildProcess | undefined;

  /** `master`: the port of the one whose replica it is. */
  constructor(
    port: number,
    folder: string,
    { extra = [], master }: { readonly extra?: readonly string[]; readonly master?: number } = {},
  ) {
    this.port = port;
    this.folder = folder;
    this.#extra = extra;
    this.#master = master;
    mkdirSync(folder, { recursive: true });
  }

  get pid(): number {
    return this.#child!.pid!;
  }

  get alive(): boolean {
    const child = this.#child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Resolves when it answers and has loaded its data. */
  async start(): Promise<void> {
    const log = openSync(join(this.folder, 'redis.log'), 'a');
    const settings = [
      '--appendonly',
      'yes',
      '--appendfsync',
      'everysec',
      '--save',
      '',
      '--enable-debug-command',
      'local',
    ];
    const follows = this.#master === undefined ? [] : ['--replicaof', '127.0.0.1', String(this.#master)];
    this.#child = spawn(
      'redis-server',
      [
        '--port',
        String(this.port),
        '--bind',
        '127.0.0.1',
        '--dir',
        this.folder,
        ...settings,
        ...this.#extra,
        ...follows,
      ],
      { stdio: ['ignore', log, log] },
    );
    closeSync(log);
    for (const untilMs = performance.now() + READY_MS; !(await answers(this.port)); await sleep(10))
      if (performance.now() > untilMs || !this.alive)
        throw new Error(
          `expected redis-server to answer on port ${this.port} within ${READY_MS} ms: see ${this.folder}`,
        );
  }

  /** A replica becomes a master, and stays one when it is started again. */
  async promote(): Promise<void> {
    this.#master = undefined;
    await asked(this.port, (client) => client.replicaof('NO', 'ONE'));
  }

  /** SIGKILL; what the kernel has of the file stays. */
  async kill(): Promise<void> {
    if (!this.alive) return;
    const gone = once(this.#child!, 'exit');
    this.#child!.kill('SIGCONT');
    this.#child!.kill('SIGKILL');
    await gone;
  }

  /** What a power loss does to the end of the file. Returns the bytes that are gone. */
  cutTail(bytes: number): number {
    const folder = join(this.folder, 'appendonlydir');
    const file = readdirSync(folder)
      .filter((name) => name.endsWith('.incr.aof'))
      .map((name) => join(folder, name))
      .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0]!;
    const size = statSync(file).size;
    const cut = Math.min(bytes, size);
    truncateSync(file, size - cut);
    return cut;
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const client = connect(port, '127.0.0.1', () => client.write('PING\r\n'));
    client.once('data', (data) => {
      client.destroy();
      resolve(data.toString().startsWith('+PONG'));
    });
    client.once('error', () => resolve(false));
  });
}
