/**
 * Sends log lines to the streams of their executions' partitions: what comes up within a few milliseconds in one append.
 * While the bus is away lines are kept up to a bound; beyond it they are dropped and counted.
 */
import type { Lines } from '../../lib/bus/lines.ts';
import { textOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { counter } from '../../lib/metrics.ts';
import type { LogLine } from '../../lib/model/log-line.ts';
import type { Partition } from '../../lib/model/partition.ts';
import { insist } from './insist.ts';

const FLUSH_MS = 10;
const APPEND_CHARS_MAX = 512 * 1024;
const KEPT_CHARS_MAX = 16 * 1024 * 1024;
/** What a line takes besides its text, about. */
const LINE_CHARS = 250;

export class LineSender {
  readonly #lines: Lines;
  readonly #log: Log;
  readonly #signal: AbortSignal;
  readonly #waiting = new Map<Partition, LogLine[]>();
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

  send(partition: Partition, line: LogLine): void {
    if (this.#chars > KEPT_CHARS_MAX) {
      this.#dropped.inc();
      return;
    }
    this.#chars += line.message.length + LINE_CHARS;
    const lines = this.#waiting.get(partition);
    if (lines) lines.push(line);
    else this.#waiting.set(partition, [line]);
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

  async #append(partition: Partition, lines: readonly LogLine[]): Promise<void> {
    const executions = new Map<string, LogLine[]>();
    for (const line of lines) {
      const together = executions.get(line.executionId);
      if (together) together.push(line);
      else executions.set(line.executionId, [line]);
    }
    const batches = Array.from(executions, ([executionId, some]) => ({ executionId, lines: some }));
    try {
      await insist(() => this.#lines.append(partition, batches), this.#signal);
    } catch (error) {
      this.#dropped.inc(lines.length);
      this.#log.error({ partition, lines: lines.length, reason: textOf(error), err: error }, 'log lines were refused');
    }
  }
}

function entryOf(lines: readonly LogLine[]): { readonly some: readonly LogLine[]; readonly chars: number } {
  let chars = 0;
  let count = 0;
  for (const { message } of lines) {
    const more = message.length + LINE_CHARS;
    if (count > 0 && chars + more > APPEND_CHARS_MAX) break;
    chars += more;
    count++;
  }
  return { some: count === lines.length ? lines : lines.slice(0, count), chars };
}
