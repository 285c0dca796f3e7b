/** Tasks that a worker runs on its own loop: the same ends, lines and metrics as in a thread, and nothing that waits or takes long. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { AtOnce } from '../actors/worker/at-once.ts';
import type { RawLine, RawMetrics, Result, Setup } from '../actors/worker/channel.ts';
import { startName } from '../actors/worker/channel.ts';
import { type Job, jobSource } from '../actors/worker/job.ts';
import { startThread } from '../actors/worker/thread-host.ts';
import type { Item } from '../lib/bus/queues.ts';
import { silentLog } from '../lib/log.ts';
import { attemptRef, type ExecutionStart } from '../lib/model/execution.ts';
import { sourceHash } from '../lib/model/ids.ts';
import { NO_INSTALLATION } from '../lib/model/installation.ts';
import { BUILT_IN } from '../lib/plugin/load.ts';
import { eventually } from './support/eventually.ts';

const CORE = 'io.kestra.plugin.core';
const FOREIGN = new URL('./support/work-plugin.ts', import.meta.url).href;
const TASKS = `
  - { id: given, type: ${CORE}.debug.Return, format: "{{ inputs.who }}, {{ outputs.before.value }}" }
  - { id: none, type: ${CORE}.debug.Return }
  - { id: said, type: ${CORE}.debug.Echo, format: "{{ taskrun.value ?? 'none' }}" }
  - { id: lines, type: ${CORE}.log.Log, level: WARN, message: ["{{ flow.id }}", "two"] }
  - { id: values, type: ${CORE}.output.OutputValues, values: { sum: "{{ 1 + 2 }}" } }
  - { id: secret, type: ${CORE}.log.Log, message: "{{ secret('KEY') }}" }
  - { id: measured, type: ${CORE}.metric.Publish, metrics: [{ name: rows, value: 3, tags: { table: orders } }] }
  - { id: failed, type: ${CORE}.execution.Fail, errorMessage: no rows }
  - { id: ended, type: ${CORE}.execution.Exit, state: WARNING }
  - { id: labelled, type: ${CORE}.execution.Labels, labels: { customer: "{{ inputs.who }}" } }
  - { id: set, type: ${CORE}.execution.SetVariables, variables: { a: "{{ inputs.who }}" } }
  - { id: unset, type: ${CORE}.execution.UnsetVariables, variables: [a] }
  - { id: wrong, type: ${CORE}.log.Log, message: "{{ inputs.whom }}" }
  - { id: refused, type: ${CORE}.log.Log, message: hello, level: "{{ inputs.who }}" }
  - { id: json, type: ${CORE}.debug.Return, format: "{{ {'a': [1]} | jq('.a[0]') | first }}" }
  - { id: greedy, type: ${CORE}.log.Log, message: "{% for i in range(1, 2000000) %}x{% endfor %}" }
`;
const ELSEWHERE = `
  - { id: file, type: ${CORE}.debug.Return, format: "{{ read('nsfile:///a.txt') }}" }
  - { id: address, type: ${CORE}.log.Log, message: "{{ http('http://127.0.0.1:1/') }}" }
  - { id: jq, type: ${CORE}.debug.Return, format: "{{ [3, 1] | jq('input_line_number') }}" }
  - { id: limited, type: ${CORE}.debug.Return, format: a, timeout: PT1M }
  - { id: filed, type: ${CORE}.log.Log, message: a, logToFile: true }
  - { id: loud, type: ${CORE}.log.Log, message: [${`${'x'.repeat(9_000)},`.repeat(40)}] }
  - { id: many, type: ${CORE}.log.Log, message: [${'a,'.repeat(501)}] }
  - { id: nap, type: ${CORE}.flow.Sleep, duration: PT0S }
  - { id: asserted, type: ${CORE}.execution.Assert, conditions: ["{{ true }}"] }
`;
const BEFORE = {
  ...{ id: 'r0', taskId: 'before', index: 0, list: 'tasks', attempts: [] },
  history: [['SUCCESS', 0]],
  outputs: { value: 'earlier' },
};

const folder = mkdtempSync(join(tmpdir(), 'windhover-at-once-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const setup = (packages: readonly string[] = BUILT_IN): Setup => ({
  ...{
    packages,
    storageFolder: folder,
    folder,
    environment: {},
    installation: NO_INSTALLATION,
    httpAllowPrivate: false,
  },
  secrets: { KEY: 'very secret' },
});
const source = (tasks: string): string => `id: flow\nnamespace: company.team\ntasks:${tasks}`;
const idsIn = (tasks: string): string[] => Array.from(tasks.matchAll(/\{ id: (\w+)/g), ([, id]) => id!);
const jobs = jobSource(1, 'test', () => 0);

/** As the worker has it when it was claimed and fetched. */
function aJob(flow: string, taskId: string, more: Partial<Item> = {}): Job {
  const hash = sourceHash('main', flow);
  const start = {
    ...{ id: 'e1', incarnation: 1, originalId: 'e1', inputs: { who: 'world' }, labels: [], createdAtMs: 0 },
    flow: { tenant: 'main', namespace: 'company.team', id: 'flow', revision: 1, hash },
  } as unknown as ExecutionStart;
  const job = jobs.of({
    ...{ ref: attemptRef('e1', `r-${taskId}`, 1), delivery: '1.1', hash, taskId, incarnation: 1, reads: ['t:r0'] },
    ...{ version: '', parents: [], startedAtMs: 0, ...more },
  });
  job.part = {
    ...{ id: 'e1', incarnation: 1, fields: [['t:r0', JSON.stringify(BEFORE)]] },
    ...{ start: JSON.stringify(start), name: startName({ id: 'e1', incarnation: 1 }) },
  };
  job.flow = flow;
  return job;
}

