/**
 * Tasks that only render and say what came out (`atOnce` in the SDK), run on the worker's own loop: to and from a thread costs more
 * than they do. It is no place for anything else, since this loop renews claims.
 * O1 What comes with the server alone: what others bring is not even loaded here.
 * O2 Nothing is waited for: a task whose expressions ask for a file or an address has done nothing yet, and goes to a thread.
 * O3 Not for long: the rest of a long turn waits for the next one, and what has taken its time twice in a row goes to a thread.
 */
import { NeedsFact } from '../../lib/expression/render.ts';
import { LEVELS } from '../../lib/model/log-line.ts';
import type { MeasuredValue } from '../../lib/model/metric.ts';
import type { Question } from '../../lib/model/question.ts';
import { BUILT_IN, loadPlugins } from '../../lib/plugin/load.ts';
import { MustWait } from '../../lib/task/facts.ts';
import type { Ground, RunGiven } from '../../lib/task/given.ts';
import type { Outcome } from '../../lib/task/outcome.ts';
import { runTask } from '../../lib/task/run-task.ts';
import { RunningTask } from '../../lib/task/task-context.ts';
import type { Server } from '../../plugins/sdk/index.ts';
import { Batches } from './batch.ts';
import type { FromRunner, RawLine, RawMetrics, Result, RunMessage, Setup, WorkItem } from './channel.ts';
import type { Job } from './job.ts';
import { Library, type OpenPart, openPart, type RunnersPart } from './library.ts';
import { groundOf } from './open-runner.ts';
import { secretsOf } from './secrets.ts';

/** Of one turn of the loop, all in all. By the processor's time, as all of these: others may have had it meanwhile. */
const TURN_MS = 5;
/** What has taken longer is slow. */
const SLOW_MS = 20;
/** What was slow is tried again after that. */
const FORGET_MS = 10 * 60_000;
const REMEMBERED_MAX = 1_000;
/** Of one run. */
const LINES_MAX = 500;
const CHARS_MAX = 256 * 1024;

interface Heard {
  /** As a thread tells of what it has run. */
  said(report: Report): void;
  /** Those that a thread has to run. */
  left(jobs: readonly Job[]): void;
}

type Report = Extract<FromRunner, { kind: 'report' }>;

export class AtOnce {
  readonly #batches = new Batches();
  /** Flows that cannot be read here, and tasks of flows that are slow or something else: until when, monotonic. */
  readonly #elsewhere = new Map<string, number>();
  /** Tasks of flows that were slow the last time. */
  readonly #slow = new Set<string>();
  #open: { readonly library: Library; readonly ground: Ground } | undefined;

  /** Before it is open it runs nothing. */
  async open(setup: Setup): Promise<void> {
    const plugins = await loadPlugins(setup.packages.filter((name) => BUILT_IN.includes(name)));
    const secrets = secretsOf({ ...setup });
    const library = new Library({ plugins, secrets, installation: setup.installation });
    this.#open = { library, ground: { ...groundOf(setup, secrets), jq: later, atOnce: true } };
  }

