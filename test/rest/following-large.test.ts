/** Following a large execution: all of it once, then what changes; each event costs what it tells, not what there is. And a large log. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FollowedExecution } from '../../web/api/following.ts';
import { LINES_MAX } from '../../web/server/live/logs.ts';
import type { Api } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { aFlow, NAMESPACE, says } from '../support/flow-source.ts';
import { follow } from '../support/following.ts';
import { anInstallation, type Installation } from '../support/server.ts';

const TALK_PLUGIN = fileURLToPath(new URL('../support/talk-plugin.ts', import.meta.url));
const ITERATIONS = 2_500;
const STREAMS_MAX = 50;
/** More than a webserver holds to sort them. */
const WORDS = LINES_MAX + 1_500;
const FOR_EACH = 'io.kestra.plugin.core.flow.ForEach';
const PAUSE = 'io.kestra.plugin.core.flow.Pause';

let installation: Installation;
let api: Api;
before(async () => {
  installation = anInstallation({ env: { WINDHOVER_PLUGINS: TALK_PLUGIN } });
  await installation.start('standalone');
  api = installation.api();
  const values = Array.from({ length: ITERATIONS }, (_, n) => `${n}`);
  const skipped = { ...says('{{ taskrun.value }}', 'one'), runIf: 'false' };
  const each = { id: 'each', type: FOR_EACH, values, concurrencyLimit: 0, tasks: [skipped] };
  const waits = { id: 'wait', type: PAUSE };
  await api.save(aFlow('wordy', [{ id: 'talk', type: 'test.Talk', lines: WORDS, atOnce: 500, pauseMs: 40 }]));
  await api.save(aFlow('large', [each, waits, says('after', 'after')]));
});
after(() => installation.remove());

test('sending what has changed, and all that there is once, in pieces', async () => {
  const { id } = await api.start(`${NAMESPACE}/large`);
  await eventually(async () => (await api.execution(id)).state.current === 'PAUSED', 60_000);
  const followed = new FollowedExecution();
  let resumed = false;
  let afterwards = 0;
  const kinds: string[] = [];
  for await (const event of follow(api, `/executions/${id}/follow?resume=true`)) {
    followed.take(event);
    kinds.push(event.event);
    if (resumed) afterwards += event.data.length;
    const { execution } = followed;
    if (!execution || resumed) continue;
    assert.equal(execution.taskRunList?.length, ITERATIONS + 2);
    resumed = true;
    await api.ask('POST', `/executions/${id}/resume`);
  }
  const pieces = Math.ceil((ITERATIONS + 2) / 200);
  assert.deepEqual(kinds.slice(0, pieces), ['progress', ...Array.from({ length: pieces - 1 }, () => 'change')]);
  assert.deepEqual([kinds.indexOf('progress', 1), kinds.at(-1)], [-1, 'end']);
  const whole = await api.execution(id);
  assert.deepEqual(followed.execution, JSON.parse(JSON.stringify(whole)));
  assert.equal(whole.state.current, 'SUCCESS');
  const one = JSON.stringify(whole).length / (ITERATIONS + 3);
  assert.ok(afterwards < 100 * one, `${afterwards} characters for three task runs of about ${Math.round(one)} each`);
});

test('showing the same to a reader who comes in the middle and to one who was there from the start', async () => {
  const { id } = await api.start(`${NAMESPACE}/large`);
  const readers = await Promise.all(
    [0, 1, 2, 3].map(async (n) => {
      const followed = new FollowedExecution();
      await eventually(async () => (await api.execution(id)).taskRunList.length > (n * ITERATIONS) / 4, 60_000);
      for await (const event of follow(api, `/executions/${id}/follow?resume=true`)) {
        followed.take(event);
        if (n === 3 && followed.execution?.state.current === 'PAUSED')
          await api.ask('POST', `/executions/${id}/resume`);
      }
      return followed.execution;
    }),
  );
  const whole = await api.execution(id);
  for (const seen of readers) assert.deepEqual(seen, JSON.parse(JSON.stringify(whole)));
});

test('giving a log of any length whole: followed to its end, which stands behind the last line, as JSON and as text', async () => {
  const { id } = await api.start(`${NAMESPACE}/wordy`);
  let lines = 0;
  let last = { event: '', id: '' };
  // On a machine that is busy a stream may break off; whoever follows comes back with its place.
  for (let streams = 0; last.event !== 'end' && streams < STREAMS_MAX; streams++)
    for await (const event of follow(api, `/logs/${id}/follow?resume=true`, last.id)) {
      last = event;
      if (event.event === 'progress') lines++;
    }
  assert.deepEqual([lines, last.event], [WORDS, 'end']);
  const { body, status, text: answer } = await api.ask<{ id: string }[]>('GET', `/logs/${id}`);
  assert.equal(status, 200, answer.slice(0, 500));
  assert.deepEqual([body.length, new Set(body.map((line) => line.id)).size], [WORDS, WORDS]);
  const text = await api.ask('GET', `/logs/${id}/download`);
  assert.equal(text.text.trimEnd().split('\n').length, WORDS);
});
