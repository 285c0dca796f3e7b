/**
 * The lines of a Procfile as processes: each has its name before what it says, comes back with back-off when it dies, and is
 * started anew when it is asked for. One after the other: of one line there are never two processes.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { systemClock } from '../../../lib/clock.ts';
import { environmentWith } from '../../../lib/config.ts';
import { type LogEntry, textOfEntry, timeOf, wordOf } from '../../../lib/log.ts';
import { atExit } from '../../../lib/service.ts';

const COLOURS = [31, 36, 32, 33, 35, 34];
const BACK_OFF_MS = [200, 500, 1_000, 2_000, 5_000];
/** One that lived this long begins the back-off anew. */
const STEADY_MS = 10_000;
const INFO = 30;
/** Lines of a stack that nobody can mend here. */
const NODES_OWN = /^\s+at .*\(node:internal\//;

export interface Line {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
}

/** `name: program arguments`; empty lines and `#` comments do not count. */
export function parseProcfile(text: string): Line[] {
  return text
    .split('\n')
    .map((line) => /^([a-z][a-z0-9_-]*):\s*(\S+)\s*(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, name, program, rest]) => ({ name: name!, program: program!, args: rest!.split(/\s+/).filter(Boolean) }));
}

export interface RunningOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  /** From being told to end to being killed. */
  readonly graceMs: number;
  readonly say: (text: string) => void;
  /** It says that it is ready: each time it was started. */
  readonly ready: () => void;
}

export class Running {
  readonly name: string;
  readonly #line: Line;
  readonly #options: RunningOptions;
  #child: ChildProcess | undefined;
  #over = false;
  #anew = false;
  /** Ends the waiting between two processes. */
  #wake = new AbortController();
  #life: Promise<void> = Promise.resolve();

  constructor(line: Line, options: RunningOptions) {
    this.name = line.name;
    this.#line = line;
    this.#options = options;
    atExit(() => this.#child?.kill('SIGTERM'));
  }

  start(): void {
    this.#life = this.#live();
  }

  /** Its code has changed: the process that runs ends, and another one starts. */
  restart(): void {
    this.#anew = true;
    this.#end();
  }

  async stop(): Promise<void> {
    this.#over = true;
    this.#end();
    await this.#life;
  }

  async #live(): Promise<void> {
    for (let deaths = 0; !this.#over; ) {
      const startedMs = performance.now();
      this.#wake = new AbortController();
      this.#anew = false;
      const why = await this.#run();
      if (this.#over) return;
      if (this.#anew || performance.now() - startedMs > STEADY_MS) deaths = 0;
      if (this.#anew) continue;
      const waitMs = BACK_OFF_MS[Math.min(deaths++, BACK_OFF_MS.length - 1)]!;
      this.#options.say(`ended (${why}); starts again in ${waitMs / 1_000} s`);
      await systemClock.sleep(waitMs, this.#wake.signal);
    }
  }

  /** Resolves with why it has ended, when all that it said was passed on. */
  #run(): Promise<string> {
    const { environment, folder, say } = this.#options;
    const program = this.#line.program === 'node' ? process.execPath : this.#line.program;
    // A process group of its own: Ctrl-C comes to the runner alone, which stops them in order.
    const child = spawn(program, this.#line.args, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: environmentWith(environment),
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (text) => this.#hear(text));
    return new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('spawn', () => say(`starts, pid ${child.pid}`));
      child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
  }

  #hear(text: string): void {
    const { say, ready } = this.#options;
    const entry = entryOf(text);
    if (!entry) return NODES_OWN.test(text) ? undefined : say(text);
    if (entry.msg === 'ready') {
      say(`is ready, ${entry.health ?? entry.socket}`);
      return ready();
    }
    const word = entry.level === INFO ? '' : `${wordOf(entry)} `;
    const { server: _, ...said } = entry;
    for (const line of `${timeOf(entry)} ${word}${textOfEntry(said)}`.split('\n')) say(line);
  }

  #end(): void {
    this.#wake.abort();
    const child = this.#child;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    const killer = setTimeout(() => {
      if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGKILL');
    }, this.#options.graceMs);
    child.once('exit', () => clearTimeout(killer));
  }
}

/** A line of a server's log; undefined for what it prints otherwise. */
function entryOf(text: string): LogEntry | undefined {
  if (!text.startsWith('{"level":')) return undefined;
  try {
    return JSON.parse(text) as LogEntry;
  } catch {
    return undefined; // Cut short by a death: shown as it is.
  }
}

/** What stands before each line of a process: its name, in a colour of its own where `coloured`. */
export function prefixOf(name: string, place: { order: number; width: number; coloured: boolean }): string {
  const { order, width, coloured } = place;
  const bare = `${name.padEnd(width)} |`;
  return coloured ? `\u001b[${COLOURS[order % COLOURS.length]}m${bare}\u001b[0m` : bare;
}
