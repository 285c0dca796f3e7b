/** Running the tasks that every installation has. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import core from '@windhover/plugin-core';
import { runTask } from '@windhover/sdk/testing';
import { parseProperties } from '../lib/plugin/properties.ts';

const taskOf = (name: string) => core.tasks.find(({ type }) => type.endsWith(`.${name}`))!;

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
  assert.deepEqual((await runTask(taskOf('Return'), { format: 'x' })).outputs, { value: 'x' });
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
  assert.equal((await runTask(sleep, { duration: 'PT0.005S' })).state, 'SUCCESS');
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
