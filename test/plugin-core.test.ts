/** Running the tasks that every installation has. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import core from '@windhover/plugin-core';
import { runTask } from '@windhover/sdk/testing';
import { parseProperties } from '../lib/plugin/properties.ts';
import type { Outcome } from '../lib/task/outcome.ts';
import type { AnyTask, Server } from '../plugins/sdk/index.ts';
import { aRun } from './support/running.ts';

const taskOf = (name: string): AnyTask => core.tasks.find(({ type }) => type.endsWith(`.${name}`))!;

/** A server that gives these answers, and what it was asked. */
function aServer(answers: readonly unknown[], status = 200) {
  const asked: unknown[] = [];
  const server: Server = {
    ask: async (...question) => {
      asked.push(question);
      return { status, body: answers[asked.length - 1] };
    },
  };
  return { asked, server };
}

test('logging a text, a list of texts, and at a level', async () => {
  const log = taskOf('Log');
  assert.deepEqual((await runTask(log, { message: 'a' })).lines, [{ level: 'INFO', message: 'a' }]);
  assert.deepEqual((await runTask(log, { message: ['a', 'b'], level: 'WARN' })).lines, [
    { level: 'WARN', message: 'a' },
    { level: 'WARN', message: 'b' },
  ]);
  assert.equal((await runTask(log, {})).state, 'FAILED');
});

test('returning a value', async () => {
  const { outputs, metrics } = await runTask(taskOf('Return'), { format: 'x' });
  assert.deepEqual(outputs, { value: 'x' });
  assert.deepEqual(
    metrics.map(({ type, name }) => [type, name]),
    [
      ['counter', 'length'],
      ['timer', 'duration'],
    ],
  );
  assert.equal(metrics[0]?.value, 1);
  assert.deepEqual((await runTask(taskOf('Return'), {})).outputs, {});
});

test('giving values as outputs', async () => {
  const { outputs } = await runTask(taskOf('OutputValues'), { values: { a: '1', b: [2] } });
  assert.deepEqual(outputs, { values: { a: '1', b: [2] } });
});

test('failing always, or when a condition holds', async () => {
  const fail = taskOf('Fail');
  assert.equal((await runTask(fail, {})).error?.message, 'Task failure');
  assert.equal((await runTask(fail, { condition: 'true', errorMessage: 'no' })).error?.message, 'no');
  for (const condition of ['false', '0', '-0', '', false])
    assert.equal((await runTask(fail, { condition })).state, 'SUCCESS', String(condition));
  assert.equal((await runTask(fail, { condition: 'False' })).state, 'FAILED');
});

test('sleeping until a kill ends it', async () => {
  const sleep = taskOf('Sleep');
  const slept = await runTask(sleep, { duration: 'PT0.005S' });
  assert.deepEqual([slept.state, slept.lines[0]?.message], ['SUCCESS', 'Waiting for PT0.005S']);
  const killing = new AbortController();
  const running = runTask(sleep, { duration: 'PT1H' }, { signal: killing.signal });
  killing.abort();
  assert.equal((await running).state, 'KILLED');
  assert.equal((await runTask(sleep, { duration: 'an hour' })).state, 'FAILED');
});

test('turning rendered texts into what a schema wants', () => {
  const log = taskOf('Log');
  assert.deepEqual(parseProperties(log, { message: '["a","b"]' }), { message: '["a","b"]', level: 'INFO' });
  assert.deepEqual(parseProperties(log, { message: 5 }), { message: '5', level: 'INFO' });
  assert.deepEqual(parseProperties(taskOf('OutputValues'), { values: '{"a": 1}' }), { values: { a: 1 } });
  assert.deepEqual(parseProperties(taskOf('Return'), { format: null }), {});
  assert.throws(() => parseProperties(log, { message: 'a', level: 'LOUD' }), {
    name: 'TaskError',
    message: 'level: expected one of TRACE, DEBUG, INFO, WARN, ERROR, got "LOUD"',
  });
  assert.throws(() => parseProperties(log, {}), /message: expected a text or a list, got nothing/);
  assert.throws(
    () => parseProperties(taskOf('Sleep'), { duration: 'soon' }),
    /duration: expected an ISO-8601 duration such as PT30S, got "soon"/,
  );
});

test('echoing as older flows do', async () => {
  assert.deepEqual((await runTask(taskOf('Echo'), { format: 'a', level: 'WARN' })).lines, [
    { level: 'WARN', message: 'a' },
  ]);
  assert.deepEqual((await runTask(taskOf('Echo'), {})).lines, []);
});

test('ending the execution in a state', async () => {
  const updatesOf = async (properties: object) => (await runTask(taskOf('Exit'), { ...properties })).updates;
  assert.deepEqual(await updatesOf({}), [{ exit: 'SUCCESS' }]);
  assert.deepEqual(await updatesOf({ state: 'CANCELED' }), [{ exit: 'CANCELLED' }]);
  assert.equal((await runTask(taskOf('Exit'), { state: 'DONE' })).state, 'FAILED');
});

