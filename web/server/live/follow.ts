/**
 * Following an execution or its log over SSE. Kestra's clients get its event ids (`start` with nothing, `progress`, `end`) and
 * with each change the whole execution; who asks with `resume` gets what has changed, and of a log cursors as ids, to go on behind
 * Last-Event-ID. The end of a log comes when all its lines have.
 */
import type { LogLine } from '../../../lib/model/log-line.ts';
import type { Version } from '../../../lib/model/version.ts';
import type { EventStream, SseEvent } from '../sse.ts';
import { executionBody } from '../views/execution.ts';
import type { Snapshot } from './executions.ts';
import { FollowedLines } from './followed-lines.ts';
import type { LineHub } from './line-hub.ts';
import { type Followed, isOver } from './live.ts';
import { LogCursor } from './log-cursor.ts';
import { type Logs, mayStillCome } from './logs.ts';
import { StateEvents } from './state-events.ts';

/** At most one state in this time, and less often where each is the whole of a large execution. */
const STATE_MS = 50;
const STATE_MS_PER_TASK_RUN = 0.1;
/** While lines are lacking, all that there is is read anew: at first soon, then less and less often. */
const LOOK_MS = 200;
const LOOK_MS_MAX = 2_000;
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
  const changes = resume ? new StateEvents() : undefined;
  const live = await parts.lives.watch(id, changes);
  try {
    let snapshot = await live.now();
    const stream = open();
    stream.signal.addEventListener('abort', () => live.changed.set());
    if (!resume) stream.send([START]);
    while (!stream.signal.aborted) {
      live.changed.clear();
      snapshot = await live.now();
      for (const event of eventsOf(snapshot, live.version, changes)) {
        stream.send([event]);
        await stream.drained();
      }
      if (isOver(snapshot)) break;
      await live.changed.wait();
      const restMs = STATE_MS + (changes ? 0 : STATE_MS_PER_TASK_RUN * snapshot.count);
      await new Promise((resolve) => setTimeout(resolve, restMs));
    }
    stream.close();
  } finally {
    live.close();
  }
}

function* eventsOf(snapshot: Snapshot, version: Version, changes?: StateEvents): Generator<SseEvent> {
  const over = isOver(snapshot);
  if (!changes) {
    const name = over ? 'end' : 'progress';
    return yield { id: name, event: name, data: bodyText(snapshot) };
  }
  for (const { event, data } of changes.take(snapshot)) yield { id: version, event, data: JSON.stringify(data) };
  if (over) yield { id: version, event: 'end', data: '{}' };
}

const bodyText = ({ start, head, taskRuns }: Snapshot): string => JSON.stringify(executionBody(start, head, taskRuns));

/** The same for its log. */
export async function followLogs(
  parts: FollowedLog,
  id: string,
  open: () => EventStream,
  { resume, lastEventId, passes }: Following & { readonly passes: (line: LogLine) => boolean },
): Promise<void> {
  const cursor = new LogCursor(resume ? lastEventId : '');
  const know = ({ taskRuns }: Pick<Snapshot, 'taskRuns'>) => {
    for (const taskRun of taskRuns) cursor.know(taskRun);
  };
  const live = await parts.lives.watch(id, { onWhole: know, onChange: know });
  const lines = new FollowedLines(cursor, () => live.changed.set());
  const unlisten = parts.lines.listen(id, lines);
  try {
    await live.now();
    const stream = open();
    stream.signal.addEventListener('abort', () => live.changed.set());
    if (resume) lines.mayLeave(stream);
    else stream.send([START]);
    const sending = { stream, resume, passes };
    for (let lookMs = LOOK_MS; !stream.signal.aborted; ) {
      live.changed.clear();
      const snapshot = await live.now();
      await lines.send(() => parts.logs.pages(id), sending);
      const over = isOver(snapshot);
      if (over && lines.areAll(!mayStillCome(snapshot))) break;
      if (lines.hasMissed) continue;
      if (lines.doubts()) live.doubt();
      else await live.changed.wait(lines.hasEarly ? LOOK_MS : over ? lookMs : undefined);
      if (!over) continue;
      lookMs = Math.min(2 * lookMs, LOOK_MS_MAX);
      lines.onGap();
    }
    stream.send([{ id: resume ? cursor.text() : 'end', event: 'end', data: '{}' }]);
    stream.close();
  } finally {
    unlisten();
    live.close();
  }
}
