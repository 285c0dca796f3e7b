/** The JSON Schema of flows beside the parser: one says what the other says, but for what no schema can know. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import core from '@windhover/plugin-core';
import http from '@windhover/plugin-http';
import script from '@windhover/plugin-script';
import { Ajv } from 'ajv';
import { parse as yaml } from 'yaml';
import { parseFlow } from '../lib/flow/parse.ts';
import { schemaOf } from '../lib/flow/schema.ts';
import { catalogueOf } from '../lib/plugin/catalogue.ts';
import { entriesOf } from '../lib/plugin/load.ts';

const catalogue = catalogueOf(entriesOf([...core.tasks, ...http.tasks, ...script.tasks]));
const schema = schemaOf(catalogue, 'flow');
const byFlow = new Ajv({ strict: false, allErrors: false, validateFormats: false }).compile(schema);

const parserTakes = (source: string): boolean => parseFlow(source, catalogue, { tenant: 'main' }).flow !== undefined;
const schemaTakes = (source: string): boolean => byFlow(yaml(source, { merge: true, maxAliasCount: -1 }));
/** Of the schema's many alternatives, what the deepest says. */
const why = (source: string): string => {
  const all = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema);
  all(yaml(source));
  const deepest = Math.max(...(all.errors ?? []).map(({ instancePath }) => instancePath.length));
  const faults = all.errors?.filter(({ instancePath }) => instancePath.length === deepest).slice(0, 5);
  const { problems } = parseFlow(source, catalogue, { tenant: 'main' });
  return JSON.stringify({ source, schema: faults, parser: problems.map(({ message }) => message) });
};
/** What differs is looked for only where something does: it takes a second. */
function holds(condition: boolean, source: string): void {
  if (!condition) assert.fail(why(source));
}

const HEAD = 'id: a\nnamespace: b.c\n';
const TASK = 'tasks:\n  - { id: t, type: io.kestra.plugin.core.log.Log, message: hi }\n';
const task = (rest: string, type = 'log.Log'): string =>
  `${HEAD}tasks:\n  - { id: t, type: io.kestra.plugin.core.${type}, ${rest} }\n`;
const input = (rest: string): string => `${HEAD}inputs:\n  - { ${rest} }\n${TASK}`;
const inner = 'tasks: [{ id: i, type: io.kestra.plugin.core.log.Log, message: hi }]';

