/** The log of an execution: read, downloaded as text, followed. */
import type { LogLine } from '../../../lib/model/log-line.ts';
import { type FollowedLog, followLogs } from '../live/follow.ts';
import { type LogFilter, passes } from '../live/logs.ts';
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

export function logHandlers(parts: FollowedLog) {
  const { logs } = parts;
  return {
    readLogs: async (asked) => {
      const lines = await logs.read(asked.params.executionId!, filterOf(asked.query));
      asked.json(lines.map(lineBody));
    },
    downloadLogs: async (asked) => {
      const { context, params } = asked;
      const lines = await logs.read(params.executionId!, filterOf(asked.query));
      context.attachment(`${params.executionId}.log`);
      context.type = 'text/plain; charset=utf-8';
      context.body = lines.map(textLine).join('');
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
