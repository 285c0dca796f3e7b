/**
 * Following an execution or its log over SSE. Kestra's clients get its event ids (`start` with nothing, `progress`, `end`);
 * who asks with `resume` gets cursors as ids and goes on behind Last-Event-ID. The end of a log comes when all its lines have.
 */
import type { LogLine } from '../../../lib/model/log-line.ts';
import type { EventStream, SseEvent } from '../sse.ts';
import { executionBody } from '../views/execution.ts';
import { lineBody } from '../views/line.ts';
import type { Snapshot } from './executions.ts';
import type { LineHub } from './line-hub.ts';
import { type Followed, isOver, Live } from './live.ts';
import { LogCursor } from './log-cursor.ts';
import { inTime, LastNumbers, type Logs } from './logs.ts';

/** At most one state in this time, and in large executions less often: each is the whole execution. */
const STATE_MS = 50;
const STATE_MS_PER_TASK_RUN = 0.1;
/** After the end its last lines are waited for at most this long. */
const LAST_LINES_MS = 10_000;
const LOOK_MS = 200;
const LINES_AT_ONCE = 500;
const START: SseEvent = { id: 'start', event: 'start', data: '{}' };

export interface FollowedLog extends Followed {
  readonly lines: LineHub;
  readonly logs: Logs;
}

export interface Following {
  readonly resume: boolean;
  readonly lastEventId?: string;
}

/** Resolves when the execution has ended and its end was sent, or the reader has gone. Throws `execution.unknown` before `open` is called. */
export async function followExecution(
  parts: Followed,
  id: string,
  open: () => EventStream,
  { resume }: Following,
): Promise<void> {
  const live = await Live.watch(parts, id);
  try {
    let snapshot = await live.now();
    const stream = open();
    stream.signal.addEventListener('abort', () => live.changed.set());
    if (!resume) stream.send([START]);
    while (!stream.signal.aborted) {
      live.changed.clear();
      snapshot = await live.now();
      const name = isOver(snapshot) ? 'end' : 'progress';
      stream.send([{ id: resume ? live.version : name, event: name, data: bodyText(snapshot) }]);
      if (name === 'end') break;
      await stream.drained();
      await live.changed.wait();
      await new Promise((resolve) => setTimeout(resolve, STATE_MS + STATE_MS_PER_TASK_RUN * snapshot.count));
    }
    stream.close();
  } finally {
    live.close();
  }
}

const bodyText = ({ start, head, taskRuns }: Snapshot): string => JSON.stringify(executionBody(start, head, taskRuns));

/** The same for its log. */
export async function followLogs(
  parts: FollowedLog,
  id: string,
  open: () => EventStream,
  { resume, lastEventId, passes }: Following & { readonly passes: (line: LogLine) => boolean },
): Promise<void> {
  const live = await Live.watch(parts, id);
  const fresh: LogLine[] = [];
  const unlisten = parts.lines.listen(id, (some) => {
    for (const line of some) fresh.push(line);
    live.changed.set();
  });
  try {
    await live.now();
    for (const line of await parts.logs.all(id)) fresh.push(line);
    const stream = open();
    stream.signal.addEventListener('abort', () => live.changed.set());
    if (!resume) stream.send([START]);
    const sending = new Sending(stream, { resume, passes, cursor: new LogCursor(resume ? lastEventId : '') });
    for (let endedMs = Number.POSITIVE_INFINITY; !stream.signal.aborted; ) {
      live.changed.clear();
      await sending.send(fresh.splice(0).sort(inTime));
      const snapshot = await live.now();
      const over = isOver(snapshot);
      if (over) {
        endedMs = Math.min(endedMs, performance.now());
        const late = performance.now() - endedMs > LAST_LINES_MS;
        if (fresh.length === 0 && (late || !sending.seen.lacking(snapshot))) break;
      }
      await live.changed.wait(over ? LOOK_MS : undefined);
    }
    stream.send([{ id: resume ? sending.cursor : 'end', event: 'end', data: '{}' }]);
    stream.close();
  } finally {
    unlisten();
    live.close();
  }
}

/** Lines on their way to one reader: each once, and how far the reader is. */
class Sending {
  readonly seen = new LastNumbers();
  readonly #stream: EventStream;
  readonly #cursor: LogCursor;
  readonly #resume: boolean;
  readonly #passes: (line: LogLine) => boolean;

  constructor(
    stream: EventStream,
    how: { readonly resume: boolean; readonly cursor: LogCursor; readonly passes: (line: LogLine) => boolean },
  ) {
    this.#stream = stream;
    this.#cursor = how.cursor;
    this.#resume = how.resume;
    this.#passes = how.passes;
  }

  get cursor(): string {
    return this.#cursor.text();
  }

  async send(lines: readonly LogLine[]): Promise<void> {
    for (let from = 0; from < lines.length && !this.#stream.signal.aborted; from += LINES_AT_ONCE) {
      const events = lines.slice(from, from + LINES_AT_ONCE).flatMap((line) => this.#event(line));
      if (events.length > 0) this.#stream.send(events);
      await this.#stream.drained();
    }
  }

  #event(line: LogLine): SseEvent[] {
    this.seen.add(line);
    if (!this.#cursor.isNew(line) || !this.#passes(line)) return [];
    const id = this.#resume ? this.#cursor.text() : 'progress';
    return [{ id, event: 'progress', data: JSON.stringify(lineBody(line)) }];
  }
}
