/** log.Log: one line, or a list of lines, at a level. */
import { defineTask, type TaskLog } from '@windhover/sdk';
import { z } from 'zod';

export const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'] as const;

export const log = defineTask({
  type: 'io.kestra.plugin.core.log.Log',
  title: 'Write to the log',
  description: 'Writes `message` to the log of the execution: a text, or a list of texts with a line each.',
  properties: z.strictObject({
    message: z.union([z.string(), z.array(z.string())]).describe('A text, or a list of texts'),
    level: z.enum(LEVELS).default('INFO').describe('The level of the lines'),
  }),
  atOnce: true,
  examples: [
    {
      title: 'Greet',
      code: 'id: greet\ntype: io.kestra.plugin.core.log.Log\nmessage: Good morning, {{ inputs.name }}\n',
    },
  ],
  run({ log }, { message, level }) {
    const write = writerAt(log, level);
    if (typeof message === 'string') write(message);
    else for (const line of message) write(line);
    return undefined;
  },
});

const LOWER = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

export const writerAt = (log: TaskLog, level: (typeof LEVELS)[number]): ((message: string) => void) =>
  log[LOWER[level]].bind(log);
