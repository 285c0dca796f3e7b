/** What surrounds one running task. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { z } from 'zod';
import type { Task } from '../lib/model/flow.ts';
import { environmentOf } from '../lib/task/environment.ts';
import type { Outcome } from '../lib/task/outcome.ts';
import { OUTPUT_BYTES_MAX, plainOutputs } from '../lib/task/outputs.ts';
import { LINE_CHARS_MAX } from '../lib/task/task-log.ts';
import { type AnyTask, defineTask, type TaskContext, TaskError, TaskWarning } from '../plugins/sdk/index.ts';
import { aRun, storage } from './support/running.ts';

function aTask(
  run: (context: TaskContext) => unknown,
  { properties = {}, ...task }: Partial<Task> = {},
  given: Parameters<typeof aRun>[2] = {},
) {
  const definition = defineTask({
    type: 'test.A',
    title: 'A',
    properties: z.strictObject({ text: z.string().optional(), raw: z.string().meta({ dynamic: false }).optional() }),
    run: run as AnyTask['run'],
  });
  return aRun(definition as AnyTask, properties, { task, roots: { inputs: { who: 'world' } }, ...given });
}

test('running a task that awaits nothing without a promise, and without what it does not ask for', () => {
  const task = aTask(() => ({ a: 1 }), { properties: { text: 'plain' } });
  assert.deepEqual(task.run(), { state: 'SUCCESS', outputs: { a: 1 }, bytes: 15 });
  assert.equal(task.looked(), 0);
});

test('rendering properties, and what a task asks to be rendered', () => {
  const task = aTask((context) => ({ text: context.render('{{ inputs.who }}!') }), {
    properties: { text: '{{ inputs.who }}' },
  });
  assert.deepEqual((task.run() as Outcome).outputs, { text: 'world!' });
  assert.equal(task.looked(), 1);
  const raw = aTask(({ log }) => void log.info('ran'), { properties: { raw: '{{ nothing.there }}' } });
  assert.equal((raw.run() as Outcome).state, 'SUCCESS');
});

test('refusing properties, outputs and time limits with what was expected', async () => {
  const wrong = await aTask(() => undefined, { properties: { text: [1] } }).run();
  assert.equal(wrong.state, 'FAILED');
  assert.match(wrong.reason!, /text/);
  assert.match((await aTask(() => 'a text').run()).reason!, /expected outputs by name, got a string/);
  assert.match((await aTask(() => undefined, { timeout: 'soon' }).run()).reason!, /expected an ISO-8601 duration/);
});

test('ending with the first cause', async () => {
  const task = aTask(
    ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('woken')))),
  );
  const outcome = task.run();
  task.running.end({ kind: 'killed' });
  task.running.end({ kind: 'timeout', reason: 'timeout after PT1S' });
  assert.equal((await outcome).state, 'KILLED');
  assert.deepEqual(task.lines, []);
});

test('removing the working directory at the end', async () => {
  let made = '';
  const task = aTask(async ({ files }) => {
    made = await files.workingDirectory();
    assert.equal(existsSync(made), true);
    await assert.rejects(files.store('../a', Buffer.from('a')), /expected a file's name/);
    await assert.rejects(files.store('a', { path: '/etc/hostname' }), /expected a path in the working directory/);
    return {};
  });
  assert.equal((await task.run()).state, 'SUCCESS');
  assert.equal(existsSync(made), false);
});

test('cutting overlong lines and dropping those below the level', () => {
  const task = aTask(
    ({ log }) => {
      log.info('dropped');
      log.warn('x'.repeat(LINE_CHARS_MAX + 5));
      return {};
    },
    { logLevel: 'WARN' },
  );
  task.run();
  assert.equal(task.lines.length, 1);
  assert.ok(task.lines[0]!.endsWith('x… (5 more characters)'));
});

test('keeping outputs plain and small', () => {
  const plain = { a: [1, 'two', null, { b: true }] };
  assert.equal(plainOutputs(plain).outputs, plain);
  assert.deepEqual(plainOutputs({ at: new Date(0), none: undefined, n: Number.NaN, f() {} }).outputs, {
    at: '1970-01-01T00:00:00.000Z',
    n: null,
  });
  assert.throws(() => plainOutputs({ text: 'x'.repeat(OUTPUT_BYTES_MAX) }), /outputs of 65 KB: expected at most 64 KB/);
  assert.throws(() => plainOutputs({ text: '\u0000'.repeat(OUTPUT_BYTES_MAX / 6) }), /expected at most 64 KB/);
  const round: Record<string, unknown> = {};
  round.self = round;
  assert.throws(() => plainOutputs(round), /expected outputs that can be written as JSON/);
  assert.throws(() => plainOutputs({ big: 1n }), /expected outputs that can be written as JSON/);
});

test('giving child processes our own Node first and nothing else of ours', () => {
  const host = {
    path: '/usr/bin:/opt/node/bin:/bin',
    language: 'C.UTF-8',
    node: '/opt/node/bin/node',
    folder: '/work',
  };
  assert.deepEqual(environmentOf(host), {
    PATH: '/opt/node/bin:/usr/bin:/bin',
    HOME: '/work/home',
    TMPDIR: '/work/tmp',
    LANG: 'C.UTF-8',
  });
});

test('handing over with the end what a run changes in its execution, unless it failed', () => {
  const changing = (last: () => unknown) =>
    aTask(({ update }) => {
      update({ labels: { a: '1', b: '1' }, unset: ['x'] });
      update({ labels: { b: '2' }, variables: { v: [1] }, unset: ['y.z'] });
      return last();
    }).run() as Outcome;
  const expected = { labels: { a: '1', b: '2' }, unset: ['x', 'y.z'], variables: { v: [1] } };
  assert.deepEqual(changing(() => ({})).update, expected);
  const warned = changing(() => {
    throw new TaskWarning('nearly');
  });
  assert.deepEqual([warned.state, warned.update], ['WARNING', expected]);
  const failed = changing(() => {
    throw new TaskError('no');
  });
  assert.deepEqual([failed.state, failed.update], ['FAILED', undefined]);
});

test('refusing changes of the execution that are too large or not of its kind', () => {
  const reasonOf = (change: object) => (aTask(({ update }) => update(change)).run() as Outcome).reason;
  assert.match(reasonOf({ variables: { text: 'x'.repeat(40_000) } })!, /an update of the execution of 40 KB: expected/);
  assert.match(reasonOf({ labels: { 'system.a': '1' } })!, /expected keys without system\., got system\.a/);
  assert.match(reasonOf({ labels: { a: 1 } })!, /expected a key and a text, got "a" with a number/);
  assert.match(reasonOf({ exit: 'DONE' })!, /exit: expected one of SUCCESS, .*, got "DONE"/);
});

test('keeping metrics that are numbers with names, and no more than a bound', () => {
  const task = aTask(({ metric }) => {
    for (let n = 0; n < 1_005; n++) metric({ type: 'counter', name: 'rows', value: n, tags: { part: 'a' } });
  });
  assert.equal((task.run() as Outcome).state, 'SUCCESS');
  assert.equal(task.metrics.length, 1_000);
  assert.deepEqual(task.metrics[1], { type: 'counter', name: 'rows', value: 1, tags: { part: 'a' } });
  assert.deepEqual(task.lines, ['WARN expected at most 1000 metrics of one run, got more: the others are left out']);
  const reasonOf = (metric: object) => (aTask((context) => context.metric(metric as never)).run() as Outcome).reason;
  assert.match(reasonOf({ type: 'sum', name: 'a', value: 1 })!, /expected counter, timer or gauge, got "sum"/);
  assert.match(reasonOf({ type: 'gauge', name: 'a', value: Number.NaN })!, /metric a: expected a number, got null/);
  assert.match(reasonOf({ type: 'gauge', name: '', value: 1 })!, /expected a name of 1 to 200 characters, got ""/);
});

test('rendering with more than the task sees', () => {
  const task = aTask((context) => ({ text: context.render('{{ inputs.who }} {{ row }}', { row: 1 }) }));
  assert.deepEqual((task.run() as Outcome).outputs, { text: 'world 1' });
});

test('running another task in the place of the first, with its outputs, changes and end', async () => {
  const inner = defineTask({
    type: 'test.Inner',
    title: 'Inner',
    properties: z.strictObject({ text: z.string() }),
    run: ({ update, signal }, { text }) => {
      update({ labels: { inner: text } });
      return text === 'wait'
        ? new Promise<undefined>((_, reject) => signal.addEventListener('abort', () => reject(new Error('woken'))))
        : { text };
    },
  });
  const taskIn = (source: string) => ({
    task: { type: 'test.Inner', properties: JSON.parse(source) } as Task,
    definition: inner as AnyTask,
  });
  const outer = (source: string) => aTask(({ runTask }) => runTask(source), {}, { given: { taskIn } });
  const ended = await outer('{"text":"{{ inputs.who }}"}').run();
  assert.deepEqual(
    [ended.outputs, ended.update],
    [{ text: '{{ inputs.who }}' }, { labels: { inner: '{{ inputs.who }}' } }],
  );
  assert.match((await outer('{"texts":1}').run()).reason!, /expected a property of test\.Inner, got texts/);
  const waiting = outer('{"text":"wait"}');
  const outcome = waiting.run();
  waiting.running.end({ kind: 'killed' });
  assert.equal((await outcome).state, 'KILLED');
});

test('keeping the log in one file: what another task in its place says too, and nothing after the end', async () => {
  let late: () => void = () => {};
  const inner = defineTask({
    type: 'test.Inner',
    title: 'Inner',
    properties: z.strictObject({}),
    run: ({ log }) => {
      log.info('inside');
      late = () => log.info('late');
    },
  });
  const taskIn = (source: string) => ({
    task: { type: 'test.Inner', properties: {}, logToFile: source === 'file' } as unknown as Task,
    definition: inner as AnyTask,
  });
  const run = async (source: string, logToFile: boolean) => {
    const says = ({ log, runTask }: TaskContext) => {
      log.info('outside');
      return runTask(source);
    };
    const task = aTask(says, { logToFile }, { given: { taskIn } });
    const { logFile } = await task.run();
    late();
    const file = logFile && (await text(await storage.get('main', logFile))).replaceAll(/^\S+Z /gm, '');
    return [file, task.lines];
  };
  assert.deepEqual(await run('lines', true), ['INFO  outside\nINFO  inside\n', []]);
  assert.deepEqual(await run('file', false), ['INFO  inside\n', ['INFO outside']]);
});

test('finding out that a value is too large before it is written', () => {
  const huge = 'x'.repeat(300_000_000);
  assert.throws(() => plainOutputs({ huge }), /outputs of \d+ KB: expected at most 64 KB/);
  assert.throws(() => plainOutputs({ at: new Date(0), huge }), /expected at most 64 KB/);
  assert.throws(() => plainOutputs({ bytes: Buffer.alloc(100_000_000) }), /expected at most 64 KB/);
  assert.throws(() => plainOutputs({ hidden: { toJSON: () => [huge] } }), /expected at most 64 KB/);
  let doubled: unknown[] = ['x'];
  for (let n = 0; n < 60; n++) doubled = [doubled, doubled];
  assert.throws(() => plainOutputs({ doubled }), /expected at most 64 KB/);
  assert.equal(plainOutputs({ small: Array.from({ length: 20_000 }, () => 1) }).bytes, 40_011);
});

test('cutting a reason that no answer could carry', () => {
  const outcome = aTask(() => {
    throw new TaskError('x'.repeat(1_000_000));
  }).run() as Outcome;
  assert.equal(outcome.reason?.length, 4_097);
});
