/**
 * The Process runner: a child in a process group of its own, with the environment that it is given and no other. Whatever
 * way it ends, nothing of its group is left: told to end it gets SIGTERM, and after a grace the group is killed; when it has
 * ended by itself, what it started and left behind is killed too. What has left the group of a task that was told to end is
 * ended with the task's working directory.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { TaskError } from '@windhover/sdk';
import { readLines } from './lines.ts';

/** Less than the worker waits before it ends the thread that would have sent SIGKILL. */
const TERM_GRACE_MS = 1_000;
/** How long output may go on after the child's end, from what it left behind. */
const DRAIN_MS = 500;

export interface ChildGiven {
  readonly command: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onLine: (line: string, from: 'stdout' | 'stderr') => void;
}

/** Resolves with the exit code (128 + signal's number as a shell has it) when the child is dead and its output read. */
export function runChild(given: ChildGiven): Promise<number> {
  const [program = '', ...rest] = given.command;
  if (given.signal.aborted) return Promise.reject(new TaskError('the task was ended before its process began'));
  const child = spawn(program, rest, {
    cwd: given.folder,
    env: { ...given.environment },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  readStream(child, 'stdout', given);
  readStream(child, 'stderr', given);
  return new Promise((resolve, reject) => {
    let hardly: NodeJS.Timeout | undefined;
    let drain: NodeJS.Timeout | undefined;
    const stop = (): void => {
      signalGroup(child, 'SIGTERM');
      hardly = setTimeout(() => signalGroup(child, 'SIGKILL'), TERM_GRACE_MS);
    };
    const clear = (): void => {
      clearTimeout(hardly);
      clearTimeout(drain);
      given.signal.removeEventListener('abort', stop);
    };
    child.once('error', (cause) => {
      clear();
      reject(new TaskError(`expected a program that can be run, got ${program}: ${cause.message}`, { cause }));
    });
    child.once('exit', () => {
      clearTimeout(hardly);
      if (given.signal.aborted) signalGroup(child, 'SIGKILL');
      drain = setTimeout(() => closeOutput(child), DRAIN_MS);
    });
    child.once('close', (code, signal) => {
      clear();
      signalGroup(child, 'SIGKILL');
      resolve(code ?? 128 + (SIGNALS[signal ?? ''] ?? 0));
    });
    given.signal.addEventListener('abort', stop, { once: true });
  });
}

/** The numbers that a shell adds to 128; of others nobody asks. */
const SIGNALS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGABRT: 6,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
};

function readStream(child: ChildProcess, from: 'stdout' | 'stderr', given: ChildGiven): void {
  const lines = readLines((line) => given.onLine(line, from));
  const stream = child[from]!;
  stream.on('data', (chunk: Uint8Array) => lines.take(chunk));
  stream.once('close', () => lines.end());
  // A pipe that breaks ends the output; how the child ended is said by its exit.
  stream.on('error', () => {});
}

/** What holds the pipes open is no longer waited for. */
function closeOutput(child: ChildProcess): void {
  signalGroup(child, 'SIGKILL');
  child.stdout?.destroy();
  child.stderr?.destroy();
}

function signalGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // ESRCH: nobody is left in the group, which is what was wanted.
  }
}
