/**
 * Runs work items one after another, in a thread or in a process of their own, and reports in batches.
 * R1 One item at a time: what is printed, and what breaks, belongs to it.
 * R2 An item's lines are reported before or with its result; after its result it has none.
 * R3 Before an item starts, messages that wait (an abort) are read, even when those before it never let go of the loop.
 */
import { LEVELS } from '../../lib/model/log-line.ts';
import type { MeasuredValue } from '../../lib/model/metric.ts';
import type { Ground } from '../../lib/task/given.ts';
import { type Outcome, reasonOf } from '../../lib/task/outcome.ts';
import { runTask } from '../../lib/task/run-task.ts';
import { RunningTask } from '../../lib/task/task-context.ts';
import type { Metric } from '../../plugins/sdk/index.ts';
import {
  type AbortCause,
  type AbortMessage,
  ATTENTION,
  CURSOR,
  type FromRunner,
  type RawLine,
  type RawMetrics,
  type Result,
  type RunMessage,
  type ToRunner,
  type WorkItem,
} from './channel.ts';
import { type Library, type OpenPart, openPart } from './library.ts';
import { Questions } from './questions.ts';

/** Lines and results wait at most this long for company. */
const REPORT_MS = 50;
/** Results of a long batch are reported on the way. */
const RESULTS_MS = 10;
/** A task that has run this long is worth a message for its line alone. */
const SHORT_MS = 5;
const LINES_MAX = 500;
const LINES_CHARS_MAX = 256 * 1024;
/** Items that are done leave the queue's array at the latest when there are this many. */
const TAKEN_MAX = 200;

interface Waiting {
  readonly work: WorkItem;
  readonly part: OpenPart;
}

interface Current {
  readonly serial: number;
  readonly startedAtMs: number;
  running?: RunningTask;
  lines: number;
  /** How many metrics it had published before `measured`. */
  metrics: number;
  /** Not reported yet. */
  measured: MeasuredValue[];
  ended: boolean;
}

export interface RunnerParts {
  readonly library: Library;
  readonly ground: Ground;
  readonly post: (message: FromRunner) => void;
  readonly shared: Int32Array;
  /** Reads messages that wait, without giving up the loop. */
  readonly drain: () => void;
  /** Hands over what was printed without an end of line. */
  readonly flushPrints: () => void;
}

