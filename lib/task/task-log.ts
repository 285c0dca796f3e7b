/** The log of a task: lines below the task's `logLevel` are dropped, secrets are hidden, and then what is overlong is cut. */
import type { TaskLog } from '../../plugins/sdk/index.ts';
import { LEVELS, type Level } from '../model/log-line.ts';
import type { LineSink } from './outcome.ts';

/** A line's text, in characters: far below what a batch of lines may hold. */
export const LINE_CHARS_MAX = 32_768;

export function taskLog(
  sink: LineSink,
  logLevel: string | undefined,
  masked: (text: string) => string = (text) => text,
): TaskLog {
  const lowest = Math.max(0, LEVELS.indexOf((logLevel ?? 'TRACE').toUpperCase() as Level));
  const writer = (level: Level) => (message: string) => {
    if (LEVELS.indexOf(level) >= lowest) sink(level, cut(masked(String(message))));
  };
  return {
    trace: writer('TRACE'),
    debug: writer('DEBUG'),
    info: writer('INFO'),
    warn: writer('WARN'),
    error: writer('ERROR'),
  };
}

const cut = (message: string): string =>
  message.length <= LINE_CHARS_MAX
    ? message
    : `${message.slice(0, LINE_CHARS_MAX)}… (${message.length - LINE_CHARS_MAX} more characters)`;
