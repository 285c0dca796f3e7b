/** Casting what is given to the types of inputs and outputs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { castOutput, castValue, VALUE_TYPES } from '../lib/flow/cast.ts';
import type { Refusal } from '../lib/flow/input/kind.ts';

test('casting texts to their types', () => {
  const cases: [type: string, given: unknown, value: unknown][] = [
    ['STRING', 'x', 'x'],
    ['STRING', 5, '5'],
    ['STRING', { a: 1 }, '{"a":1}'],
    ['INT', '42', 42],
    ['INT', -7, -7],
    ['INT', '-0', 0],
    ['FLOAT', '42.42', 42.42],
    ['FLOAT', '1e3', 1000],
    ['BOOL', 'True', true],
    ['BOOL', 'yes', false],
    ['BOOLEAN', ' true', false],
    ['BOOL', 1, false],
    ['BOOLEAN', false, false],
    ['JSON', '{"a": [1]}', { a: [1] }],
    ['JSON', { a: 1 }, { a: 1 }],
    ['YAML', 'some: property\nalist:\n- of\n- 1', { some: 'property', alist: ['of', 1] }],
    ['URI', 'https://www.google.com', 'https://www.google.com'],
    ['URI', 'kestra:///a/b.csv', 'kestra:///a/b.csv'],
    ['URI', 'mailto:ada@example.com', 'mailto:ada@example.com'],
    ['EMAIL', 'ada@example.com', 'ada@example.com'],
    ['FILE', 'kestra:///a/b.csv', 'kestra:///a/b.csv'],
    ['ARRAY', '[1, "x"]', [1, 'x']],
    ['SELECT', 5, '5'],
  ];
  for (const [type, given, value] of cases) assert.deepEqual(castValue(type, given), { value }, `${type} ${given}`);
});

test('keeping times as java.time prints them', () => {
  const cases: [type: string, given: string, value: string][] = [
    ['DATETIME', '2019-10-06T18:27:49Z', '2019-10-06T18:27:49Z'],
    ['DATETIME', '2019-10-06T18:27:49.500+02:00', '2019-10-06T16:27:49.500Z'],
    ['DATETIME', '2019-10-06T18:27:00.123456Z', '2019-10-06T18:27:00.123456Z'],
    ['DATETIME', '1969-12-31T23:59:59.999999999Z', '1969-12-31T23:59:59.999999999Z'],
    ['DATE', '2024-02-29', '2024-02-29'],
    ['DATE', '0099-12-31', '0099-12-31'],
    ['TIME', '01:00:00', '01:00:00'],
    ['TIME', '18:27', '18:27:00'],
    ['TIME', '18:27:49.120', '18:27:49.12'],
    ['DURATION', 'PT90S', 'PT1M30S'],
    ['DURATION', 'P1DT2H', 'PT26H'],
    ['DURATION', 'PT-1.5S', 'PT-1.5S'],
    ['DURATION', '-PT0.5S', 'PT-0.5S'],
    ['DURATION', 'pt0s', 'PT0S'],
  ];
  for (const [type, given, value] of cases) assert.deepEqual(castValue(type, given), { value }, `${type} ${given}`);
});

test('refusing texts that are not of their types', () => {
  const cases: [type: string, given: unknown][] = [
    ['INT', '4.2'],
    ['INT', ''],
    ['INT', '99999999999999999999'],
    ['INT', [1]],
    ['FLOAT', 'NaN'],
    ['FLOAT', '1e999'],
    ['BOOL', [true]],
    ['JSON', '{'],
    ['YAML', 'a: [1'],
    ['URI', 'http:/bla'],
    ['URI', 'no scheme'],
    ['URI', 'https://a b'],
    ['DATETIME', '2019-10-06'],
    ['DATETIME', '2019-10-06T24:01:00Z'],
    ['DATETIME', '2019-10-06T10:00:00+99:00'],
    ['DATE', '2023-02-29'],
    ['DATE', '0000-00-00'],
    ['DATE', 'tomorrow'],
    ['TIME', '25:00'],
    ['DURATION', '5 minutes'],
    ['DURATION', 'P'],
    ['DURATION', 'P1Y'],
    ['FILE', '/etc/passwd'],
    ['FILE', 'file:///etc/passwd'],
    ['FILE', 'nsfile:///a.csv'],
    ['ARRAY', '{}'],
    ['FORM', 'x'],
    ['NOTHING', 'x'],
  ];
  for (const [type, given] of cases)
    assert.match((castValue(type, given) as Refusal).problem, /expected .*, got /, `${type} ${given}`);
});

test('having a value type for every name but forms', () => {
  assert.equal(VALUE_TYPES.includes('FORM'), false);
  for (const type of ['STRING', 'SELECT', 'MULTISELECT', 'ENUM', 'SECRET', 'EMAIL'])
    assert.ok(VALUE_TYPES.includes(type));
});

test('letting no secret out in clear', () => {
  assert.match((castValue('SECRET', 'x') as Refusal).problem, /expected a server that encrypts/);
  assert.match((castOutput('SECRET', 'x') as Refusal).problem, /expected a server that encrypts/);
  assert.deepEqual(
    castOutput('SECRET', 'x', (text) => ({ sealed: text })),
    { value: { sealed: 'x' } },
  );
  assert.deepEqual(castOutput('INT', '3'), { value: 3 });
  assert.match((castValue('ARRAY', 'x') as Refusal).problem, /expected a list/);
});
