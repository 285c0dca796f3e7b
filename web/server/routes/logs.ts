/** The log of an execution: read, downloaded as text, followed. */
import { Readable } from 'node:stream';
import { isFault } from '../../../lib/errors.ts';
import type { LogLine } from '../../../lib/model/log-line.ts';
import { type FollowedLog, followLogs } from '../live/follow.ts';
import { LogCursor } from '../live/log-cursor.ts';
import { LINES_MAX, type LogFilter, type Logs, passes } from '../live/logs.ts';
import { lineBody } from '../views/line.ts';
import { iso } from '../views/time.ts';
import { flagOf, levelOf, textOf, wholeOf } from './query.ts';
import type { Handlers } from './register.ts';

const filterOf = (query: URLSearchParams): LogFilter => ({
  minLevel: levelOf(query, 'minLevel'),
  taskRunId: textOf(query, 'taskRunId'),
  taskId: textOf(query, 'taskId'),
  attempt: wholeOf(query, 'attempt'),
});

const textLine = ({ atMs, level, taskId = '', message }: LogLine): string =>
  `${iso(atMs)} ${level.padEnd(5)} ${taskId} ${message}\n`;

/** A log of any length, page by page. */
async function* texts(logs: Logs, executionId: string, filter: LogFilter): AsyncGenerator<string> {
  const cursor = new LogCursor();
  for await (const page of logs.pages(executionId))
    yield page
      .filter((line) => cursor.take(line) && passes(line, filter))
      .map(textLine)
      .join('');
}

export function logHandlers(parts: FollowedLog) {
  const { logs } = parts;
  return {
    readLogs: async (asked) => {
      const filter = filterOf(asked.query);
      // As Kestra has it, nothing is known of the lines of what nobody knows.
      const lines = await logs.read(asked.params.executionId!, filter).catch((error: unknown) => {
        if (isFault(error, 'execution.unknown')) return [];
        throw error;
      });
      asked.json(lines.map(lineBody));
    },
    downloadLogs: async (asked) => {
      const { context, params } = asked;
      const filter = filterOf(asked.query);
      const lines = await logs.read(params.executionId!, filter);
      context.attachment(`${params.executionId}.log`);
      context.type = 'text/plain; charset=utf-8';
      const isWhole = lines.length < LINES_MAX;
      context.body = isWhole ? lines.map(textLine).join('') : Readable.from(texts(logs, params.executionId!, filter));
    },
    followLogs: (asked) => {
      const filter = filterOf(asked.query);
      return followLogs(parts, asked.params.executionId!, asked.stream, {
        resume: flagOf(asked.query, 'resume'),
        lastEventId: asked.context.req.headers['last-event-id'] as string | undefined,
        passes: (line) => passes(line, filter),
      });
    },
  } satisfies Partial<Handlers>;
}
