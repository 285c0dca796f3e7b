/**
 * Sends what tasks say to the streams of their executions' partitions: what comes up within a few milliseconds in one append.
 * While it comes faster than it can be passed on, or the bus is away, it is kept up to a bound; threads wait before it is reached.
 * Beyond it it is dropped and counted, and in the place of the lines of each attempt that were dropped stands one that says so.
 */
import type { Lined, Lines } from '../../lib/bus/lines.ts';
import type { Log } from '../../lib/log.ts';
import { counter } from '../../lib/metrics.ts';
import type { LogLine } from '../../lib/model/log-line.ts';
import type { Measured } from '../../lib/model/metric.ts';
import type { Partition } from '../../lib/model/partition.ts';
import { insist } from './insist.ts';

const FLUSH_MS = 10;
/** Nobody looks at metrics while they come: under load they wait for each other. */
const METRICS_EACH_MS = 250;
const APPEND_CHARS_MAX = 512 * 1024;
const KEPT_CHARS_MAX = 16 * 1024 * 1024;
/** Below this there is room: threads wait for it, and what has begun to drop goes on until then, or a log would be a sieve. */
const ROOM_CHARS = KEPT_CHARS_MAX / 2;
/** Attempts whose gaps are remembered at once. */
const GAPS_MAX = 1_000;
/** What a line takes besides its text, and a run besides its metrics, about. */
const NAMES_CHARS = 250;
const METRIC_CHARS = 80;

interface Given {
  readonly lines: Lines;
  readonly log: Log;
  readonly signal: AbortSignal;
}

interface Kind<T> {
  readonly name: string;
  readonly dropped: ReturnType<typeof counter>;
  readonly append: (partition: Partition, some: readonly T[]) => Promise<void>;
  readonly charsOf: (one: T) => number;
  /** Appends to all partitions are at least so far apart. */
  readonly eachMs: number;
  /** What stands where some were dropped; absent where nothing can. */
  readonly gap?: {
    /** Each has a gap of its own. */
    readonly ownerOf: (one: T) => string;
    readonly inPlaceOf: (first: T, count: number) => T;
  };
}

interface Gap<T> {
  readonly partition: Partition;
  readonly first: T;
  count: number;
}

export const lineSender = (given: Given): Sender<LogLine> =>
  new Sender(given, {
    name: 'log lines',
    dropped: counter(
      'worker_log_lines_dropped_total',
      'Log lines of tasks dropped: the bus was away, or they came too fast',
    ),
    append: (partition, lines) => given.lines.append(partition, byExecution(lines)),
    charsOf: ({ message }) => message.length + NAMES_CHARS,
    eachMs: FLUSH_MS,
    gap: { ownerOf: ({ id }) => id.slice(0, id.lastIndexOf('/')), inPlaceOf: lineOfGap },
  });

export const metricSender = (given: Given): Sender<Measured> =>
  new Sender(given, {
    name: 'metrics',
    dropped: counter(
      'worker_metrics_dropped_total',
      'Runs whose metrics were dropped: the bus was away, or they came too fast',
    ),
    append: (partition, measured) => given.lines.measure(partition, measured),
    charsOf: ({ values }) => NAMES_CHARS + values.length * METRIC_CHARS,
    eachMs: METRICS_EACH_MS,
  });

/** It has the number of the first, so that it stands where they would. */
const lineOfGap = (first: LogLine, count: number): LogLine => ({
  ...first,
  level: 'WARN',
  message: `${count === 1 ? 'A line is' : `${count} lines are`} missing here: more was logged than the worker could pass on`,
});

export class Sender<T> {
  readonly #given: Given;
  readonly #kind: Kind<T>;
  readonly #waiting = new Map<Partition, T[]>();
  readonly #sending = new Set<Partition>();
  readonly #gaps = new Map<string, Gap<T>>();
  readonly #wanting: (() => void)[] = [];
  #chars = 0;
  #drops = false;
  #flushedMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(given: Given, kind: Kind<T>) {
    this.#given = given;
    this.#kind = kind;
  }

  get waiting(): number {
    return this.#waiting.size + this.#sending.size;
  }

  send(partition: Partition, one: T): void {
    this.#drops ||= this.#chars > KEPT_CHARS_MAX;
    if (this.#drops) return this.#drop(partition, one);
    this.#chars += this.#kind.charsOf(one);
    const waiting = this.#waiting.get(partition);
    if (waiting) waiting.push(one);
    else this.#waiting.set(partition, [one]);
    if (this.#timer) return;
    const againMs = this.#flushedMs + this.#kind.eachMs - performance.now();
    this.#timer = setTimeout(() => this.flush(), Math.max(FLUSH_MS, againMs));
  }

  /** Calls back as soon as there is room for more: at once, or when some has left. */
  room(then: () => void): void {
    if (this.#chars < ROOM_CHARS) then();
    else this.#wanting.push(then);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushedMs = performance.now();
    for (const partition of this.#waiting.keys()) if (!this.#sending.has(partition)) void this.#empty(partition);
  }

  #drop(partition: Partition, one: T): void {
    this.#kind.dropped.inc();
    const owner = this.#kind.gap?.ownerOf(one);
    if (owner === undefined) return;
    const gap = this.#gaps.get(owner);
    if (gap) gap.count++;
    else if (this.#gaps.size < GAPS_MAX) this.#gaps.set(owner, { partition, first: one, count: 1 });
  }

  #goOn(): void {
    this.#drops = false;
    const gaps = [...this.#gaps.values()];
    this.#gaps.clear();
    for (const { partition, first, count } of gaps) this.send(partition, this.#kind.gap!.inPlaceOf(first, count));
  }

  async #empty(partition: Partition): Promise<void> {
    this.#sending.add(partition);
    for (
      let waiting = this.#waiting.get(partition);
      waiting && !this.#given.signal.aborted;
      waiting = this.#waiting.get(partition)
    ) {
      const { some, chars } = this.#entryOf(waiting);
      if (some.length === waiting.length) this.#waiting.delete(partition);
      else this.#waiting.set(partition, waiting.slice(some.length));
      await this.#append(partition, some);
      this.#chars -= chars;
      if (this.#chars >= ROOM_CHARS) continue;
      if (this.#drops) this.#goOn();
      for (const then of this.#wanting.splice(0)) then();
    }
    this.#sending.delete(partition);
  }

  async #append(partition: Partition, some: readonly T[]): Promise<void> {
    const { log, signal } = this.#given;
    try {
      await insist(() => this.#kind.append(partition, some), signal);
    } catch (error) {
      this.#kind.dropped.inc(some.length);
      log.error({ partition, count: some.length, err: error }, `${this.#kind.name} were refused`);
    }
  }

  /** As much from the front as one append takes. */
  #entryOf(waiting: readonly T[]): { readonly some: readonly T[]; readonly chars: number } {
    let chars = 0;
    let count = 0;
    for (const one of waiting) {
      const more = this.#kind.charsOf(one);
      if (count > 0 && chars + more > APPEND_CHARS_MAX) break;
      chars += more;
      count++;
    }
    return { some: count === waiting.length ? waiting : waiting.slice(0, count), chars };
  }
}

function byExecution(lines: readonly LogLine[]): readonly Lined[] {
  const executions = new Map<string, LogLine[]>();
  for (const line of lines) {
    const together = executions.get(line.executionId);
    if (together) together.push(line);
    else executions.set(line.executionId, [line]);
  }
  return Array.from(executions, ([executionId, some]) => ({ executionId, lines: some }));
}
