/** A real redis-server for one test file: AOF, a socket in a temporary folder of its own, no port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const READY_MS = 10_000;

export interface TestRedis {
  /** The socket's path: what openRedisBus and REDIS_URL take. */
  readonly url: string;
  readonly socket: string;
  /** Of the present process. */
  readonly pid: number;
  /** SIGKILL; the data stay. */
  kill(): Promise<void>;
  /** Starts it again on the same data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRedis(extra: readonly string[] = []): Promise<TestRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'windhover-redis-'));
  const socket = join(folder, 'redis.sock');
  let child: ChildProcess;
  const start = async () => {
    child = spawn(
      'redis-server',
      [
        '--port',
        '0',
        '--unixsocket',
        socket,
        '--dir',
        folder,
        '--appendonly',
        'yes',
        '--appendfsync',
        'everysec',
        '--save',
        '',
        ...extra,
      ],
      { stdio: 'ignore' },
    );
    await ready(socket);
  };
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    rmSync(socket, { force: true });
  };
  process.once('exit', () => child?.kill('SIGKILL'));
  await start();
  return {
    url: socket,
    socket,
    get pid() {
      return child.pid!;
    },
    kill,
    restart: start,
    stop: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function ready(socket: string): Promise<void> {
  for (const until = performance.now() + READY_MS; performance.now() < until; await sleep(10)) {
    if (existsSync(socket) && (await answers(socket))) return;
  }
  throw new Error(`expected redis-server (Redis 7 or newer, on the PATH) to answer within ${READY_MS} ms`);
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const client = connect(socket, () => client.write('PING\r\n'));
    client.once('data', (data) => {
      client.destroy();
      resolve(data.toString().startsWith('+PONG'));
    });
    client.once('error', () => resolve(false));
  });
}