export class Runner {
  readonly #parts: RunnerParts;
  #queue: Waiting[] = [];
  #next = 0;
  #current: Current | undefined;
  readonly #aborted = new Map<number, AbortCause>();
  readonly #questions: Questions;
  #lines: RawLine[] = [];
  #chars = 0;
  #metrics: RawMetrics[] = [];
  #results: Result[] = [];
  #reportedMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#questions = new Questions(parts.post);
  }

  take(message: ToRunner): void {
    switch (message.kind) {
      case 'run':
        this.#add(message);
        break;
      case 'abort':
        this.#abort(message);
        break;
      case 'answer':
        this.#questions.answered(message);
        break;
    }
  }

  /** Runs what waits, if nothing runs. */
  go(): void {
    while (!this.#current && this.#next < this.#queue.length) {
      if (this.#parts.shared[ATTENTION] !== 0 && Atomics.exchange(this.#parts.shared, ATTENTION, 0) !== 0)
        this.#parts.drain();
      this.#run(this.#queue[this.#next++]!);
    }
    if (this.#current) return;
    this.#queue = [];
    this.#next = 0;
    this.#report();
  }

  /** The thread or process ends: what it still has to say. */
  last(): void {
    this.#parts.flushPrints();
    this.#report();
  }

  /** Something broke outside of every promise: it ends the item that runs. False if none does. */
  broke(error: unknown): boolean {
    const current = this.#current;
    if (!current) return false;
    const masked = current.running?.masked;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#line(current, 4, masked ? masked(text) : text);
    this.#end(current, { state: 'FAILED', bytes: 0, reason: reasonOf(error, masked) });
    queueMicrotask(() => this.go());
    return true;
  }

  /** A line that was printed. False if no item runs. */
  printed(level: 'INFO' | 'WARN', text: string): boolean {
    const current = this.#current;
    if (!current?.running) return false;
    current.running.log[level === 'INFO' ? 'info' : 'warn'](text);
    return true;
  }

  #add(message: RunMessage): void {
    const { executions, items } = message;
    this.#parts.library.learn(message);
    const parts = executions.map(openPart);
    if (this.#next >= TAKEN_MAX) this.#queue = this.#queue.slice(this.#next);
    if (this.#next >= TAKEN_MAX) this.#next = 0;
    for (const work of items) this.#queue.push({ work, part: parts[work.execution]! });
  }

  #abort({ serial, cause }: AbortMessage): void {
    if (this.#current?.serial === serial) this.#current.running?.end({ kind: cause });
    else if (this.#queue.some(({ work }, place) => place >= this.#next && work.serial === serial))
      this.#aborted.set(serial, cause);
  }

  #run({ work, part }: Waiting): void {
    const { serial } = work;
    const current: Current = { serial, startedAtMs: Date.now(), lines: 0, metrics: 0, measured: [], ended: false };
    this.#current = current;
    if (this.#aborted.delete(serial)) {
      this.#end(current, { state: 'KILLED', bytes: 0 });
      return;
    }
    Atomics.store(this.#parts.shared, CURSOR, serial);
    const outcome = this.#outcome(work, part, current);
    if (outcome instanceof Promise) void outcome.then((ended) => this.#endLater(current, ended));
    else this.#end(current, outcome);
  }

  #endLater(current: Current, outcome: Outcome): void {
    if (current.ended) return;
    this.#end(current, outcome);
    this.go();
  }

  #outcome(work: WorkItem, part: OpenPart, current: Current): Outcome | Promise<Outcome> {
    try {
      const given = this.#parts.library.given(work, part, {
        sink: (level, text) => this.#line(current, LEVELS.indexOf(level), text),
        metrics: (metric) => this.#metric(current, metric),
        server: this.#questions.serverOf(current.serial, () => current.running!.signal),
      });
      current.running = new RunningTask(given, this.#parts.ground);
    } catch (error) {
      const reason = reasonOf(error);
      this.#line(current, 4, reason);
      return { state: 'FAILED', bytes: 0, reason };
    }
    const limited = (limitMs: number, reason: string) =>
      this.#parts.post({ kind: 'limit', serial: current.serial, limitMs, reason });
    return runTask(current.running, limited);
  }

  #end(current: Current, outcome: Outcome): void {
    if (current.ended) return;
    this.#parts.flushPrints();
    current.ended = true;
    this.#current = undefined;
    Atomics.store(this.#parts.shared, CURSOR, 0);
    const endedAtMs = Date.now();
    const { serial, startedAtMs, lines } = current;
    this.#results.push({ serial, startedAtMs, endedAtMs, lines, ...outcome });
    if (endedAtMs - this.#reportedMs >= RESULTS_MS && this.#next < this.#queue.length) this.#report(endedAtMs);
  }

  #line(current: Current, level: number, text: string): void {
    if (current.ended) return;
    const atMs = Date.now();
    this.#lines.push([current.serial, ++current.lines, level, atMs, text]);
    this.#chars += text.length;
    const many = this.#lines.length >= LINES_MAX || this.#chars >= LINES_CHARS_MAX;
    const alone = this.#next === 1 && this.#queue.length === 1;
    const long = alone || atMs - current.startedAtMs >= SHORT_MS;
    if (many || (long && atMs - this.#reportedMs >= REPORT_MS)) this.#report(atMs);
    else this.#timer ??= setTimeout(() => this.#report(), REPORT_MS);
  }

  #metric(current: Current, { type, name, value, tags }: Metric): void {
    if (current.ended) return;
    if (current.measured.length === 0) this.#metrics.push([current.serial, current.measured]);
    const published = [++current.metrics, Date.now(), type, name, value] as const;
    current.measured.push(tags ? [...published, tags] : published);
    this.#timer ??= setTimeout(() => this.#report(), REPORT_MS);
  }

  #report(nowMs = Date.now()): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = undefined;
    const [lines, metrics, results] = [this.#lines, this.#metrics, this.#results];
    if (lines.length + metrics.length + results.length === 0) return;
    this.#lines = [];
    this.#chars = 0;
    this.#results = [];
    this.#reportedMs = nowMs;
    if (metrics.length === 0) return this.#parts.post({ kind: 'report', lines, results });
    this.#metrics = [];
    if (this.#current) this.#current.measured = [];
    this.#parts.post({ kind: 'report', lines, results, metrics });
  }
}
