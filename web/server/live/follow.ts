/**
 * Following an execution or its log over SSE. Kestra's clients get its event ids (`start` with nothing, `progress`, `end`);
 * who asks with `resume` gets cursors as ids and goes on behind Last-Event-ID.
 */
import type { ExecutionEvent } from '../../../lib/bus/feed.ts';
import type { LogLine } from '../../../lib/model/log-line.ts';
import { executionPartition } from '../../../lib/model/partition.ts';
import { isEnded, stateOf } from '../../../lib/model/state.ts';
import { NO_VERSION } from '../../../lib/model/version.ts';
import type { EventStream } from '../sse.ts';
import { executionBody } from '../views/execution.ts';
import { lineBody } from '../views/line.ts';
import type { Executions, Snapshot } from './executions.ts';
import type { FeedHub } from './feed-hub.ts';
import type { LineHub } from './line-hub.ts';
import { LogCursor } from './log-cursor.ts';
import { inTime, type LogFilter, type Logs, missing } from './logs.ts';

/** At most one state in this time, and in large executions less often: each is the whole execution. */
const STATE_MS = 50;
const STATE_MS_PER_TASK_RUN = 0.1;
const LAST_LINES_MS = 10_000;
const LOOK_MS = 100;
const LINES_AT_ONCE = 500;

export interface Followed {
  readonly hub: FeedHub;
  readonly lines: LineHub;
  readonly executions: Executions;
  readonly logs: Logs;
  readonly partitions: number;
}

export interface Following {
  readonly resume: boolean;
  readonly lastEventId?: string;
}

const isOver = ({ head }: Snapshot): boolean => isEnded(stateOf(head.history));

/** Resolves when the execution has ended and its end was sent, or the reader has gone. Throws `execution.unknown` before anything is sent. */
export async function followExecution(
  parts: Followed,
  id: string,
  open: () => EventStream,
  { resume }: Following,
): Promise<void> {
  let version = NO_VERSION;
  let snapshot: Snapshot | undefined;
  let stale = false;
  const early: string[] = [];
  const changed = new Signal();
  const onEvent = (at: string, json: string) => {
    version = at;
    if (snapshot) snapshot.apply(JSON.parse(json) as ExecutionEvent);
    else early.push(json);
    changed.set();
  };
  const onGap = () => {
    stale = true;
    changed.set();
  };
  const forget = await parts.hub.watch(executionPartition(id, parts.partitions), id, { onEvent, onGap });
  try {
    snapshot = await parts.executions.read(id);
    for (const json of early) snapshot.apply(JSON.parse(json) as ExecutionEvent);
    const stream = open();
    stream.signal.addEventListener('abort', () => changed.set());
    if (!resume) stream.send([{ id: 'start', event: 'start', data: '{}' }]);
    while (!stream.signal.aborted) {
      changed.clear();
      if (stale) {
        stale = false;
        snapshot = (await parts.executions.find(id)) ?? snapshot;
      }
      const name = isOver(snapshot) ? 'end' : 'progress';
      stream.send([{ id: resume ? version : name, event: name, data: bodyText(snapshot) }]);
      if (name === 'end') break;
      await stream.drained();
      await changed.wait();
      await new Promise((resolve) => setTimeout(resolve, STATE_MS + STATE_MS_PER_TASK_RUN * snapshot!.taskRuns.length));
    }
    stream.close();
  } finally {
    forget();
  }
}

const bodyText = ({ start, head, taskRuns }: Snapshot): string => JSON.stringify(executionBody(start, head, taskRuns));

/** The same for its log: ends when the execution has, and its last lines are there. */
export async function followLogs(
  parts: Followed,
  id: string,
  open: () => EventStream,
  { resume, lastEventId }: Following,
  passes: (line: LogLine) => boolean,
): Promise<void> {
  await parts.executions.read(id);
  const cursor = new LogCursor(resume ? lastEventId : '');
  const fresh: LogLine[] = [];
  const changed = new Signal();
  const end = lines(fresh, changed);
  const stopListening = parts.lines.listen(id, end);
  try {
    const backlog = await parts.logs.all(id);
    const stream = open();
    stream.signal.addEventListener('abort', () => changed.set());
    if (!resume) stream.send([{ id: 'start', event: 'start', data: '{}' }]);
    fresh.unshift(...backlog);
    const seen: LogLine[] = [];
    for (let endedMs: number | undefined; !stream.signal.aborted; ) {
      changed.clear();
      await sendLines(stream, fresh.splice(0).sort(inTime), { cursor, resume, passes, seen });
      const snapshot = await parts.executions.read(id);
      if (isOver(snapshot)) {
        endedMs ??= performance.now();
        if (fresh.length === 0 && (!missing(snapshot, seen) || performance.now() - endedMs > LAST_LINES_MS)) break;
        await changed.wait(LOOK_MS);
      } else await changed.wait(LOOK_MS * 5);
    }
    stream.send([{ id: resume ? cursor.text() : 'end', event: 'end', data: '{}' }]);
    stream.close();
  } finally {
    stopListening();
  }
}

const lines = (fresh: LogLine[], changed: Signal) => (some: readonly LogLine[]) => {
  fresh.push(...some);
  changed.set();
};

interface Sending {
  readonly cursor: LogCursor;
  readonly resume: boolean;
  readonly passes: (line: LogLine) => boolean;
  readonly seen: LogLine[];
}

async function sendLines(
  stream: EventStream,
  some: readonly LogLine[],
  { cursor, resume, passes, seen }: Sending,
): Promise<void> {
  for (let from = 0; from < some.length && !stream.signal.aborted; from += LINES_AT_ONCE) {
    const events = some.slice(from, from + LINES_AT_ONCE).flatMap((line) => {
      seen.push(line);
      if (!cursor.isNew(line) || !passes(line)) return [];
      return [{ id: resume ? cursor.text() : 'progress', event: 'progress', data: JSON.stringify(lineBody(line)) }];
    });
    if (events.length > 0) stream.send(events);
    await stream.drained();
  }
}

export type { LogFilter };

/** Something has happened since it was cleared. */
class Signal {
  #set = false;
  #wake: (() => void) | undefined;

  set(): void {
    this.#set = true;
    this.#wake?.();
  }

  clear(): void {
    this.#set = false;
  }

  async wait(ms?: number): Promise<void> {
    if (this.#set) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (ms !== undefined) timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
    this.#wake = undefined;
  }
}
