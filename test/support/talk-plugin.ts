/** A plugin whose tasks talk for a while and leave files, for those who follow and download. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { definePlugin, defineTask, TaskError } from '../../plugins/sdk/index.ts';

const talk = defineTask({
  type: 'test.Talk',
  title: 'Logs numbered lines, some at once, with a pause between',
  properties: z.strictObject({
    lines: z.coerce.number(),
    atOnce: z.coerce.number().default(1),
    pauseMs: z.coerce.number().default(1),
    /** Characters that are added to each line. */
    pad: z.coerce.number().default(0),
    fails: z.coerce.boolean().default(false),
  }),
  run: async ({ log, taskRun, signal }, { lines, atOnce, pauseMs, pad, fails }) => {
    const padding = pad > 0 ? ` ${'.'.repeat(pad)}` : '';
    for (let n = 1; n <= lines; n++) {
      log.info(`${taskRun.id} ${n}${padding}`);
      if (n % atOnce === 0) await sleep(pauseMs, undefined, { signal });
    }
    if (fails) throw new TaskError('it has said enough');
    return undefined;
  },
});

const leave = defineTask({
  type: 'test.Leave',
  title: 'Leaves a file',
  properties: z.strictObject({ name: z.string(), content: z.string() }),
  run: async ({ files }, { name, content }) => ({ uri: await files.store(name, Buffer.from(content)) }),
});

export default definePlugin({ name: 'talk', version: '1.0.0', title: 'For tests of REST', tasks: [talk, leave] });