const TAKEN: readonly string[] = [
  task('message: [a, b], level: WARN, timeout: PT1M, disabled: "true", allowFailure: true, runIf: "{{ true }}"'),
  task('message: 1, timeout: "{{ vars.t }}", when: false, logLevel: DEBUG, workerGroup: { key: gpu, fallback: WAIT }'),
  task('message: hi, retry: { type: constant, interval: PT1S, maxAttempts: "3", behavior: RETRY_FAILED_TASK }'),
  task('message: hi, retry: { type: exponential, interval: PT1S, maxInterval: P1D, delayFactor: 1.5 }'),
  task('message: hi, retry: { type: random, minInterval: PT1S, maxInterval: PT2.5S, warningOnRetry: true }'),
  task(`concurrent: 2, ${inner}, errors: [{ id: e, type: io.kestra.core.tasks.log.Log, message: x }]`, 'flow.Parallel'),
  task(`values: [1, 2], concurrencyLimit: 0, ${inner}`, 'flow.ForEach'),
  task(`values: "{{ vars.list }}", ${inner}`, 'flow.ForEach'),
  task(
    'value: "{{ vars.v }}", cases: { a: [{ id: i, type: io.kestra.plugin.core.log.Log, message: x }] }',
    'flow.Switch',
  ),
  task('pauseDuration: PT5M, behavior: WARN, onResume: [{ id: ok, type: BOOLEAN }]', 'flow.Pause'),
  task('tasks: [{ task: { id: i, type: io.kestra.plugin.core.log.Log, message: x }, dependsOn: [] }]', 'flow.Dag'),
  task(
    'uri: "{{ inputs.uri }}", options: { auth: { type: BEARER, token: x }, allowFailed: "{{ true }}" }',
    'http.Request',
  ),
  input('id: x, type: INT, min: 1, max: "9", defaults: 3, required: false, displayName: X'),
  input('id: x, type: SELECT, values: [a, { label: B, value: b }], allowCustomValue: true'),
  input('name: x, type: STRING, validator: "a+"'),
  input('id: x, type: ARRAY, itemType: INT'),
  input('id: x, type: FORM, inputs: [{ id: y, type: FILE, allowedFileExtensions: [.csv] }]'),
  input('id: x, type: JSON, jsonSchema: { type: object }, dependsOn: { condition: "{{ true }}" }'),
  `${HEAD}labels: [{ key: a, value: 1 }]\nvariables: { a: [1] }\n${TASK}outputs: [{ id: o, type: INT, value: 1 }]\n`,
  `${HEAD}${TASK}sla: [{ id: s, type: MAX_DURATION, duration: PT1H, behavior: CANCEL, labels: { a: b } }]\n`,
  `${HEAD}${TASK}sla: [{ id: s, type: EXECUTION_ASSERTION, assert: "{{ true }}", behavior: NONE }]\n`,
  `${HEAD}${TASK}pluginDefaults: [{ type: io.kestra, forced: true, values: { level: WARN } }]\n`,
  `${HEAD}${TASK}taskDefaults: { io.kestra.plugin.core.log.Log: { values: { level: WARN } } }\n`,
  `${HEAD}${TASK}triggers: [{ id: t, type: io.kestra.plugin.core.trigger.Schedule, cron: "@daily", inputs: { a: 1 } }]\n`,
  `${HEAD}${TASK}listeners: [{ conditions: [{ type: io.kestra.plugin.core.condition.ExecutionStatus, in: [FAILED] }], ${inner} }]\n`,
];