test('asserting each condition by itself', async () => {
  const roots = { inputs: { n: 3 } };
  const conditions = ['{{ inputs.n == 3 }}', '{{ inputs.n > 5 }}', '{{ inputs.missing.x }}', 'False'];
  const failing = aRun(taskOf('Assert'), { conditions, errorMessage: 'n is {{ inputs.n }}' }, { roots });
  const outcome = await failing.run();
  assert.deepEqual([outcome.state, outcome.reason], ['FAILED', '2 assertions failed!\nn is 3']);
  assert.equal(failing.lines[0], 'ERROR Assertion `{{ inputs.n > 5 }}` failed!');
  assert.match(failing.lines[1]!, /^ERROR Assertion `\{\{ inputs\.missing\.x \}\}` failed, failed to render `/);
  assert.deepEqual(
    failing.metrics.map(({ name, value }) => [name, value]),
    [
      ['success', 2],
      ['failed', 2],
    ],
  );
  assert.equal((await aRun(taskOf('Assert'), { conditions: ['true'] }).run()).state, 'SUCCESS');
});

test('setting labels from a map, a list and JSON', () => {
  const labelsOf = (labels: unknown) => {
    const { update, reason } = aRun(
      taskOf('Labels'),
      { labels },
      { roots: { inputs: { k: 'key', n: 1 } } },
    ).run() as Outcome;
    return update?.labels ?? reason;
  };
  assert.deepEqual(labelsOf({ '{{ inputs.k }}': '{{ inputs.n }}', b: true }), { key: '1', b: 'true' });
  assert.deepEqual(labelsOf([{ key: 'a', value: '{{ inputs.k }}' }]), { a: 'key' });
  assert.deepEqual(labelsOf('{"a": {"b": 1}, "c": "{{ inputs.k }}"}'), { a: '{"b":1}', c: 'key' });
  assert.match(String(labelsOf('plain')), /labels: expected JSON of a map, got "plain"/);
  assert.match(String(labelsOf({ 'system.a': 'x' })), /expected keys without system\./);
  assert.match(String(labelsOf({ a: null })), /expected a value for a, got none/);
});

test('setting variables and taking them away', async () => {
  const set = await runTask(taskOf('SetVariables'), { variables: { a: [1] }, overwrite: false });
  assert.deepEqual(set.updates, [{ variables: { a: [1] }, overwrite: false }]);
  const unset = await runTask(taskOf('UnsetVariables'), { variables: ['a.b'] });
  assert.deepEqual(unset.updates, [{ unset: ['a.b'], ignoreMissing: false }]);
});

test('publishing metrics as they are written', async () => {
  const metrics = [
    { type: 'counter', name: 'rows', value: '5', tags: { table: 'a' } },
    { type: 'timer', name: 'took', value: 'PT1.5S' },
    { type: 'timer', name: 'waited', value: 2 },
  ];
  const expected = [
    { type: 'counter', name: 'rows', value: 5, tags: { table: 'a' } },
    { type: 'timer', name: 'took', value: 1_500, tags: {} },
    { type: 'timer', name: 'waited', value: 2_000, tags: {} },
  ];
  const run = await runTask(taskOf('Publish'), { metrics });
  assert.deepEqual(run.metrics, expected);
  assert.deepEqual(run.outputs, { metrics: expected });
  const timed = aRun(taskOf('Publish'), { metrics: [{ type: 'timer', name: 'took', value: 0.000_001_234_567 }] });
  timed.run();
  assert.equal(timed.metrics[0]?.value, 0.001);
  const wrong = aRun(taskOf('Publish'), { metrics: [{ name: 'rows', value: 'many' }] }).run() as Outcome;
  assert.match(wrong.reason!, /metric rows: expected a number, got null/);
});

test('resuming and killing executions by asking the server', async () => {
  const resuming = aServer([undefined]);
  await runTask(taskOf('Resume'), { executionId: 'e/1', inputs: { ok: true } }, resuming);
  assert.deepEqual(resuming.asked, [['POST', '/executions/e%2F1/resume', { ok: true }]]);
  const found = aServer([{ results: [{ id: 'e2' }] }, undefined]);
  await runTask(taskOf('Resume'), { namespace: 'a.b', flowId: 'f' }, found);
  assert.deepEqual(found.asked.at(-1), ['POST', '/executions/e2/resume', {}]);
  const none = await runTask(taskOf('Resume'), { namespace: 'a.b', flowId: 'f' }, aServer([{ results: [] }]));
  assert.equal(none.error?.message, 'expected a paused execution of a.b.f, got none');
  const refused = await runTask(taskOf('Resume'), { executionId: 'e1' }, aServer([{ message: 'is not paused' }], 409));
  assert.deepEqual([refused.state, refused.error?.message], ['FAILED', 'is not paused']);
  const killing = aServer([undefined]);
  await runTask(taskOf('Kill'), { propagateKilling: false }, killing);
  assert.deepEqual(killing.asked, [['DELETE', '/executions/execution/kill?isOnKillCascade=false', undefined]]);
  assert.match((await runTask(taskOf('Kill'), {})).error!.message, /expected a task that comes with the server/);
});

test('fetching a log as a file', async () => {
  const storage = new Map<string, Uint8Array>();
  const { asked, server } = aServer([[{ message: 'a' }], [{ message: 'b' }, { message: 'c' }]]);
  const { outputs } = await runTask(taskOf('Fetch'), { tasksId: ['t1', 't2'], level: 'WARN' }, { server, storage });
  assert.equal(outputs?.size, 3);
  assert.equal(
    Buffer.from(storage.get(String(outputs?.uri))!).toString(),
    '{"message":"a"}\n{"message":"b"}\n{"message":"c"}\n',
  );
  assert.deepEqual(asked, [
    ['GET', '/logs/execution?minLevel=WARN&taskId=t1', undefined],
    ['GET', '/logs/execution?minLevel=WARN&taskId=t2', undefined],
  ]);
});

test('running a task out of a template', async () => {
  const sources: string[] = [];
  const runs = async (source: string) => {
    sources.push(source);
    return { value: 1 };
  };
  const { outputs } = await runTask(taskOf('TemplatedTask'), { spec: 'type: a' }, { runTask: runs });
  assert.deepEqual([outputs, sources], [{ value: 1 }, ['type: a']]);
});
