/** Laying plugin defaults over tasks and triggers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definitionOf, partsOf } from '../lib/flow/definition.ts';
import { parseFlow } from '../lib/flow/parse.ts';
import { sourceHash } from '../lib/model/ids.ts';
import { BUILT_IN, loadPlugins } from '../lib/plugin/load.ts';

const { catalogue } = await loadPlugins(BUILT_IN);
const RETURN = 'io.kestra.plugin.core.debug.Return';
const LOG = 'io.kestra.plugin.core.log.Log';
const HEAD = 'id: f\nnamespace: a\n';
const parse = (source: string, globals?: readonly unknown[]) =>
  parseFlow(definitionOf(source, globals), catalogue, { tenant: 'main' });
const format = (source: string, globals?: readonly unknown[], task = 't') => {
  const { flow, problems } = parse(source, globals);
  assert.deepEqual(
    problems.filter(({ severity }) => severity === 'error'),
    [],
  );
  return flow!.taskOf.get(task)!.properties.format;
};
const OWN = `tasks:\n  - { id: t, type: ${RETURN}, format: own }\n`;
const NONE = `tasks:\n  - { id: t, type: ${RETURN} }\n`;
const defaults = (lines: string) => `${HEAD}pluginDefaults:\n${lines}\n`;

test('filling in what a task does not set, at any depth', () => {
  const { flow } = parse(`${defaults(`  - { type: ${RETURN}, values: { format: "default {{ task.id }}" } }`)}tasks:
  - { id: own, type: ${RETURN}, format: own }
  - id: seq
    type: io.kestra.plugin.core.flow.Sequential
    tasks:
      - { id: inner, type: ${RETURN} }
    errors:
      - { id: rescue, type: io.kestra.core.tasks.debugs.Return }
`);
  const formats = ['own', 'inner', 'rescue'].map((id) => flow!.taskOf.get(id)!.properties.format);
  assert.deepEqual(formats, ['own', 'default {{ task.id }}', 'default {{ task.id }}']);
});

test('giving what every task may have, and what a trigger asks for', () => {
  const { flow } = parse(`${defaults(`  - { type: io.kestra.plugin.core., values: { timeout: PT1M, disabled: true } }
  - { type: io.kestra.plugin.core.trigger.Schedule, values: { timezone: Europe/Paris, inputs: { a: 1 } } }`)}${OWN}triggers:
  - { id: each, type: io.kestra.plugin.core.trigger.Schedule, cron: "0 * * * *", inputs: { b: 2 } }
`);
  assert.deepEqual([flow!.taskOf.get('t')!.timeout, flow!.taskOf.get('t')!.disabled], ['PT1M', true]);
  const [trigger] = flow!.triggers;
  assert.equal(trigger!.disabled, true);
  assert.deepEqual(trigger!.properties, { timezone: 'Europe/Paris', inputs: { a: 1, b: 2 }, cron: '0 * * * *' });
});

test('ranking forced over own over defaults, the flow over the configuration, long over short', () => {
  const global = (values: object, more: object = {}) => [{ type: RETURN, values, ...more }];
  const flowsOwn = defaults(`  - { type: ${RETURN}, values: { format: flow } }`);
  const forced = defaults(`  - { type: ${RETURN}, forced: true, values: { format: flow } }`);
  assert.equal(format(HEAD + NONE, global({ format: 'global' })), 'global');
  assert.equal(format(HEAD + OWN, global({ format: 'global' })), 'own');
  assert.equal(format(flowsOwn + NONE, global({ format: 'global' })), 'flow');
  assert.equal(format(forced + OWN), 'flow');
  assert.equal(format(flowsOwn + OWN, global({ format: 'global' }, { forced: true })), 'global');
  assert.equal(format(forced + OWN, global({ format: 'global' }, { forced: true })), 'flow');
  const both = defaults(
    `  - { type: io.kestra., values: { format: short } }\n  - { type: ${RETURN}, values: { format: long } }`,
  );
  assert.equal(format(both + NONE), 'long');
  const twice = defaults(
    `  - { type: ${RETURN}, values: { format: first } }\n  - { type: ${RETURN}, values: { format: second } }`,
  );
  assert.equal(format(twice + NONE), 'first');
});

test('reading them as a list, as one map, as a map of types, under their older name', () => {
  const forms = [
    `pluginDefaults:\n  - type: ${RETURN}\n    values: { format: x }\n`,
    `pluginDefaults:\n  type: ${RETURN}\n  values: { format: x }\n`,
    `pluginDefaults:\n  ${RETURN}:\n    values: { format: x }\n`,
    `pluginDefaults:\n  - type: io.kestra.core.tasks.debugs.Return\n    values: { format: x }\n`,
  ];
  for (const form of forms) assert.equal(format(`${HEAD}${form}${NONE}`), 'x', form);
  const older = parse(`${HEAD}taskDefaults:\n  - { type: ${RETURN}, values: { format: x } }\n${NONE}`);
  assert.match(older.problems[0]!.message, /taskDefaults is deprecated/);
  assert.equal(older.flow!.taskOf.get('t')!.properties.format, 'x');
});

test('merging maps and joining lists', () => {
  const source = `${defaults(`  - { type: ${LOG}, values: { message: [a, b] } }`)}tasks:\n  - { id: t, type: ${LOG}, message: [b, c] }\n`;
  assert.deepEqual(parse(source).flow!.taskOf.get('t')!.properties.message, ['a', 'b', 'c']);
});

test('leaving out what a type does not have, and never the name of a task', () => {
  const { flow, problems } = parse(
    `${defaults(`  - { type: ${RETURN}, forced: true, values: { fromat: x, id: other, type: ${LOG} } }
  - { type: io.kestra., values: { message: only some have it } }`)}${OWN}`,
  );
  assert.deepEqual(
    problems.map(({ severity, path }) => [severity, path]),
    [
      ['warning', 'pluginDefaults[0].values.fromat'],
      ['warning', 'pluginDefaults[0].values.id'],
      ['warning', 'pluginDefaults[0].values.type'],
    ],
  );
  assert.deepEqual(flow!.taskOf.get('t')!.properties, { format: 'own' });
});

test('refusing defaults that are none', () => {
  const problems = parse(
    `${defaults(`  - { values: { format: x } }
  - { type: a., value: 1 }
  - { type: b., values: [1] }
  - { type: c., forced: maybe }
  - text`)}${OWN}`,
  ).problems;
  assert.deepEqual(
    problems.map(({ path }) => path),
    [
      'pluginDefaults[0].type',
      'pluginDefaults[1].value',
      'pluginDefaults[2].values',
      'pluginDefaults[3].forced',
      'pluginDefaults[4]',
    ],
  );
});

test('carrying the defaults of the configuration with the source, under a hash of their own', () => {
  const source = HEAD + NONE;
  const globals = [{ type: RETURN, forced: false, values: { format: 'x\n"y"' } }];
  const definition = definitionOf(source, globals);
  assert.deepEqual(partsOf(definition), { source, globals });
  assert.equal(parse(source).flow!.hash, sourceHash('main', source));
  assert.notEqual(parse(source, globals).flow!.hash, sourceHash('main', source));
  assert.equal(format(source, globals), 'x\n"y"');
  // The place of a problem is one in the source.
  assert.equal(parse(`${source}nothing: 1\n`, globals).problems[0]!.line, 5);
});
