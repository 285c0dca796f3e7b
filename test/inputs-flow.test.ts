/** Reading the inputs and outputs that a flow declares: what each type may have, and what cannot be. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFlow } from '../lib/flow/parse.ts';
import { BUILT_IN, loadPlugins } from '../lib/plugin/load.ts';

const { catalogue } = await loadPlugins(BUILT_IN);
const TASKS = 'tasks:\n  - { id: t, type: io.kestra.plugin.core.debug.Return, format: x }\n';
const parse = (rest: string) => parseFlow(`id: f\nnamespace: a\n${rest}\n${TASKS}`, catalogue, { tenant: 'main' });
const inputsOf = (lines: string) => parse(`inputs:\n${lines}`);
const problemsOf = (lines: string) => inputsOf(lines).problems.filter(({ severity }) => severity === 'error');

test('reading every type with its options', () => {
  const { flow, problems } = inputsOf(`
  - { id: a, type: STRING, validator: "A\\\\d+", displayName: A, description: the first }
  - { id: b, type: SELECT, values: [x, 1, true, { label: Y, value: y }], isRadio: true, autoSelectFirst: true }
  - { id: c, type: MULTISELECT, values: [x, y], itemType: STRING, allowCustomValue: true }
  - { id: d, type: INT, min: 1, max: 3, defaults: 2 }
  - { id: e, type: DATETIME, after: "2023-01-01T00:00:00Z", before: "2023-12-31T23:59:59+01:00" }
  - { id: f, type: TIME, after: "01:00:00" }
  - { id: g, type: DURATION, min: PT90S }
  - { id: h, type: FILE, allowedFileExtensions: [csv, .TXT], defaults: "nsfile:///a.csv" }
  - { id: i, type: JSON, jsonSchema: '{"type": "object"}', defaults: { k: 1 } }
  - { id: j, type: ARRAY, itemType: INT, defaults: "[1]" }
  - { id: k.l, type: SECRET, required: false, dependsOn: { inputs: [a], condition: "{{ inputs.d > 1 }}" } }
  - { id: m, type: FORM, inputs: [{ id: n, type: EMAIL }, { id: o, type: URI, required: false }] }
  - { id: p, type: YAML, prefill: "a: 1" }
  - { name: q, type: BOOL }`);
  assert.deepEqual(
    problems.map(({ severity, path }) => [severity, path]),
    [['warning', 'inputs[13].name']],
  );
  const shown = (n: number) => JSON.parse(JSON.stringify(flow!.inputs[n])) as object;
  assert.deepEqual(shown(1), {
    ...{ id: 'b', type: 'SELECT', required: true, isRadio: true, autoSelectFirst: true },
    values: ['x', '1', 'true', { label: 'Y', value: 'y' }],
  });
  assert.deepEqual(shown(4), {
    ...{ id: 'e', type: 'DATETIME', required: true, after: '2023-01-01T00:00:00Z', before: '2023-12-31T22:59:59Z' },
  });
  assert.deepEqual([flow!.inputs[5]!.after, flow!.inputs[6]!.min], ['01:00', 'PT1M30S']);
  assert.deepEqual(flow!.inputs[7]!.allowedFileExtensions, ['.csv', '.txt']);
  assert.deepEqual(flow!.inputs[10]!.dependsOn, { inputs: ['a'], condition: '{{ inputs.d > 1 }}' });
});

test('refusing what a type cannot have, by place', () => {
  const cases: [line: string, path: string, kestra?: string][] = [
    [
      '{ id: file, type: FILE, defaults: something }',
      'inputs[0].defaults',
      "file: no `defaults` can be set for inputs of type 'FILE'",
    ],
    ['{ id: array, type: ARRAY, itemType: ARRAY }', 'inputs[0].itemType', 'array: `itemType` cannot be `ARRAY`'],
    ['{ id: a, type: ARRAY }', 'inputs[0].itemType', 'must not be null'],
    [
      '{ id: a, type: MULTISELECT, values: [x], options: [y] }',
      'inputs[0].options',
      "you can't define both `values` and `options`",
    ],
    ['{ id: a, type: SELECT }', 'inputs[0].values'],
    ['{ id: a, type: SELECT, values: [[1]] }', 'inputs[0].values[0]'],
    ['{ id: a, type: STRING, validator: "\\\\" }', 'inputs[0].validator', 'invalid pattern [\\]'],
    ['{ id: a, type: INT, validator: x }', 'inputs[0].validator'],
    ['{ id: a, type: DATE, after: soon }', 'inputs[0].after'],
    ['{ id: a, type: DURATION, max: 5 }', 'inputs[0].max'],
    ['{ id: a, type: INT, min: 3, defaults: 1 }', 'inputs[0].defaults', 'it must be more than `3`'],
    [
      '{ id: a, type: STRING, defaults: x, prefill: y }',
      'inputs[0].prefill',
      'Inputs with a default value cannot also have a prefill.',
    ],
    ['{ id: a, type: STRING, dependsOn: b }', 'inputs[0].dependsOn'],
    [
      `{ id: a, type: STRING, displayName: ${'x'.repeat(65)} }`,
      'inputs[0].displayName',
      'size must be between 0 and 64',
    ],
    ['{ id: a..b, type: STRING }', 'inputs[0].id'],
    ['{ id: a.__proto__.b, type: STRING }', 'inputs[0].id'],
    ['{ id: a, type: JSON, jsonSchema: "{" }', 'inputs[0].jsonSchema'],
    ['{ id: a, type: JSON, jsonSchema: { typ: object } }', 'inputs[0].jsonSchema'],
    ['{ id: a, type: FORM }', 'inputs[0].inputs'],
    ['{ id: a, type: FORM, defaults: x, inputs: [{ id: b, type: STRING }] }', 'inputs[0].defaults'],
    ['{ id: a, type: FORM, inputs: [{ id: b, type: FORM, inputs: [] }] }', 'inputs[0].inputs[0]'],
    ['{ id: a, type: FORM, inputs: [{ id: b, type: STRNG }] }', 'inputs[0].inputs[0].type', 'Invalid type: STRNG'],
  ];
  for (const [line, path, kestra] of cases) {
    const found = problemsOf(`  - ${line}`);
    assert.ok(found.length >= 1, line);
    assert.equal(found[0]!.path, path, line);
    if (kestra !== undefined) assert.equal(found[0]!.kestra, kestra, line);
    assert.ok(found[0]!.line! >= 3, line);
  }
});

test('refusing inputs that wait for each other, or for nobody', () => {
  const circle = problemsOf(`
  - { id: a, type: STRING, dependsOn: { inputs: [b] } }
  - { id: b, type: STRING, defaults: "{{ inputs.c }}" }
  - { id: c, type: STRING, dependsOn: { inputs: [], condition: "{{ inputs.a == 1 }}" } }`);
  assert.deepEqual(
    circle.map(({ kestra }) => kestra),
    ["Cycle dependency detected for input with id 'a': [a, b, c]"],
  );
  assert.match(problemsOf('  - { id: a, type: STRING, defaults: "{{ inputs.a }}" }')[0]!.message, /a circle: a/);
  assert.equal(
    problemsOf('  - { id: a, type: STRING, dependsOn: { inputs: [b] } }')[0]!.kestra,
    "Input with id 'a' depends on a non-existent input 'b'.",
  );
  assert.deepEqual(problemsOf('  - { id: a, type: STRING, defaults: "{{ inputs }}" }'), []);
});

test('wanting outputs of types that can be kept', () => {
  const types = ['STRING', 'SECRET', 'INT', 'JSON', 'ARRAY', 'DATE', 'FILE', 'EMAIL'];
  const lines = types.map((type) => `  - { id: ${type.toLowerCase()}, type: ${type}, value: "{{ inputs.x }}" }`);
  assert.equal(parse(`outputs:\n${lines.join('\n')}`).flow!.outputs.length, types.length);
  assert.match(parse('outputs:\n  - { id: s, type: FORM, value: x }').problems[0]!.message, /expected one of/);
});
