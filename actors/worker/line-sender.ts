/**
 * Sends log lines and metrics to the streams of their executions' partitions: what comes up within a few milliseconds in one
 * append. While the bus is away they are kept up to a bound; beyond it they are dropped and counted.
 */
import type { Lined, Lines } from '../../lib/bus/lines.ts';
import { textOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { counter } from '../../lib/metrics.ts';
import type { LogLine } from '../../lib/model/log-line.ts';
import type { MetricEntry } from '../../lib/model/metric.ts';
import type { Partition } from '../../lib/model/partition.ts';
import { insist } from './insist.ts';

const FLUSH_MS = 10;
const APPEND_CHARS_MAX = 512 * 1024;
const KEPT_CHARS_MAX = 16 * 1024 * 1024;
/** What a line takes besides its text, about; a metric takes twice as much at most. */
const LINE_CHARS = 250;

type Said = LogLine | MetricEntry;

export class LineSender {
  readonly #lines: Lines;
  readonly #log: Log;
  readonly #signal: AbortSignal;
  readonly #waiting = new Map<Partition, Said[]>();
  readonly #sending = new Set<Partition>();
  readonly #dropped = counter('worker_log_lines_dropped_total', 'Log lines of tasks dropped while the bus was away');
  #chars = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: { readonly lines: Lines; readonly log: Log; readonly signal: AbortSignal }) {
    this.#lines = parts.lines;
    this.#log = parts.log;
    this.#signal = parts.signal;
  }

  get waiting(): number {
    return this.#waiting.size + this.#sending.size;
  }

  send(partition: Partition, said: Said): void {
    if (this.#chars > KEPT_CHARS_MAX) {
      this.#dropped.inc();
      return;
    }
    this.#chars += charsOf(said);
    const waiting = this.#waiting.get(partition);
    if (waiting) waiting.push(said);
    else this.#waiting.set(partition, [said]);
    this.#timer ??= setTimeout(() => this.flush(), FLUSH_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const partition of this.#waiting.keys()) if (!this.#sending.has(partition)) void this.#empty(partition);
  }

  async #empty(partition: Partition): Promise<void> {
    this.#sending.add(partition);
    for (
      let lines = this.#waiting.get(partition);
      lines && !this.#signal.aborted;
      lines = this.#waiting.get(partition)
    ) {
      const { some, chars } = entryOf(lines);
      if (some.length === lines.length) this.#waiting.delete(partition);
      else this.#waiting.set(partition, lines.slice(some.length));
      await this.#append(partition, some);
      this.#chars -= chars;
    }
    this.#sending.delete(partition);
  }

  async #append(partition: Partition, lines: readonly Said[]): Promise<void> {
    const executions = new Map<string, Said[]>();
    for (const said of lines) {
      const together = executions.get(said.executionId);
      if (together) together.push(said);
      else executions.set(said.executionId, [said]);
    }
    const batches = Array.from(executions, ([executionId, some]) => batchOf(executionId, some));
    try {
      await insist(() => this.#lines.append(partition, batches), this.#signal);
    } catch (error) {
      this.#dropped.inc(lines.length);
      this.#log.error({ partition, lines: lines.length, reason: textOf(error), err: error }, 'log lines were refused');
    }
  }
}

function batchOf(executionId: string, said: readonly Said[]): Lined {
  const lines = said.filter(isLine);
  if (lines.length === said.length) return { executionId, lines };
  return { executionId, lines, metrics: said.filter((each): each is MetricEntry => !isLine(each)) };
}

const isLine = (said: Said): said is LogLine => 'message' in said;

const charsOf = (said: Said): number => (isLine(said) ? said.message.length + LINE_CHARS : LINE_CHARS * 2);

function entryOf(lines: readonly Said[]): { readonly some: readonly Said[]; readonly chars: number } {
  let chars = 0;
  let count = 0;
  for (const said of lines) {
    const more = charsOf(said);
    if (count > 0 && chars + more > APPEND_CHARS_MAX) break;
    chars += more;
    count++;
  }
  return { some: count === lines.length ? lines : lines.slice(0, count), chars };
}
