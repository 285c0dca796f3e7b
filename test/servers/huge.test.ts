/**
 * What never ends, or is far too big, in a whole installation: each ends in a failure that says why, and the server is well all
 * the while.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Api, ExecutionAnswer } from '../support/api.ts';
import { aFlow, type TaskSource, YAML } from '../support/flow-source.ts';
import { anInstallation, type Installation, type ServerProcess } from '../support/server.ts';

const NAMESPACE = 'tests.huge';
const PLUGIN = fileURLToPath(new URL('../support/capable-plugin.ts', import.meta.url));
const ENDED_WITHIN_MS = 60_000;
const PROBE_MS = 20;
/** A machine that is busy with something else answers late, too; one whose loop stands still answers after seconds. */
const WELL_WITHIN_MS = 2_000;

let installation: Installation;
let server: ServerProcess;
let api: Api;
before(async () => {
  installation = anInstallation({ env: { WINDHOVER_PLUGINS: PLUGIN } });
  server = await installation.start('standalone');
  api = installation.api();
});
after(() => installation.remove());

let probing = { stop: async (): Promise<number> => 0 };
beforeEach(() => void (probing = probe()));
afterEach(async (context) => {
  const ms = await probing.stop();
  (context as { diagnostic?: (text: string) => void }).diagnostic?.(`health within ${Math.round(ms)} ms`);
  assert.ok(ms < WELL_WITHIN_MS, `health answered after ${ms} ms`);
});

/** Asks for health all the while; `stop` gives the longest time that an answer took, ms. */
function probe(): { stop(): Promise<number> } {
  let [longest, stopped] = [0, false];
  const done = (async () => {
    while (!stopped) {
      const sinceMs = performance.now();
      assert.equal((await fetch(`${server.health}/health`)).status, 200);
      longest = Math.max(longest, performance.now() - sinceMs);
      await sleep(PROBE_MS);
    }
    return longest;
  })();
  return {
    stop: () => {
      stopped = true;
      return done;
    },
  };
}

const returns = (format: string, id = 'says'): TaskSource => ({
  id,
  type: 'io.kestra.plugin.core.debug.Return',
  format,
});
const flowable = (kind: string, rest: object, id = 'outer'): TaskSource => ({
  id,
  type: `io.kestra.plugin.core.flow.${kind}`,
  ...rest,
});

/** The execution, and all that it says of why it ended. */
async function runFlow(
  id: string,
  tasks: readonly TaskSource[],
  more: Readonly<Record<string, unknown>> = {},
  inputs?: Readonly<Record<string, string>>,
): Promise<{ readonly state: string; readonly why: string; readonly execution: ExecutionAnswer }> {
  await api.save(aFlow(id, tasks, more, NAMESPACE));
  const execution = await api.run(`${NAMESPACE}/${id}`, inputs, ENDED_WITHIN_MS);
  const why = [execution.reason, ...execution.taskRunList.map(({ reason }) => reason)].join('; ');
  return { state: execution.state.current, why, execution };
}

/** 9 to the power of `LAYERS` values, were they expanded. */
const LAYERS = 12;
const BOMB = Array.from({ length: LAYERS }, (_, n) => `k${n}: &k${n} [${Array(9).fill(n ? `*k${n - 1}` : 'x')}]`);
const RANGE = '{{ range(0, 1000000000) }}';
const BUDGET = /expected at most/;
const LEVELS = 20_000;

const EXPRESSIONS: Readonly<Record<string, readonly [tasks: readonly TaskSource[], more: object, why: RegExp]>> = {
  'a range in a task': [[returns(RANGE)], {}, BUDGET],
  'a range that is judged by a step': [[flowable('Switch', { value: RANGE, defaults: [returns('x')] })], {}, BUDGET],
  'a range in what decides whether a task runs': [[{ ...returns('x'), runIf: RANGE }], {}, BUDGET],
  'a range that is an output of the flow': [
    [returns('x')],
    { outputs: [{ id: 'all', type: 'JSON', value: RANGE }] },
    BUDGET,
  ],
  'loops in loops': [[returns(`${'{% for i in range(0, 9999) %}'.repeat(5)}x${'{% endfor %}'.repeat(5)}`)], {}, BUDGET],
  'a macro that calls itself': [[returns('{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}')], {}, /expected|budget/],
  'a render that renders itself': [
    [returns('{{ render(vars.x) }}')],
    { variables: { x: '{{ render(vars.x) }}' } },
    /expected/,
  ],
  'twenty thousand brackets': [[returns(`{{ ${'('.repeat(LEVELS)}1${')'.repeat(LEVELS)} }}`)], {}, /expected at most/],
  'twenty thousand lists': [[returns(`{{ ${'['.repeat(LEVELS)}${']'.repeat(LEVELS)} }}`)], {}, /expected at most/],
  'JSON of twenty thousand levels': [
    [returns('{{ fromJson(vars.deep) }}')],
    { variables: { deep: `${'['.repeat(LEVELS)}${']'.repeat(LEVELS)}` } },
    /expected/,
  ],
  'a pattern that backtracks': [
    [returns("{{ vars.text | replace({'^(a+)+$': 'x'}, regexp=true) }}")],
    { variables: { text: `${'a'.repeat(5_000)}!` } },
    /expected|budget/,
  ],
  'a loop over a million values': [
    [flowable('ForEach', { values: '{{ range(1, 1000000) }}', tasks: [returns('x')] })],
    {},
    BUDGET,
  ],
  'an output of 300 MB': [[{ id: 'huge', type: 'test.Huge' }], {}, /expected at most/],
};

