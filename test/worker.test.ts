/** The worker with real threads and processes, on a scripted bus. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildWorker } from '../actors/worker/worker.ts';
import type { Item } from '../lib/bus/queues.ts';
import { silentLog } from '../lib/log.ts';
import type { Service } from '../lib/service.ts';
import { eventually } from './support/eventually.ts';
import { ScriptedWork } from './support/scripted-work.ts';

const PLUGIN = new URL('./support/work-plugin.ts', import.meta.url).href;
const SOURCE = `
id: flow
namespace: company.team
tasks:
  - { id: say, type: test.Say, text: "hello {{ inputs.who }}" }
  - { id: plain, type: test.Say, text: plain }
  - { id: quiet, type: test.Say, text: hidden, logLevel: WARN }
  - { id: earlier, type: test.Say, text: "{{ outputs.say.text }} again" }
  - { id: wrong, type: test.Say, text: "{{ nothing.there }}" }
  - { id: nap, type: test.Nap, ms: 60000 }
  - { id: brief, type: test.Nap, ms: 300 }
  - { id: late, type: test.Nap, ms: 60000, timeout: PT0.2S }
  - { id: deaf, type: test.Deaf, timeout: PT0.2S }
  - { id: spin, type: test.Spin }
  - { id: task, type: test.Fail, how: task }
  - { id: bug, type: test.Fail, how: bug }
  - { id: warning, type: test.Fail, how: warning }
  - { id: large, type: test.Fail, how: large }
  - { id: exit, type: test.Fail, how: exit }
  - { id: stray, type: test.Fail, how: stray }
  - { id: look, type: test.Look }
`;

const folder = mkdtempSync(join(tmpdir(), 'windhover-worker-'));
const work = new ScriptedWork();
const another = (on: ScriptedWork, threads: number): Service =>
  buildWorker({
    bus: on.bus,
    storage: { folder: join(folder, 'storage') },
    packages: [PLUGIN],
    threads,
    warm: false,
    group: 'default',
    folder: join(folder, 'work'),
    httpAllowPrivate: false,
    log: silentLog,
  });
const worker = another(work, 2);
before(() => worker.start());
after(async () => {
  await worker.stop(3_000);
  rmSync(folder, { recursive: true, force: true });
});

const one = (taskId: string, more: Parameters<ScriptedWork['items']>[2] = {}): Item =>
  work.items(SOURCE, [taskId], more)[0]!;
const endOf = (item: Item, on = work) => eventually(() => on.ended(item));
async function run(taskId: string, more: Parameters<ScriptedWork['items']>[2] = {}) {
  const item = one(taskId, more);
  work.put([item]);
  return { item, end: await endOf(item) };
}

test("running a plugin's task in a thread", async () => {
  const { item, end } = await run('say');
  assert.equal(end.state, 'SUCCESS');
  assert.deepEqual(end.outputs, { text: 'hello world' });
  assert.equal(end.lines, 1);
  assert.ok(end.endedAtMs >= end.startedAtMs);
  await eventually(() => work.texts(item).includes('INFO hello world'));
  const line = work.lines.find(({ message }) => message === 'hello world')!;
  assert.equal(line.id, `${item.ref}/${end.token}/1`);
  assert.equal(line.flowId, 'flow');
});

test('giving back what it has ended for a kill that a roll-back took away', async (t) => {
  work.applies = false;
  t.after(() => {
    work.applies = true;
  });
  const item = one('nap');
  work.put([item]);
  await eventually(() => work.open.get(item.ref)!.claim);
  work.kill(item);
  assert.equal((await endOf(item)).state, 'KILLED');
  work.open.get(item.ref)!.killing = false;
  await eventually(() => work.open.get(item.ref)!.claim === undefined);
  assert.equal(work.calls.giveBack, 1);
});

test('running a parcel in one claim, one fetch and one answer', async () => {
  const items = work.items(
    SOURCE,
    Array.from({ length: 20 }, () => 'plain'),
  );
  const before = { ...work.calls };
  work.put(items);
  for (const item of items) assert.equal((await endOf(item)).state, 'SUCCESS');
  assert.equal(work.calls.claim - before.claim, 1);
  assert.equal(work.calls.fields - before.fields, 1);
  assert.ok(work.calls.append - before.append <= 2);
});

test('seeing the outputs of earlier task runs', async () => {
  const run1 = {
    id: 'r1',
    taskId: 'say',
    index: 0,
    list: 'tasks',
    history: [['SUCCESS', 0]],
    attempts: [],
    outputs: { text: 'first' },
  };
  const { end } = await run('earlier', { fields: { 't:r1': run1 } });
  assert.deepEqual(end.outputs, { text: 'first again' });
});

test('dropping lines below the log level', async () => {
  const { end } = await run('quiet');
  assert.equal(end.lines, 0);
});

test('failing with a reason that a person can act on', async () => {
  const task = await run('task');
  assert.deepEqual([task.end.state, task.end.reason, task.end.outputs], ['FAILED', 'it is full', { exitCode: 3 }]);
  const bug = await run('bug');
  assert.equal(bug.end.reason, 'a bug');
  await eventually(() => work.texts(bug.item).some((text) => text.startsWith('ERROR RangeError: a bug\n    at ')));
  const warning = await run('warning');
  assert.deepEqual([warning.end.state, warning.end.outputs], ['WARNING', { left: 1 }]);
  const large = await run('large');
  assert.match(large.end.reason!, /^outputs of 71 KB: expected at most 64 KB$/);
  const wrong = await run('wrong');
  assert.equal(wrong.end.state, 'FAILED');
  assert.match(wrong.end.reason!, /nothing/);
  const unknown = await run('nobody');
  assert.match(unknown.end.reason!, /expected a task nobody/);
});

test('ending a task at its time limit, whether it listens or not', async () => {
  const [late, deaf] = await Promise.all([run('late'), run('deaf')]);
  assert.deepEqual([late.end.state, late.end.reason], ['FAILED', 'Timeout after PT0.2S']);
  assert.deepEqual([deaf.end.state, deaf.end.reason], ['FAILED', 'Timeout after PT0.2S']);
});

test('ending what was killed, even what never lets go of its thread', async () => {
  const [nap, spin] = [one('nap'), one('spin')];
  work.put([nap]);
  work.put([spin]);
  await eventually(() => work.texts(nap).length > 0 && work.texts(spin).length > 0);
  work.kill(nap);
  work.kill(spin);
  assert.equal((await endOf(nap)).state, 'KILLED');
  assert.equal((await endOf(spin)).state, 'KILLED');
  assert.equal((await run('plain')).end.state, 'SUCCESS');
});

test('telling the loss of a thread, and running what waited behind it in a new one', async () => {
  const items = work.items(SOURCE, ['plain', 'exit', 'plain', 'plain']);
  work.put(items);
  for (const item of [items[0]!, items[2]!, items[3]!]) assert.equal((await endOf(item)).state, 'SUCCESS');
  const lost = await eventually(() => work.messages.find(({ kind }) => kind === 'workerLost'));
  assert.ok(lost.kind === 'workerLost' && items[1]!.ref.includes(lost.taskRunId));
  assert.deepEqual(await eventually(() => work.texts(items[1]!).length > 0 && work.texts(items[1]!)), ['INFO leaving']);
  assert.equal(work.ended(items[1]!), undefined);
});

test('failing the task whose stray error would have ended the thread', async () => {
  const { end } = await run('stray');
  assert.deepEqual([end.state, end.reason], ['FAILED', 'from nowhere']);
});

test('showing a task nothing of the server', async () => {
  const { item, end } = await run('look');
  assert.equal(end.state, 'SUCCESS', end.reason);
  const seen = end.outputs as Record<string, Record<string, string>> & { folder: string; content: string; uri: string };
  assert.deepEqual(seen.env, {});
  assert.deepEqual(Object.keys(seen.environment!).sort(), ['HOME', 'LANG', 'PATH', 'TMPDIR']);
  assert.equal(seen.execution!.flowId, 'flow');
  assert.equal(seen.content, 'content');
  assert.match(seen.uri, /^kestra:\/\/\/company\/team\/flow\/executions\//);
  assert.equal(existsSync(seen.folder), false);
  await eventually(() => work.texts(item).length === 3);
  assert.deepEqual(work.texts(item).sort(), ['INFO half', 'INFO printed', 'WARN to stderr']);
});

test('running in a process of its own what was lost before', async () => {
  const look = await run('look', { alone: true });
  assert.equal(look.end.state, 'SUCCESS', look.end.reason);
  assert.notEqual(look.end.outputs!.pid, process.pid);
  assert.deepEqual(look.end.outputs!.env, {});
  const exit = one('exit', { alone: true });
  work.put([exit]);
  const { taskRunId } = await eventually(
    () =>
      work.messages.find((message) => message.kind === 'workerLost' && exit.ref.includes(message.taskRunId)) as {
        taskRunId: string;
      },
  );
  assert.ok(taskRunId);
  const nap = one('nap', { alone: true });
  work.put([nap]);
  await eventually(() => work.texts(nap).length > 0);
  work.kill(nap);
  assert.equal((await endOf(nap)).state, 'KILLED');
});

test('running one after the other in processes of their own, and losing none of them', async () => {
  const items = Array.from({ length: 12 }, () => one('plain', { alone: true }));
  for (const item of items) work.put([item]);
  for (const item of items) assert.equal((await endOf(item)).state, 'SUCCESS');
  const ours = (taskRunId: string) => items.some(({ ref }) => ref.includes(taskRunId));
  assert.deepEqual(
    work.messages.filter((message) => message.kind === 'workerLost' && ours(message.taskRunId)),
    [],
  );
});

test('running nothing that is claimed elsewhere or superseded', async () => {
  const [claimed, superseded, run1] = [one('say'), one('say'), one('say')];
  work.open.get(claimed.ref)!.claim = { workerId: 'other', token: 'x' };
  work.open.get(superseded.ref)!.delivery = '2.1';
  work.put([claimed, superseded, run1]);
  assert.equal((await endOf(run1)).state, 'SUCCESS');
  assert.equal(work.ended(claimed), undefined);
  assert.equal(work.ended(superseded), undefined);
});

test('keeping answers while the bus is away, and asking for claims until it is back', async () => {
  const [running, waiting] = [one('brief'), one('say')];
  work.put([running]);
  await eventually(() => work.texts(running).length > 0);
  work.away = true;
  work.put([waiting]);
  const before = work.calls.claim;
  await eventually(() => performance.now() > 0 && work.ended(running) === undefined);
  await new Promise((resolve) => setTimeout(resolve, 600)); // The outage itself: longer than the task.
  work.away = false;
  assert.equal((await endOf(running)).state, 'SUCCESS');
  assert.equal((await endOf(waiting)).state, 'SUCCESS');
  assert.ok(work.calls.claim > before);
});

test('sending an answer again until its end is applied', async () => {
  const lossy = new ScriptedWork();
  const second = another(lossy, 1);
  await second.start();
  lossy.applies = false;
  const [item] = lossy.items(SOURCE, ['say']);
  lossy.put([item!]);
  await endOf(item!, lossy);
  lossy.messages.length = 0;
  delete lossy.open.get(item!.ref)!.claim; // A roll-back lost the claim, and the answer.
  lossy.applies = true;
  assert.equal((await endOf(item!, lossy)).state, 'SUCCESS');
  await second.stop(1_000);
});

test('sending back what waits here while others are free', async () => {
  const busy = new ScriptedWork();
  const second = another(busy, 1);
  await second.start();
  const naps = busy.items(SOURCE, ['nap', 'nap', 'nap']);
  busy.put([naps[0]!]);
  await eventually(() => busy.texts(naps[0]!).length > 0);
  busy.others = [{ ...busy.beats[0]!, id: 'other', free: 2 }];
  busy.put([naps[1]!, naps[2]!], 'together');
  const back = await eventually(() => busy.added.length >= 2 && busy.added.slice(0, 2));
  assert.deepEqual(
    back.map(({ items }) => items.length),
    [1, 1],
  );
  assert.ok(back.every(({ name }) => name !== 'together' && /^[A-Za-z]/.test(name)));
  await second.stop(0);
});

test('handing over what runs when the worker stops', async () => {
  const leaving = new ScriptedWork();
  const second = another(leaving, 2);
  await second.start();
  const [nap, brief] = leaving.items(SOURCE, ['nap', 'brief']);
  leaving.put([nap!]);
  leaving.put([brief!]);
  await eventually(() => leaving.texts(nap!).length > 0 && leaving.texts(brief!).length > 0);
  const startedMs = performance.now();
  await second.stop(3_000);
  assert.ok(performance.now() - startedMs < 3_500);
  assert.equal(leaving.ended(brief!)?.state, 'SUCCESS');
  assert.equal(leaving.ended(nap!), undefined);
  assert.equal(leaving.calls.giveBack, 1);
  assert.equal(leaving.open.get(nap!.ref)!.claim, undefined, 'its claim is given back');
  assert.ok(!leaving.messages.some(({ kind }) => kind === 'workerLost'), 'that is no loss');
});
