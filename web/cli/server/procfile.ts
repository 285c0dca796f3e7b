/**
 * Runs the lines of a Procfile: coloured prefixes, a dead process comes back with back-off, a changed source restarts the
 * servers that it belongs to, Ctrl-C stops all in the order of the lines turned round.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { systemClock } from '../../../lib/clock.ts';
import { environmentWith } from '../../../lib/config.ts';

const COLOURS = [31, 36, 32, 33, 35, 34];
const BACK_OFF_MS = [200, 500, 1_000, 2_000, 5_000];
const STEADY_MS = 10_000;
const STOP_MS_MAX = 15_000;

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

export class Running {
  readonly line: Line;
  readonly #prefix: string;
  readonly #environment: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  #wanted = true;
  #deaths = 0;

  constructor(line: Line, order: number, width: number, environment: Readonly<Record<string, string>>) {
    this.line = line;
    this.#environment = environment;
    this.#prefix = `\u001b[${COLOURS[order % COLOURS.length]}m${line.name.padEnd(width)} |\u001b[0m `;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  say(text: string): void {
    process.stdout.write(`${this.#prefix}${text}\n`);
  }

  start(): void {
    const startedMs = performance.now();
    const program = this.line.program === 'node' ? process.execPath : this.line.program;
    // A process group of its own: Ctrl-C comes to the runner alone, which stops them in order.
    const child = spawn(program, this.line.args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: environmentWith(this.#environment),
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (text) => this.say(text));
    child.on('error', (error) => this.say(`cannot be started: ${error.message}`));
    child.on('exit', async (code, signal) => {
      if (!this.#wanted || this.#child !== child) return;
      if (performance.now() - startedMs > STEADY_MS) this.#deaths = 0;
      const waitMs = BACK_OFF_MS[Math.min(this.#deaths++, BACK_OFF_MS.length - 1)]!;
      this.say(`ended (${signal ?? `exit code ${code}`}); started again in ${waitMs} ms`);
      await systemClock.sleep(waitMs);
      if (this.#wanted && this.#child === child) this.start();
    });
    this.say(`started, pid ${child.pid}`);
  }

  async restart(): Promise<void> {
    await this.#end();
    if (this.#wanted) this.start();
  }

  async stop(): Promise<void> {
    this.#wanted = false;
    await this.#end();
  }

  async #end(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
    await ended;
    clearTimeout(killer);
  }
}
