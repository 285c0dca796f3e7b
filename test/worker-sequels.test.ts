/** A worker that goes on by itself with what follows: real threads, on a scripted bus. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildWorker } from '../actors/worker/worker.ts';
import type { Item, Sequel } from '../lib/bus/queues.ts';
import { silentLog } from '../lib/log.ts';
import { parseAttemptRef } from '../lib/model/execution.ts';
import type { Service } from '../lib/service.ts';
import { eventually } from './support/eventually.ts';
import { ScriptedWork } from './support/scripted-work.ts';

const PLUGIN = new URL('./support/work-plugin.ts', import.meta.url).href;
const SOURCE = `
id: flow
namespace: company.team
tasks:
  - { id: one, type: test.Say, text: "{{ inputs.who }}" }
  - { id: two, type: test.Say, text: "{{ outputs.one.text }}, {{ outputs.before.text }}" }
  - { id: three, type: test.Say, text: "{{ tasks.two.state }}: {{ outputs.two.text }}" }
  - { id: nap, type: test.Nap, ms: 60000 }
  - { id: brief, type: test.Nap, ms: 300 }
  - { id: wrong, type: test.Fail, how: task }
  - { id: warning, type: test.Fail, how: warning }
  - { id: large, type: test.Fail, how: large }
`;
const EARLIER = {
  ...{ id: 'r0', taskId: 'before', index: 0, list: 'tasks', attempts: [] },
  history: [['SUCCESS', 0]],
  outputs: { text: 'earlier' },
};
/** Long enough for a second task that must not begin. */
const CALM_MS = 300;

const folder = mkdtempSync(join(tmpdir(), 'windhover-sequels-'));
const aWorker = (on: ScriptedWork, threads = 2): Service =>
  buildWorker({
    ...{ bus: on.bus, packages: [PLUGIN], threads, warm: false, group: 'default', httpAllowPrivate: false },
    ...{ storage: { folder: join(folder, 'storage') }, folder: join(folder, 'work'), log: silentLog },
  });
const work = new ScriptedWork();
const worker = aWorker(work);
before(() => worker.start());
after(async () => {
  await worker.stop(3_000);
  rmSync(folder, { recursive: true, force: true });
});

/** Items of one execution, each behind the one before: the first is put into the queue with the others as its sequels. */
function put(taskIds: readonly string[], on = work): readonly Item[] {
  const [first, ...rest] = on.items(SOURCE, taskIds, { fields: { 't:r0': EARLIER }, short: true });
  const items = [first!, ...rest];
  for (const { ref } of rest) on.open.delete(ref);
  const reads = ['t:r0', ...items.map(({ ref }) => `t:${parseAttemptRef(ref).taskRunId}`)];
  const sequels = rest.map(
    ({ ref, taskId }, n): Sequel => ({
      ...{ taskRunId: parseAttemptRef(ref).taskRunId, taskId, type: 'test.Say' },
      reads: reads.slice(0, n + 2),
    }),
  );
  on.put([{ ...first!, sequels }]);
  return items;
}

const endOf = (item: Item, on = work) => eventually(() => on.ended(item));

test('running what follows in the same place, with one claim, one fetch, and what came before in sight', async () => {
  const calls = { ...work.calls };
  const items = put(['one', 'two', 'three']);
  const ends = await Promise.all(items.map((item) => endOf(item)));
  assert.deepEqual(
    ends.map(({ state, outputs }) => [state, outputs?.text]),
    [
      ['SUCCESS', 'world'],
      ['SUCCESS', 'world, earlier'],
      ['SUCCESS', 'SUCCESS: world, earlier'],
    ],
  );
  assert.equal(new Set(ends.map(({ token }) => token)).size, 3);
  assert.ok(ends[0]!.endedAtMs <= ends[1]!.startedAtMs && ends[1]!.endedAtMs <= ends[2]!.startedAtMs);
  assert.equal(work.calls.claim - calls.claim, 1);
  assert.equal(work.calls.fields - calls.fields, 1);
  await eventually(() => work.texts(items[2]!).includes('INFO SUCCESS: world, earlier'));
});

for (const [first, why] of [
  ['wrong', 'failed'],
  ['warning', 'ended with a warning'],
  ['large', 'given more than can be handed on'],
] as const)
  test(`leaving it to the owner what follows a task that has ${why}`, async () => {
    const [one, two] = put([first, 'one']);
    await endOf(one!);
    await sleep(CALM_MS);
    assert.equal(work.ended(two!), undefined);
    assert.equal(work.open.has(two!.ref), false);
  });

test('going on with nothing that the gate refuses, and taking other work then', async () => {
  work.goesOn = false;
  const [one, two] = put(['one', 'two']);
  await endOf(one!);
  await sleep(CALM_MS);
  assert.equal(work.ended(two!), undefined);
  work.goesOn = true;
  for (let n = 0; n < 6; n++) assert.equal((await endOf(put(['one'])[0]!)).state, 'SUCCESS');
});

test('ending what it has gone on with, when that is killed', async () => {
  const [, nap] = put(['one', 'nap']);
  await eventually(() => work.texts(nap!).includes('INFO sleeping'));
  work.kill(nap!);
  assert.equal((await endOf(nap!)).state, 'KILLED');
});

test('keeping a claim that is long, and sending an answer that was not applied without going on twice', async (t) => {
  const on = new ScriptedWork();
  const alone = aWorker(on, 1);
  await alone.start();
  t.after(() => alone.stop(3_000));
  on.applies = false;
  const [one, brief, last] = put(['one', 'brief', 'three'], on);
  await endOf(last!, on);
  const sent = (item: Item): number =>
    on.messages.filter(
      (message) => message.kind === 'taskEnded' && message.taskRunId === parseAttemptRef(item.ref).taskRunId,
    ).length;
  await eventually(() => sent(one!) > 1 && sent(brief!) > 1 && sent(last!) > 1, 15_000);
  assert.deepEqual(on.texts(last!).length, 1);
  assert.equal(on.texts(brief!).length, 1);
});

test('going on with nothing once the worker stops, and leaving no claim behind', async () => {
  const on = new ScriptedWork();
  const leaving = aWorker(on, 1);
  await leaving.start();
  const [brief, next] = put(['brief', 'one'], on);
  await eventually(() => on.texts(brief!).includes('INFO sleeping'));
  await leaving.stop(3_000);
  assert.equal(on.ended(brief!)?.state, 'SUCCESS');
  assert.equal(on.ended(next!), undefined);
  assert.equal(on.open.get(next!.ref)?.claim, undefined);
});

test('answering for each of many executions that go on side by side', async () => {
  const all = Array.from({ length: 40 }, () => put(['one', 'two', 'three', 'one']));
  for (const items of all) for (const item of items) assert.equal((await endOf(item)).state, 'SUCCESS');
});
