/** The task, run as the server runs it, without a server. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runTask } from '@windhover/sdk/testing';
import { shout } from './shout.ts';

test('saying a text in capitals', async () => {
  const { state, outputs, lines } = await runTask(shout, { text: 'hello', times: 2 });
  assert.equal(state, 'SUCCESS');
  assert.deepEqual(outputs, { value: 'HELLO HELLO' });
  assert.equal(lines[0]?.message, 'HELLO HELLO');
});

test('refusing to say it eleven times', async () => {
  const { state } = await runTask(shout, { text: 'hello', times: 11 });
  assert.equal(state, 'FAILED');
});
