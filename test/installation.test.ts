/** What an installation gives to expressions: read out of the environment and the configuration, and seen by what triggers start. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parcelOf } from '../actors/scheduler/starts.ts';
import type { TriggerState } from '../actors/scheduler/ticks.ts';
import { flowVariables, loadConfig, secretVariables } from '../lib/config.ts';
import { parseFlow } from '../lib/flow/parse.ts';
import { BUILT_IN, loadPlugins } from '../lib/plugin/load.ts';
import { decodedSecrets } from '../lib/secret/environment.ts';

describe('reading what flows may see', () => {
  test('of the environment: what is meant for them, by small names without the prefix', () => {
    const env = {
      ENV_REGION: 'north',
      KESTRA_REGION: 'south',
      KESTRA_Older: '1',
      PATH: '/bin',
      ENV_: 'x',
      SECRET_A: 'eA==',
    };
    assert.deepEqual(flowVariables(env), { region: 'north', older: '1' });
  });

  test('of the environment: no setting of a Kestra, which may be a password', () => {
    const settings = [
      'CONFIGURATION',
      'CONFIGURATION_PATH',
      'SERVER_BASIC_AUTH_PASSWORD',
      'ENCRYPTION_SECRET_KEY',
      'STORAGE_S3_SECRET_KEY',
    ];
    assert.deepEqual(flowVariables(Object.fromEntries(settings.map((name) => [`KESTRA_${name}`, 'x']))), {});
    assert.deepEqual(flowVariables({ KESTRA_SERVERS: '3' }), { servers: '3' });
  });

  test('of the configuration: globals, in a file or as JSON', () => {
    const globals = { a: 1, nested: { b: [true] } };
    assert.deepEqual(loadConfig({ env: {} }).config.variables, { globals: {} });
    assert.deepEqual(loadConfig({ env: { WINDHOVER_VARIABLES: JSON.stringify({ globals }) } }).config.variables, {
      globals,
    });
    const file = { name: 'windhover.yaml', content: { variables: { globals } } };
    assert.deepEqual(loadConfig({ env: {}, file }).config.variables, { globals });
    for (const wrong of ['{"global": {}}', 'text', '[]'])
      assert.throws(
        () => loadConfig({ env: { WINDHOVER_VARIABLES: wrong } }),
        /variables \(WINDHOVER_VARIABLES\)/,
        wrong,
      );
  });
});

test('refusing a time zone that there is not', () => {
  assert.equal(loadConfig({ env: { WINDHOVER_TIMEZONE: 'Asia/Tokyo' } }).config.timezone, 'Asia/Tokyo');
  assert.throws(() => loadConfig({ env: { WINDHOVER_TIMEZONE: 'Mars/X' } }), /timezone .*expected a time zone such as/);
});

test('reading secrets out of base64, and naming those that are none', () => {
  const text = 'grün & '.repeat(20);
  const broken = Buffer.from(text)
    .toString('base64')
    .replace(/(.{76})/g, '$1\r\n');
  const env = {
    SECRET_lower: 'eA==',
    SECRET_LONG: broken,
    SECRET_BARE: 'eA',
    SECRET_WRONG: 'not base64',
    SECRET_ODD: 'abcde',
    SECRET_NONE: '',
    OTHER: 'eA==',
  };
  assert.deepEqual(decodedSecrets(secretVariables(env)), {
    secrets: { LOWER: 'x', LONG: text, BARE: 'x' },
    unreadable: ['WRONG', 'ODD'],
  });
});

describe('starting by a trigger', async () => {
  const { catalogue } = await loadPlugins(BUILT_IN);
  const trigger = `{ id: each, type: io.kestra.plugin.core.trigger.Schedule, cron: "* * * * *", inputs: { a: "{{ uuid() }}", b: "{{ now() }}", c: "{{ envs.region }} {{ globals.n }}" }, labels: { d: "{{ id() }}" } }`;
  const sourceOf = (given: string) => `id: flow
namespace: company.team
inputs:
  - { id: a, type: STRING }
  - { id: b, type: STRING }
  - { id: c, type: STRING }
  - { id: e, type: STRING, defaults: "{{ nanoId() }}" }
tasks:
  - { id: say, type: io.kestra.plugin.core.log.Log, message: hello }
triggers:
  - ${given}
`;
  const tick = {
    atMs: 1_800_000_000_000,
    nowMs: 1_800_000_000_400,
    timezone: 'UTC',
    installation: { envs: { region: 'north' }, globals: { n: 1 } },
  };
  const started = (given = tick, text = sourceOf(trigger)) => {
    const flow = parseFlow(text, catalogue, { tenant: 'main' }).flow!;
    const ref = { tenant: 'main', namespace: flow.namespace, id: flow.id, revision: 1, hash: flow.hash };
    const state: TriggerState = { flow: ref, source: text, trigger: flow.triggers[0]! };
    const [id, { start, labels }] = parcelOf(state, { flow, text }, given);
    return { id, inputs: start.inputs as Record<string, string>, labels };
  };

  test('with the clock of its tick and dice of its own, the same however often it is done', () => {
    const { id, inputs, labels } = started();
    assert.deepEqual(started({ ...tick, nowMs: tick.nowMs + 60_000 }), { id, inputs, labels });
    assert.match(inputs.a!, /^[0-9a-f-]{36}$/);
    assert.equal(inputs.b, '2027-01-15T08:00:00.000000Z');
    assert.equal(inputs.c, 'north 1');
    const next = started({ ...tick, atMs: tick.atMs + 60_000 });
    for (const name of ['a', 'b', 'e']) assert.notEqual(next.inputs[name], inputs[name], name);
    assert.notEqual(next.labels.d, labels.d);
  });

  test('and not with what a scheduler cannot know', () => {
    const asking = sourceOf(trigger.replace('{{ uuid() }}', "{{ read('kestra:///a') }}"));
    assert.throws(() => started(tick, asking), /expected what a trigger can say at once, got read\(\)/);
  });
});
