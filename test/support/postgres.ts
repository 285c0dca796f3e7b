/** A real Postgres for one test file: a cluster in a temporary folder, a free port of loopback, nothing kept at its end. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { postgresPrograms } from '../../web/cli/setup/postgres.mjs';
import { eventually } from './eventually.ts';

const READY_MS = 30_000;

export interface TestPostgres {
  /** A new and empty database. */
  database(): Promise<string>;
  /** At once, as when the machine goes; the data stay. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export const hasPostgres = (): boolean => postgresPrograms() !== undefined;

export async function startPostgres(): Promise<TestPostgres> {
  const programs = postgresPrograms()!;
  const folder = mkdtempSync(join(tmpdir(), 'windhover-postgres-'));
  const port = await freePort();
  const user = plainUser();
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  execFileSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'windhover', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
    { ...user, cwd: folder, stdio: 'ignore' },
  );
  const url = (name: string) => `postgres://windhover@127.0.0.1:${port}/${name}`;
  const ask = async (text: string) => {
    const client = new pg.Client({ connectionString: url('postgres') });
    client.on('error', () => {}); // Told by the query.
    try {
      await client.connect();
      await client.query(text);
    } finally {
      await client.end();
    }
  };
  let child: ChildProcess;
  const start = async () => {
    const settings = { listen_addresses: '127.0.0.1', port, fsync: 'off', max_connections: 100 };
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    child = spawn(join(programs, 'postgres'), ['-D', data, '-k', '', ...options], {
      ...user,
      cwd: folder,
      stdio: 'ignore',
    });
    await eventually(
      () =>
        ask('select 1').then(
          () => true,
          () => false,
        ),
      READY_MS,
    );
  };
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  process.once('exit', () => child?.kill('SIGQUIT'));
  await start();
  let made = 0;
  return {
    database: async () => {
      const name = `test${made++}`;
      await ask(`create database ${name}`);
      return url(name);
    },
    // The server's own word for "now": its children go with it.
    kill: () => end('SIGQUIT'),
    restart: start,
    stop: async () => {
      await end('SIGQUIT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The server refuses to be root. */
function plainUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