  /** Runs those that it can, the first of them at once. */
  run(jobs: readonly Job[], heard: Heard): void {
    const open = this.#open;
    if (!open || jobs.every((job) => !mustEnd(job) && this.#isElsewhere(job.item.hash))) return heard.left(jobs);
    const message = this.#batches.of(jobs);
    open.library.learn(message);
    const turn = new Turn(open.library, open.ground, message);
    const left: Job[] = [];
    let done = 0;
    for (; done < jobs.length && !turn.isOver; done++) {
      const job = jobs[done]!;
      if (!this.#runs(job, turn, message.items[done]!)) left.push(job);
    }
    if (turn.report.results.length > 0) heard.said(turn.report);
    if (left.length > 0) heard.left(left);
    // What waits for this loop comes between.
    if (done < jobs.length) setImmediate(() => this.run(jobs.slice(done), heard));
  }

  /** Whether its end is known. */
  #runs(job: Job, turn: Turn, work: WorkItem): boolean {
    const { item } = job;
    // First: a thread has not heard of it.
    if (mustEnd(job)) {
      turn.kill(work);
      return true;
    }
    if (item.alone || this.#isElsewhere(item.hash) || this.#isElsewhere(nameOf(item))) return false;
    return this.#ran(item, turn.run(work));
  }

  #ran(item: Job['item'], how: Ran): boolean {
    switch (how) {
      case 'done':
        if (this.#slow.size > 0) this.#slow.delete(nameOf(item));
        return true;
      case 'slow':
        // Once it may be the first time, when all is compiled.
        if (this.#slow.delete(nameOf(item))) this.#remember(nameOf(item));
        else if (this.#slow.size < REMEMBERED_MAX) this.#slow.add(nameOf(item));
        return true;
      case 'other':
        this.#remember(nameOf(item));
        return false;
      case 'unreadable':
        this.#remember(item.hash);
        return false;
    }
  }

  #isElsewhere(name: string): boolean {
    const untilMs = this.#elsewhere.get(name);
    return untilMs !== undefined && performance.now() < untilMs;
  }

  #remember(name: string): void {
    if (this.#elsewhere.size >= REMEMBERED_MAX) this.#elsewhere.clear();
    this.#elsewhere.set(name, performance.now() + FORGET_MS);
  }
}

/** It was told to end, as far as it has waited here. */
const mustEnd = ({ stopping, revokedAtMs }: Job): boolean => stopping === true || revokedAtMs !== undefined;

/** A task of a flow. */
const nameOf = ({ hash, taskId }: Job['item']): string => `${hash}/${taskId}`;

/** `other`: not what may run here. */
type Ran = 'done' | 'slow' | 'other' | 'unreadable';

/** What one call runs, one after the other. */
class Turn {
  readonly #library: Library;
  readonly #ground: Ground;
  readonly #parts: readonly OpenPart[];
  readonly #fromMs = performance.now();
  readonly #fromCpu = process.threadCpuUsage();
  readonly #lines: RawLine[] = [];
  readonly #metrics: RawMetrics[] = [];
  readonly #results: Result[] = [];

  constructor(library: Library, ground: Ground, { executions }: RunMessage) {
    this.#library = library;
    this.#ground = ground;
    this.#parts = executions.map(openPart);
  }

  get isOver(): boolean {
    return performance.now() - this.#fromMs >= TURN_MS && this.#cpuMs >= TURN_MS;
  }

  get #cpuMs(): number {
    const { user, system } = process.threadCpuUsage(this.#fromCpu);
    return (user + system) / 1_000;
  }

  get report(): Report {
    return { kind: 'report', lines: this.#lines, metrics: this.#metrics, results: this.#results };
  }

  /** It was told to end while it waited. */
  kill({ serial }: WorkItem): void {
    const nowMs = Date.now();
    this.#results.push({ serial, state: 'KILLED', startedAtMs: nowMs, endedAtMs: nowMs, lines: 0, bytes: 0 });
  }

  run(work: WorkItem): Ran {
    const fromMs = performance.now();
    const run = new Run(work.serial);
    let given: RunGiven;
    try {
      given = this.#library.given(work, this.#parts[work.execution]!, run);
    } catch {
      return 'unreadable'; // A thread says why.
    }
    if (!given.definition.atOnce || !given.server || given.task.timeout !== undefined || given.task.logToFile)
      return 'other';
    const startedAtMs = Date.now();
    const outcome = tried(new RunningTask(given, this.#ground));
    if (!outcome) return 'other';
    const { serial, lines, values } = run;
    this.#results.push({ serial, startedAtMs, endedAtMs: Date.now(), lines: lines.length, ...outcome });
    for (const line of lines) this.#lines.push(line);
    if (values.length > 0) this.#metrics.push([serial, values]);
    return performance.now() - fromMs > SLOW_MS && this.#cpuMs > SLOW_MS ? 'slow' : 'done';
  }
}

/** What one of them says: nobody hears of it before its end. */
class Run implements RunnersPart {
  readonly serial: number;
  readonly lines: RawLine[] = [];
  readonly values: MeasuredValue[] = [];
  readonly server = SILENT;
  #chars = 0;

  constructor(serial: number) {
    this.serial = serial;
  }

  /** Throws MustWait: who says so much waits for room. */
  readonly sink: RunnersPart['sink'] = (level, text) => {
    this.#chars += text.length;
    if (this.lines.length >= LINES_MAX || this.#chars > CHARS_MAX) throw new MustWait('many lines');
    this.lines.push([this.serial, this.lines.length + 1, LEVELS.indexOf(level), Date.now(), text]);
  };

  readonly metrics: RunnersPart['metrics'] = ({ type, name, value, tags }) => {
    const measured = [this.values.length + 1, Date.now(), type, name, value] as const;
    this.values.push(tags ? [...measured, tags] : measured);
  };
}

/** Undefined where it has to wait for something. */
function tried(running: RunningTask): Outcome | undefined {
  try {
    const outcome = runTask(running, () => {});
    return outcome instanceof Promise ? undefined : outcome;
  } catch (error) {
    if (error instanceof MustWait) return undefined;
    throw error;
  }
}

function later(question: Question): never {
  throw new NeedsFact(question);
}

/** Whoever asks the server waits, so nothing here does. */
const SILENT: Server = { ask: () => Promise.reject(new Error('expected a task that asks nothing')) };
