/** What surrounds one running task. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { z } from 'zod';
import type { Task } from '../lib/model/flow.ts';
import { openLocalStorage } from '../lib/storage/local.ts';
import { environmentOf } from '../lib/task/environment.ts';
import type { Outcome } from '../lib/task/outcome.ts';
import { OUTPUT_BYTES_MAX, plainOutputs } from '../lib/task/outputs.ts';
import { runTask } from '../lib/task/run-task.ts';
import { RunningTask } from '../lib/task/task-context.ts';
import { LINE_CHARS_MAX } from '../lib/task/task-log.ts';
import { type AnyTask, defineTask, type TaskContext } from '../plugins/sdk/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'windhover-task-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const ground = {
  storage: openLocalStorage({ folder: join(folder, 'storage') }),
  folder: join(folder, 'work'),
  environment: {},
};
const place = {
  tenant: 'main',
  namespace: 'company.team',
  flowId: 'flow',
  executionId: 'execution',
  taskId: 'task',
  taskRunId: 'run',
  attempt: 1,
};

function aTask(run: (context: TaskContext) => unknown, more: Partial<Task> = {}) {
  const definition = defineTask({
    type: 'test.A',
    title: 'A',
    properties: z.strictObject({ text: z.string().optional(), raw: z.string().meta({ dynamic: false }).optional() }),
    run: run as AnyTask['run'],
  });
  const task = { id: 'task', type: 'test.A', properties: {}, ...more } as unknown as Task;
  const lines: string[] = [];
  let looked = 0;
  const roots = () => {
    looked++;
    return { inputs: { who: 'world' } };
  };
  const sink = (level: string, message: string) => void lines.push(`${level} ${message}`);
  const running = new RunningTask(
    { place, flowRevision: 1, task, definition: definition as AnyTask, sink, roots },
    ground,
  );
  return { running, lines, looked: () => looked, run: () => runTask(running, () => {}) };
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
