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

/** A log of any length, page by page: `said` of the lines of a page that pass. */
async function* texts(
  logs: Logs,
  { executionId, filter }: { readonly executionId: string; readonly filter: LogFilter },
  said: (lines: readonly LogLine[]) => string,
): AsyncGenerator<string> {
  const cursor = new LogCursor();
  for await (const page of logs.pages(executionId))
    yield said(page.lines.filter((line) => cursor.take(line) && passes(line, filter)));
}

const asText = (lines: readonly LogLine[]): string => lines.map(textLine).join('');

/** A JSON array of any length. */
async function* jsonTexts(logs: Logs, of: { readonly executionId: string; readonly filter: LogFilter }) {
  let comma = '[';
  const members = (lines: readonly LogLine[]) => lines.map((line) => JSON.stringify(lineBody(line))).join(',');
  for await (const some of texts(logs, of, members)) {
    if (some === '') continue;
    yield comma + some;
    comma = ',';
  }
  yield comma === '[' ? '[]' : ']';
}

export function logHandlers(parts: FollowedLog) {
  const { logs } = parts;
  return {
    readLogs: async (asked) => {
      const { context, params } = asked;
      const of = { executionId: params.executionId!, filter: filterOf(asked.query) };
      // As Kestra has it, nothing is known of the lines of what nobody knows.
      const lines = await logs.read(of.executionId, of.filter).catch((error: unknown) => {
        if (isFault(error, 'execution.unknown')) return [];
        throw error;
      });
      if (lines.length < LINES_MAX) return asked.json(lines.map(lineBody));
      context.type = 'application/json';
      context.body = Readable.from(jsonTexts(logs, of));
    },
    downloadLogs: async (asked) => {
      const { context, params } = asked;
      const of = { executionId: params.executionId!, filter: filterOf(asked.query) };
      const lines = await logs.read(of.executionId, of.filter);
      context.attachment(`${params.executionId}.log`);
      context.type = 'text/plain; charset=utf-8';
      const isWhole = lines.length < LINES_MAX;
      context.body = isWhole ? asText(lines) : Readable.from(texts(logs, of, asText));
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