interface Told {
  readonly lines: RawLine[];
  readonly results: Result[];
  readonly metrics: RawMetrics[];
}

const nothing = (): Told => ({ lines: [], results: [], metrics: [] });

const into =
  (told: Told) =>
  ({
    lines,
    results,
    metrics = [],
  }: {
    lines: readonly RawLine[];
    results: readonly Result[];
    metrics?: readonly RawMetrics[];
  }) => {
    told.lines.push(...lines);
    told.results.push(...results);
    told.metrics.push(...metrics);
  };

/** Without times, which differ, and by the task. */
const ofTask = ({ lines, results, metrics }: Told, { serial }: Job) => ({
  lines: lines.filter(([of]) => of === serial).map(([, number, level, , text]) => [number, level, text]),
  metrics: metrics
    .filter(([of]) => of === serial)
    .flatMap(([, values]) =>
      values.map(([number, , type, name, value, tags]) => [number, type, name, type === 'timer' || value, tags]),
    ),
  results: results
    .filter((result) => result.serial === serial)
    .map(({ serial: _, startedAtMs: __, endedAtMs: ___, ...rest }) => rest),
});

async function anAtOnce(packages?: readonly string[]): Promise<AtOnce> {
  const atOnce = new AtOnce();
  await atOnce.open(setup(packages));
  return atOnce;
}

/** Those that were left to a thread, once each of `all` is over or left. */
async function ran(atOnce: AtOnce, all: readonly Job[], told: Told): Promise<readonly Job[]> {
  const left: Job[] = [];
  const before = told.results.length;
  atOnce.run(all, { said: into(told), left: (jobs) => left.push(...jobs) });
  await eventually(() => told.results.length - before + left.length === all.length);
  return left;
}

