/** A plugin whose task writes a line into a file that the system never reads, so that a checker knows what really ran. */
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { definePlugin, defineTask } from '../../plugins/sdk/index.ts';

const note = defineTask({
  type: 'test.Note',
  title: 'Notes its begin and its end, and works in between; a deadly one kills the process that it runs in',
  properties: z.strictObject({
    ledger: z.string(),
    ms: z.coerce.number().default(0),
    deadly: z.coerce.boolean().default(false),
  }),
  run: async ({ execution, taskRun, signal }, { ledger, ms, deadly }) => {
    const line = (what: string) =>
      `${JSON.stringify({ what, execution: execution.id, taskRun: taskRun.id, attempt: taskRun.attempt, pid: process.pid, atMs: Date.now() })}\n`;
    // O_APPEND: lines of several processes do not overwrite each other.
    appendFileSync(ledger, line('begin'));
    if (deadly) process.kill(process.pid, 'SIGKILL');
    await sleep(ms, undefined, { signal });
    appendFileSync(ledger, line('end'));
    return undefined;
  },
});

export default definePlugin({ name: 'ledger', version: '1.0.0', title: 'For tests of servers', tasks: [note] });
