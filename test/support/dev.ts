/** `windhover dev` as users run it: a process that ends with the test, and all that it has started with it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { eventually } from './eventually.ts';
import { PROGRAM } from './server.ts';

export interface Dev {
  readonly printed: readonly string[];
  /** Resolves with exit code and signal. */
  readonly ended: Promise<unknown[]>;
  kill(signal: NodeJS.Signals): void;
  /** The first line like that, from so many on. */
  said(pattern: RegExp, from?: number): Promise<string>;
}

export function startDev(
  t: TestContext,
  options: {
    readonly env: Readonly<Record<string, string>>;
    /** Of another tree than this one. */
    readonly program?: string;
    /** Removed when it has ended. */
    readonly folder: string;
    readonly readyMs: number;
  },
): Dev {
  const dev = spawn(process.execPath, [options.program ?? PROGRAM, 'dev'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH!, HOME: process.env.HOME ?? '/', ...options.env },
  });
  const ended = once(dev, 'exit');
  t.after(async () => {
    // It ends what it has started.
    dev.kill('SIGTERM');
    await ended;
    rmSync(options.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  });
  const printed: string[] = [];
  createInterface({ input: dev.stdout }).on('line', (line) => printed.push(line));
  return {
    printed,
    ended,
    kill: (signal) => void dev.kill(signal),
    said: (pattern, from = 0) =>
      eventually(() => printed.slice(from).find((line) => pattern.test(line)), options.readyMs),
  };
}