test('running each with the end, the lines and the metrics that it has in a thread', async (t) => {
  const all = idsIn(TASKS).map((id) => aJob(source(TASKS), id));
  const [here, there] = [nothing(), nothing()];
  assert.deepEqual(await ran(await anAtOnce(), all, here), []);
  const said = (message: { readonly kind: string }) => message.kind === 'report' && into(there)(message as never);
  const thread = startThread(setup(), { said, room: (then) => then(), gone: () => {} }, silentLog);
  t.after(() => thread.end());
  thread.send(all);
  await eventually(() => there.results.length === all.length);
  for (const job of all) assert.deepEqual(ofTask(here, job), ofTask(there, job), job.item.taskId);
  const states = here.results.map(({ state }) => state);
  assert.deepEqual(
    [states.filter((state) => state === 'SUCCESS').length, states.filter((state) => state === 'FAILED').length],
    [12, 4],
  );
  assert.equal(
    here.lines.some(([, , , , text]) => text.includes('very secret')),
    false,
  );
});

test('leaving to a thread what waits, is limited in time, logs to a file, or does more than render', async () => {
  const all = idsIn(ELSEWHERE).map((id) => aJob(source(ELSEWHERE), id));
  const [atOnce, told] = [await anAtOnce(), nothing()];
  assert.deepEqual(await ran(atOnce, all, told), all);
  assert.deepEqual(told, nothing());
});

test('leaving to a thread what an author has brought, and what is delivered once more', async () => {
  const flow = source(`\n  - { id: own, type: test.Say, text: hello }\n  - { id: core, type: ${CORE}.debug.Return }`);
  const [atOnce, told] = [await anAtOnce([...BUILT_IN, FOREIGN]), nothing()];
  const foreign = [aJob(flow, 'own'), aJob(flow, 'core')];
  assert.deepEqual(await ran(atOnce, foreign, told), foreign);
  const again = aJob(source(TASKS), 'given', { alone: true });
  assert.deepEqual(await ran(atOnce, [again], told), [again]);
  assert.deepEqual(told, nothing());
});

test('running nothing before it is open', async () => {
  const job = aJob(source(TASKS), 'given');
  const told = nothing();
  assert.deepEqual(await ran(new AtOnce(), [job], told), [job]);
  assert.deepEqual(told, nothing());
});

const SLOW = source(`
  - { id: slow, type: ${CORE}.debug.Return, format: "{% for i in range(1, 300000) %}{% endfor %}" }
  - { id: quick, type: ${CORE}.debug.Return, format: a }`);

test('leaving the loop to others in a long turn, and ending what is killed meanwhile', async () => {
  const [atOnce, told] = [await anAtOnce(), nothing()];
  const all = ['slow', 'quick', 'quick', 'quick'].map((id) => aJob(SLOW, id));
  const [, , revoked, stopping] = all as [Job, Job, Job, Job];
  const over = ran(atOnce, all, told);
  assert.deepEqual(
    told.results.map(({ state, reason }) => [state, reason]),
    [['SUCCESS', undefined]],
  );
  revoked.revokedAtMs = 1;
  stopping.stopping = true;
  assert.deepEqual(await over, []);
  assert.deepEqual(
    told.results.map(({ state }) => state),
    ['SUCCESS', 'SUCCESS', 'KILLED', 'KILLED'],
  );
});

test('ending what is killed while it waits, though a thread would have run it', async () => {
  const flow = SLOW.concat(`\n  - { id: nap, type: ${CORE}.flow.Sleep, duration: PT1M }`);
  const [atOnce, told] = [await anAtOnce(), nothing()];
  assert.equal((await ran(atOnce, [aJob(flow, 'nap')], told)).length, 1);
  const [slow, nap] = [aJob(flow, 'slow'), aJob(flow, 'nap')];
  const over = ran(atOnce, [slow, nap], told);
  nap.revokedAtMs = 1;
  assert.deepEqual(await over, []);
  assert.deepEqual(
    told.results.map(({ state }) => state),
    ['SUCCESS', 'KILLED'],
  );
});

test('leaving to a thread what was slow twice in a row', async () => {
  const [atOnce, told] = [await anAtOnce(), nothing()];
  for (let n = 0; n < 2; n++) assert.deepEqual(await ran(atOnce, [aJob(SLOW, 'slow')], told), []);
  const next = [aJob(SLOW, 'slow'), aJob(SLOW, 'quick')];
  assert.deepEqual(await ran(atOnce, next, told), next.slice(0, 1));
});
