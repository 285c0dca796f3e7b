/** A plugin whose tasks do what workers must survive. */
import { isMainThread, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { definePlugin, defineTask, TaskError, TaskWarning } from '../../plugins/sdk/index.ts';

const nothing = z.strictObject({});

const say = defineTask({
  type: 'test.Say',
  title: 'Logs and returns a text',
  properties: z.strictObject({ text: z.string(), level: z.enum(['trace', 'info', 'warn']).default('info') }),
  run: ({ log }, { text, level }) => {
    log[level](text);
    return { text };
  },
});

const nap = defineTask({
  type: 'test.Nap',
  title: 'Sleeps, and listens to its signal',
  properties: z.strictObject({ ms: z.coerce.number() }),
  run: ({ signal, log }, { ms }) =>
    new Promise<undefined>((resolve, reject) => {
      log.info('sleeping');
      const timer = setTimeout(() => resolve(undefined), ms);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(new Error('woken'));
      });
    }),
});

const deaf = defineTask({
  type: 'test.Deaf',
  title: 'Sleeps, and listens to nothing',
  properties: nothing,
  run: () => new Promise<undefined>((resolve) => void setTimeout(() => resolve(undefined), 60_000)),
});

const spin = defineTask({
  type: 'test.Spin',
  title: 'Never lets go of the loop',
  properties: nothing,
  run: ({ log }) => {
    log.info('spinning');
    for (;;);
  },
});

const fail = defineTask({
  type: 'test.Fail',
  title: 'Fails in many ways',
  properties: z.strictObject({ how: z.enum(['task', 'bug', 'warning', 'large', 'exit', 'stray']) }),
  run: async ({ log }, { how }) => {
    if (how === 'task') throw new TaskError('it is full', { outputs: { exitCode: 3 } });
    if (how === 'warning') throw new TaskWarning('nearly full', { outputs: { left: 1 } });
    if (how === 'large') return { text: 'x'.repeat(70 * 1024) };
    if (how === 'exit') {
      log.info('leaving');
      process.exit(3);
    }
    if (how === 'stray') {
      setTimeout(() => {
        throw new Error('from nowhere');
      });
      return new Promise(() => {});
    }
    throw new RangeError('a bug');
  },
});

const look = defineTask({
  type: 'test.Look',
  title: 'Says what it sees',
  properties: nothing,
  run: async ({ environment, execution, taskRun, files }) => {
    console.log('printed');
    process.stdout.write('half');
    process.stderr.write('to stderr\n');
    const folder = await files.workingDirectory();
    const uri = await files.store('a.txt', Buffer.from('content'));
    const read = await (await files.read(uri)).toArray();
    const content = Buffer.concat(read).toString();
    return { env: { ...process.env }, environment, execution, taskRun, folder, uri, content, pid: process.pid };
  },
});

const peek = defineTask({
  type: 'test.Peek',
  title: 'Looks for what a runner was started with',
  properties: nothing,
  run: ({ log }) => {
    log.info(`it has ${JSON.stringify([workerData, process.env, process.argv])}`);
    return { threads: isMainThread ? 'a process' : 'a thread' };
  },
});

export default definePlugin({
  name: 'test',
  version: '1.0.0',
  title: 'For tests',
  tasks: [say, nap, deaf, spin, fail, look, peek],
});
