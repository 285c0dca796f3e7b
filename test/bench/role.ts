/** Processes of a measurement: started, asked by name over their channel, ended with it. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Role {
  readonly pid: number;
  ask<T>(operation: string): Promise<T>;
}

/** What a measurement has started: ended and removed together. */
export class Stage {
  readonly folder = mkdtempSync(join(tmpdir(), 'windhover-bench-'));
  readonly #children: ChildProcess[] = [];
  #ending = false;

  adopt(child: ChildProcess, name: string): ChildProcess {
    this.#children.push(child);
    child.once('exit', (code, signal) => {
      if (!this.#ending) throw new Error(`expected ${name} to run, got its end (${signal ?? code})`);
    });
    return child;
  }

  /** A program of ours as a child that serves operations; `cell` is handed over as JSON. */
  async role(file: string, name: string, cell: unknown): Promise<Role> {
    const child = this.adopt(fork(file, ['--role', name, JSON.stringify(cell)]), name);
    await once(child, 'message');
    return {
      pid: child.pid!,
      ask: async <T>(operation: string): Promise<T> => {
        child.send(operation);
        return (await once(child, 'message'))[0].result as T;
      },
    };
  }

  /** A Redis of our own on a Unix socket: AOF everysec, no forks while we measure. */
  async redis(): Promise<{ readonly pid: number; readonly socket: string }> {
    const socket = join(this.folder, 'redis.sock');
    const settings = `--port 0 --unixsocket ${socket} --dir ${this.folder} --appendonly yes --appendfsync everysec --auto-aof-rewrite-percentage 0`;
    const child = this.adopt(
      spawn('redis-server', [...settings.split(' '), '--save', ''], { stdio: ['ignore', 'pipe', 'inherit'] }),
      'redis-server',
    );
    for await (const text of child.stdout!) if (/ready to accept connections/i.test(`${text}`)) break;
    return { pid: child.pid!, socket };
  }

  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#ending = true;
    const ended = this.#children.map((child) =>
      child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined,
    );
    for (const child of this.#children) child.kill(signal);
    await Promise.all(ended);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}

/** A role's end of the channel: says that it is ready, then answers each operation by its name. */
export function serveRole(operations: Readonly<Record<string, () => unknown>>): void {
  process.on('message', async (name: string) => process.send!({ result: await operations[name]!() }));
  process.on('disconnect', () => process.exit());
  process.send!({});
}
