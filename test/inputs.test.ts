/** Giving an execution its inputs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { castValue } from '../lib/flow/cast.ts';
import { resolveInputs } from '../lib/flow/inputs.ts';
import type { Input, InputType } from '../lib/model/flow.ts';

const anInput = (id: string, type: InputType, more: Partial<Input> = {}): Input => ({
  id,
  type,
  required: true,
  ...more,
});
const resolve = (inputs: readonly Input[], given: Record<string, unknown>) => resolveInputs({ inputs }, given);

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
    ['BOOLEAN', false, false],
    ['JSON', '{"a": [1]}', { a: [1] }],
    ['JSON', { a: 1 }, { a: 1 }],
  ];
  for (const [type, given, value] of cases) assert.deepEqual(castValue(type, given), { value }, `${type} ${given}`);
});

test('refusing texts that are not of their types', () => {
  const cases: [type: string, given: unknown][] = [
    ['INT', '4.2'],
    ['INT', ''],
    ['INT', 'x'],
    ['INT', '99999999999999999999'],
    ['INT', [1]],
    ['FLOAT', 'NaN'],
    ['FLOAT', '1e999'],
    ['BOOL', 'yes'],
    ['BOOL', 1],
    ['JSON', '{'],
    ['FILE', 'x'],
  ];
  for (const [type, given] of cases)
    assert.match((castValue(type, given) as { problem: string }).problem, /expected|not supported/, `${type} ${given}`);
});

test('taking what is given, else defaults that see the inputs before them', () => {
  const inputs = [
    anInput('name', 'STRING', { defaults: 'you' }),
    anInput('greeting', 'STRING', { defaults: 'Hello {{ inputs.name }}' }),
    anInput('count', 'INT', { defaults: '{{ 2 + 3 }}' }),
    anInput('nested.deep.flag', 'BOOL', { required: false }),
    anInput('plan', 'JSON', { defaults: { for: '{{ inputs.name }}' } }),
  ];
  const { inputs: values, problems } = resolve(inputs, {
    name: '{{ secret }}',
    'nested.deep.flag': 'true',
    other: 'x',
  });
  assert.deepEqual(problems, []);
  assert.deepEqual(values, {
    name: '{{ secret }}',
    greeting: 'Hello {{ secret }}',
    count: 5,
    nested: { deep: { flag: true } },
    plan: { for: '{{ secret }}' },
  });
  assert.deepEqual(resolve([anInput('a.b', 'INT')], { a: { b: 3 } }).inputs, { a: { b: 3 } });
  assert.deepEqual(resolve([anInput('x', 'INT', { required: false })], {}).inputs, { x: null });
});

test("naming all inputs that are missing or wrong, in Kestra's words too", () => {
  const inputs = [
    anInput('missing', 'STRING'),
    anInput('number', 'INT'),
    anInput('high', 'INT', { max: 20 }),
    anInput('low', 'FLOAT', { min: 0.1 }),
    anInput('shape', 'STRING', { validator: 'A\\d+' }),
    anInput('broken', 'STRING', { defaults: '{{ nothing.here }}' }),
  ];
  const { problems } = resolve(inputs, { number: 'many', high: '21', low: '0.01', shape: 'xA1' });
  assert.deepEqual(
    problems.slice(0, 5).map(({ path, kestra }) => [path, kestra]),
    [
      ['inputs.missing', 'Invalid input for `missing`, missing required input, but received `null`'],
      ['inputs.number', 'Invalid input for `number`, Expected `INT` but received `many`, but received `many`'],
      ['inputs.high', 'Invalid input for `high`, it must be less than `20`, but received `21`'],
      ['inputs.low', 'Invalid input for `low`, it must be more than `0.1`, but received `0.01`'],
      ['inputs.shape', 'Invalid input for `shape`, it must match the pattern `A\\d+`, but received `xA1`'],
    ],
  );
  assert.match(problems[5]!.message, /default cannot be rendered/);
  assert.match(problems[1]!.message, /expected a whole number, got "many"/);
});