const REFUSED: readonly string[] = [
  HEAD,
  `namespace: b\n${TASK}`,
  `id: a b\nnamespace: b\n${TASK}`,
  `id: a\nnamespace: B\n${TASK}`,
  `${HEAD}tasks: []\n`,
  `${HEAD}tasks: { id: t }\n`,
  `${HEAD}tasks: [{ id: t }]\n`,
  `${HEAD}labells: {}\n${TASK}`,
  `${HEAD}labels: text\n${TASK}`,
  `${HEAD}disabled: sure\n${TASK}`,
  `${HEAD}variables: [a]\n${TASK}`,
  `${HEAD}deleted: true\n${TASK}`,
  task('message: hi', 'log.Logg'),
  task('mesage: hi'),
  task('level: WARN'),
  task('message: hi, level: WARNN'),
  task('message: hi, timeout: 10s'),
  task('message: hi, logLevel: LOUD'),
  task('message: hi, disabled: maybe'),
  task('message: hi, version: 1.0.0'),
  task('message: hi, workerGroup: gpu'),
  task('message: hi, workerGroup: { key: gpu, fallback: MAYBE }'),
  task('message: hi, retry: { type: constnt, interval: PT1S }'),
  task('message: hi, retry: { type: constant }'),
  task('message: hi, retry: { type: constant, interval: 5 }'),
  task('message: hi, retry: { type: constant, interval: PT5S, delayFactor: 2 }'),
  task('message: hi, retry: { type: exponential, interval: PT5S }'),
  task('message: hi, retry: { type: constant, interval: PT5S, maxAttempts: 0 }'),
  task(`concurrent: many, ${inner}`, 'flow.Parallel'),
  task('tasks: []', 'flow.Parallel'),
  task('tasks: [{ id: i, type: io.kestra.plugin.core.flow.Sequential }]', 'flow.Parallel'),
  task(inner, 'flow.ForEach'),
  task(`condition: "{{ true }}", ${inner}`, 'flow.If'),
  task('value: a, cases: [a]', 'flow.Switch'),
  task('pauseDuration: 5 minutes', 'flow.Pause'),
  task('behavior: SLEEP', 'flow.Pause'),
  task('onResume: [{ id: x, type: BOOLEN }]', 'flow.Pause'),
  task('tasks: [{ id: i, type: io.kestra.plugin.core.log.Log, message: x }]', 'flow.Dag'),
  task('options: {}', 'http.Request'),
  task('uri: http://a, options: { auth: { type: BASC } }', 'http.Request'),
  task('uri: http://a, options: { followRedirects: maybe }', 'http.Request'),
  task('uri: http://a, options: { conectTimeout: PT1S }', 'http.Request'),
  input('id: x'),
  input('type: STRING'),
  input('id: x, type: STRNG'),
  input('id: x y, type: STRING'),
  input('id: x, type: STRING, min: 1'),
  input('id: x, type: STRING, dependsOn: [a]'),
  input('id: x, type: INT, min: low'),
  input('id: x, type: DURATION, max: long'),
  input('id: x, type: SELECT, values: []'),
  input('id: x, type: ARRAY'),
  input('id: x, type: ARRAY, itemType: SELECT'),
  input('id: x, type: FORM'),
  `${HEAD}${TASK}outputs: [{ id: o, value: 1 }]\n`,
  `${HEAD}${TASK}outputs: [{ id: o, type: INTT, value: 1 }]\n`,
  `${HEAD}${TASK}outputs: [{ id: o, type: INT, value: 1, valu: 2 }]\n`,
  `${HEAD}${TASK}sla: [{ id: s, type: MAX_DURATION, assert: a, behavior: FAIL }]\n`,
  `${HEAD}${TASK}sla: [{ id: s, type: MAX_DURATION, duration: PT1H, behavior: STOP }]\n`,
  `${HEAD}${TASK}pluginDefaults: [{ values: { level: WARN } }]\n`,
  `${HEAD}${TASK}triggers: [{ id: t, type: io.kestra.plugin.core.trigger.Schedule }]\n`,
  `${HEAD}${TASK}triggers: [{ id: t, type: io.kestra.plugin.core.trigger.Schedule, cron: "@daily", cronn: x }]\n`,
  `${HEAD}${TASK}listeners: [{ ${inner}, task: a }]\n`,
];

/** What depends on other parts of the flow, or on what a text says. */
const ONLY_PARSER: readonly string[] = [
  task(`${inner.replace('id: i', 'id: t')}`, 'flow.Sequential'),
  task('tasks: [{ task: { id: i, type: io.kestra.plugin.core.log.Log, message: x }, dependsOn: [i] }]', 'flow.Dag'),
  input('id: x, type: INT, defaults: many'),
  input('id: x, type: STRING, validator: "(["'),
  input('id: x, type: STRING, dependsOn: { inputs: [y] }'),
  input('id: x, type: DATE, after: soon'),
  `${HEAD}${TASK}triggers: [{ id: t, type: io.kestra.plugin.core.trigger.Schedule, cron: "* *" }]\n`,
  `${HEAD}labels: { system.a: b }\n${TASK}`,
];

test('taking and refusing the same flows as the parser', () => {
  const folder = new URL('./flows/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  assert.ok(files.length > 5);
  for (const source of [...files.map((name) => readFileSync(new URL(name, folder), 'utf8')), ...TAKEN]) {
    holds(parserTakes(source), source);
    holds(schemaTakes(source), source);
  }
  for (const source of REFUSED) {
    holds(!parserTakes(source), source);
    holds(!schemaTakes(source), source);
  }
  for (const source of ONLY_PARSER) {
    holds(!parserTakes(source), source);
    holds(schemaTakes(source), source);
  }
});

test('knowing the examples of every type', () => {
  for (const { examples = [] } of [...core.tasks, ...http.tasks, ...script.tasks])
    for (const { code } of examples) {
      const source = `${HEAD}tasks:\n  - ${code.trimEnd().replaceAll('\n', '\n    ')}\n`;
      holds(parserTakes(source) === schemaTakes(source), source);
    }
});