for (const [n, [what, [tasks, more, expected]]] of Object.entries(EXPRESSIONS).entries())
  test(`failing ${what}`, async () => {
    const { state, why } = await runFlow(`huge-${n}`, tasks, more as Readonly<Record<string, unknown>>);
    assert.equal(state, 'FAILED', why.slice(0, 500));
    assert.match(why, expected);
    assert.ok(why.length < 20_000, 'a reason is a sentence, not what was too big');
  });

test('reading aliases of aliases without expanding them', async () => {
  const { state, execution } = await runFlow('bomb', [returns('{{ yaml(vars.bomb) }}')], {
    variables: { bomb: BOMB.join('\n') },
  });
  assert.equal(state, 'SUCCESS');
  assert.ok(JSON.stringify(execution.taskRunList[0]!.outputs).length < 20_000);
  const source = `${aFlow('bomb-source', [returns('{{ vars.k1 }}')], {}, NAMESPACE)}variables:\n  ${BOMB.join('\n  ')}\n`;
  await api.save(source);
  const ended = await api.run(`${NAMESPACE}/bomb-source`, {}, ENDED_WITHIN_MS);
  assert.equal(ended.state.current, 'SUCCESS');
  assert.ok(JSON.stringify(ended).length < 50_000);
});

test('refusing tasks in tasks of twenty thousand levels, in flow style and in lines', async () => {
  const flowStyle = `${'{tasks: ['.repeat(LEVELS)}${JSON.stringify(returns('x'))}${']}'.repeat(LEVELS)}`;
  const inLines = Array.from(
    { length: 500 },
    (_, n) => `${' '.repeat(2 * n)}- id: s${n}\n${' '.repeat(2 * n)}  tasks:\n`,
  );
  for (const tasks of [`[${flowStyle}]`, `\n${inLines.join('')}`]) {
    const body = `id: deep\nnamespace: ${NAMESPACE}\ntasks: ${tasks}\n`;
    const { status, text } = await api.ask('POST', '/flows', { headers: YAML, body });
    assert.equal(status, 422);
    assert.match(text, /expected at most/);
    assert.ok(text.length < 20_000);
  }
});

test('refusing an input that its validator would never be done with', async () => {
  const inputs = [{ id: 'name', type: 'STRING', validator: '^(a+)+$' }];
  await api.save(aFlow('pattern', [returns('x')], { inputs }, NAMESPACE));
  await assert.rejects(api.start(`${NAMESPACE}/pattern`, { name: `${'a'.repeat(5_000)}!` }), /got 4\d\d .*name/);
  assert.equal((await api.run(`${NAMESPACE}/pattern`, { name: 'aaa' })).state.current, 'SUCCESS');
});

test('failing a loop over a million values of an input', async () => {
  const values = JSON.stringify(Array.from({ length: 1_000_000 }, (_, n) => n));
  const inputs = [{ id: 'values', type: 'JSON' }];
  await api.save(
    aFlow(
      'many',
      [flowable('ForEach', { values: '{{ inputs.values }}', tasks: [returns('x')] })],
      { inputs },
      NAMESPACE,
    ),
  );
  // Refused before it is parsed, which would hold the server up.
  const refused = await api.run(`${NAMESPACE}/many`, { values }, ENDED_WITHIN_MS).then(
    ({ state, reason, taskRunList }) => `${state.current} ${reason ?? taskRunList[0]?.reason}`,
    (error: Error) => error.message.slice(0, 1_000),
  );
  assert.match(refused, /expected at most/);
});

test('failing flows that call themselves', async () => {
  const calls = (flowId: string): TaskSource => flowable('Subflow', { namespace: NAMESPACE, flowId }, 'call');
  const other = `{{ flow.id == 'ping' ? 'pong' : 'ping' }}`;
  for (const id of ['ping', 'pong']) await api.save(aFlow(id, [calls(other)], {}, NAMESPACE));
  const { state } = await api.run(`${NAMESPACE}/ping`, {}, ENDED_WITHIN_MS);
  assert.equal(state.current, 'FAILED');
  const found = await api.ask<{ total: number; results: readonly ExecutionAnswer[] }>(
    'GET',
    `/executions/search?namespace=${NAMESPACE}&flowId=pong&size=100`,
  );
  assert.ok(found.body.total <= 51, `expected at most a hundred executions of both, got ${found.body.total} of one`);
});

test('having met no bug in any of it', async () => {
  assert.ok(server.alive);
  const errors = server.log.filter((line) => line.includes('"level":50'));
  assert.deepEqual(errors, []);
});
