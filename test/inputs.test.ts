/** Giving an execution its inputs: each type by its own rule, in the order of what depends on what. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NeedsFact } from '../lib/expression/render.ts';
import { type Means, resolveInputs } from '../lib/flow/inputs.ts';
import type { Input } from '../lib/model/flow.ts';

const anInput = (id: string, type: string, more: Partial<Input> = {}): Input => ({ id, type, required: true, ...more });
const resolve = (inputs: readonly Input[], given: Record<string, unknown> = {}, means?: Means) =>
  resolveInputs({ inputs }, given, means);
const sentences = (inputs: readonly Input[], given: Record<string, unknown> = {}, means?: Means) =>
  resolve(inputs, given, means).problems.map(({ kestra }) => kestra);

test('refusing by name the files that there are not yet', () => {
  for (const [uri, why] of [
    ['nsfile:///a.csv', /got "nsfile:\/\/\/a\.csv": files of namespaces are not supported yet/],
    ['file:///tmp/a.csv', /got "file:\/\/\/tmp\/a\.csv": files of the server's own disk are not read/],
  ] as const) {
    const { problems } = resolve([anInput('csv', 'FILE', { defaults: uri })]);
    assert.match(problems[0]!.message, why);
  }
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
  assert.deepEqual(resolve([anInput('x', 'INT', { required: false })]).inputs, { x: null });
  assert.deepEqual(resolve([anInput('x', 'STRING', { defaults: '' })]).inputs, { x: '' });
});

test('resolving what is named first, wherever it stands', () => {
  const inputs = [
    anInput('whole', 'STRING', { defaults: '{{ inputs.part.a }}-{{ inputs.last }}' }),
    anInput('last', 'STRING', { defaults: 'z' }),
    anInput('part.a', 'STRING', { defaults: '{{ inputs.last | upper }}' }),
  ];
  assert.deepEqual(resolve(inputs).inputs, { whole: 'Z-z', last: 'z', part: { a: 'Z' } });
});

test('seeing the flow and the time, and asking for what is not known', () => {
  const inputs = [anInput('where', 'STRING', { defaults: '{{ flow.namespace }}/{{ now() | date("yyyy") }}' })];
  const means = { context: { flow: { namespace: 'a.b' } }, world: { nowMs: Date.UTC(2026, 0, 2) } };
  assert.deepEqual(resolve(inputs, {}, means).inputs, { where: 'a.b/2026' });
  const asking = [anInput('x', 'STRING', { defaults: "{{ kv('key') }}" })];
  assert.throws(() => resolve(asking, {}, { ...means, context: { flow: { namespace: 'a.b' } } }), NeedsFact);
});

test("naming all inputs that are missing or wrong, in Kestra's words too", () => {
  const between = { after: '2023-01-01', before: '2023-12-31' };
  const inputs = [
    anInput('missing', 'STRING'),
    anInput('number', 'INT'),
    anInput('high', 'INT', { max: 20 }),
    anInput('low', 'FLOAT', { min: 0.1 }),
    anInput('shape', 'STRING', { validator: 'A\\d+' }),
    anInput('broken', 'STRING', { defaults: '{{ nothing.here }}' }),
    anInput('early', 'DATE', between),
    anInput('late', 'DATE', between),
    anInput('dawn', 'TIME', { after: '01:00', before: '11:59:59' }),
    anInput('short', 'DURATION', { min: 'PT10S', max: 'PT20S' }),
    anInput('long', 'DURATION', { min: 'PT10S', max: 'PT20S' }),
    anInput('uri', 'URI'),
    anInput('choice', 'ENUM', { values: ['ENUM_VALUE', 'OTHER_ONE'] }),
    anInput('some', 'MULTISELECT', { values: ['a', 'b'], itemType: 'STRING' }),
    anInput('list', 'ARRAY', { itemType: 'INT' }),
    anInput('mail', 'EMAIL'),
    anInput('csv', 'FILE', { allowedFileExtensions: ['.csv', '.txt'] }),
  ];
  const given = {
    ...{ number: 'many', high: '21', low: '0.01', shape: 'xA1', early: '2022-01-01', late: '2024-01-01' },
    ...{ dawn: '00:00:01', short: 'PT1S', long: 'PT30S', uri: 'http:/bla', choice: 'INVALID', some: '["a", "c"]' },
    ...{ list: '["s1", "s2"]', mail: 'nobody', csv: 'kestra:///a/b.exe' },
  };
  const { problems } = resolve(inputs, given);
  assert.deepEqual(
    problems.filter(({ path }) => path !== 'inputs.broken').map(({ kestra }) => kestra),
    [
      'Invalid input for `missing`, missing required input, but received `null`',
      'Invalid input for `number`, For input string: "many", but received `many`',
      'Invalid input for `high`, it must be less than `20`, but received `21`',
      'Invalid input for `low`, it must be more than `0.1`, but received `0.01`',
      'Invalid input for `shape`, it must match the pattern `A\\d+`, but received `xA1`',
      'Invalid input for `early`, it must be after `2023-01-01`, but received `2022-01-01`',
      'Invalid input for `late`, it must be before `2023-12-31`, but received `2024-01-01`',
      'Invalid input for `dawn`, it must be after `01:00`, but received `00:00:01`',
      'Invalid input for `short`, It must be more than `PT10S`, but received `PT1S`',
      'Invalid input for `long`, It must be less than `PT20S`, but received `PT30S`',
      'Invalid input for `uri`, Expected `URI` but received `http:/bla`, but received `http:/bla`',
      'Invalid input for `choice`, it must match the values `[ENUM_VALUE, OTHER_ONE]`, but received `INVALID`',
      'Invalid input for `some`, it must match the values `[a, b]`, but received `["a", "c"]`',
      'Invalid input for `list`, Unable to parse array element as `INT` on `s1`, but received `["s1", "s2"]`',
      'Invalid input for `mail`, The input must be a valid email, but received `nobody`',
      'Invalid input for `csv`, File type not allowed. Accepted extensions: .csv, .txt, but received `kestra:///a/b.exe`',
    ],
  );
  const broken = problems.find(({ path }) => path === 'inputs.broken')!;
  assert.match(broken.message, /its default cannot be rendered/);
  assert.match(problems[1]!.message, /expected a whole number, got "many"/);
});

test('leaving out what is not asked for', () => {
  const on = { inputs: ['kind'], condition: "{{ inputs.kind == 'card' }}" };
  const inputs = [
    anInput('number', 'STRING', { dependsOn: on }),
    anInput('check', 'INT', { dependsOn: { inputs: ['number'] } }),
    anInput('kind', 'SELECT', { values: ['card', 'cash'] }),
    anInput('note', 'STRING', { required: false }),
    anInput('reason', 'STRING', { dependsOn: { inputs: ['note'] } }),
  ];
  const card = resolve(inputs, { kind: 'card', number: '4', check: '7' });
  assert.deepEqual([card.problems, card.inputs], [[], { number: '4', check: 7, kind: 'card', note: null }]);
  const cash = resolve(inputs, { kind: 'cash', number: '4', note: 'x', reason: 'y' });
  assert.deepEqual([cash.problems, cash.inputs], [[], { kind: 'cash', note: 'x', reason: 'y' }]);
  assert.deepEqual(
    cash.each.map(({ input, enabled }) => [input.id, enabled]),
    [
      ['number', false],
      ['check', false],
      ['kind', true],
      ['note', true],
      ['reason', true],
    ],
  );
  const wrong = [
    anInput('a', 'INT', { required: false }),
    anInput('b', 'INT', { dependsOn: { inputs: [], condition: '{{ inputs.c }}' } }),
  ];
  assert.match(sentences(wrong)[0]!, /Invalid input for `b`, Invalid condition: /);
});

test('choosing from values that an expression gives', () => {
  const inputs = [
    anInput('region', 'SELECT', { values: ['eu', { label: 'America', value: 'us' }] }),
    anInput('zone', 'SELECT', { expression: '{{ [inputs.region ~ 1, inputs.region ~ 2] }}', autoSelectFirst: true }),
    anInput('free', 'SELECT', { values: ['a'], allowCustomValue: true }),
    anInput('several', 'MULTISELECT', { values: ['1', '2'], itemType: 'INT' }),
  ];
  const { inputs: values, each, problems } = resolve(inputs, { region: 'us', free: 'b', several: '[1, 2]' });
  assert.deepEqual([problems, values], [[], { region: 'us', zone: 'us1', free: 'b', several: [1, 2] }]);
  assert.deepEqual([each[1]!.input.values, each[1]!.isDefault], [['us1', 'us2'], true]);
  assert.match(sentences(inputs, { region: 'America', zone: 'x', free: 'b', several: [] })[0]!, /values `\[eu, us\]`/);
  const odd = anInput('odd', 'SELECT', { expression: 'no list' });
  assert.match(sentences([odd], { odd: 'x' })[0]!, /Invalid expression result\. Expected a list of strings/);
  const broken = anInput('odd', 'SELECT', { expression: '{{ nothing.here }}' });
  assert.match(sentences([broken], { odd: 'x' })[0]!, /Cannot render 'expression'\. Cause: /);
});

test('resolving a form by the inputs inside it', () => {
  const inside = [
    anInput('region', 'STRING'),
    anInput('size', 'INT', { defaults: 3, dependsOn: { inputs: ['place.region'] } }),
  ];
  const inputs = [
    anInput('remote', 'BOOL'),
    anInput('place', 'FORM', { inputs: inside, dependsOn: { inputs: ['remote'], condition: '{{ inputs.remote }}' } }),
  ];
  assert.deepEqual(resolve(inputs, { remote: 'true', 'place.region': 'eu' }).inputs, {
    remote: true,
    place: { region: 'eu', size: 3 },
  });
  assert.deepEqual(resolve(inputs, { remote: 'false' }).inputs, { remote: false });
  assert.match(sentences(inputs, { remote: 'true' })[0]!, /Invalid input for `place\.region`, missing required input/);
});

test('sealing secrets, and repeating none', () => {
  const inputs = [
    anInput('token', 'SECRET', { validator: '[a-z]+' }),
    anInput('header', 'STRING', { defaults: 'Bearer {{ inputs.token }}' }),
  ];
  const seal = (id: string, text: string) => ({ sealed: `${id}:${text.length}` });
  const { inputs: values, problems, each } = resolve(inputs, { token: 'hunter' }, { seal });
  assert.deepEqual([problems, values], [[], { token: { sealed: 'token:6' }, header: 'Bearer hunter' }]);
  assert.deepEqual(each[0]!.value, { sealed: 'token:6' });
  const refused = resolve(inputs, { token: 'HUNTER2' }, { seal });
  assert.equal(JSON.stringify(refused.problems).includes('HUNTER2'), false);
  assert.match(refused.problems[0]!.kestra!, /it must match the pattern `\[a-z\]\+`, but received `\*{6}`/);
  assert.equal(JSON.stringify(refused.each[0]).includes('HUNTER2'), false);
  assert.match(sentences(inputs, { token: 'hunter' })[0]!, /encryption is not configured/);
});

test('ending a validator that would take for ever', () => {
  for (const validator of ['^(a+)+$', '(a|a)*b', '(.*)*x']) {
    const inputs = [anInput('x', 'STRING', { validator })];
    const { problems } = resolve(inputs, { x: `${'a'.repeat(5_000)}!` });
    assert.match(problems[0]!.message, /which takes too long/, validator);
    assert.match(problems[0]!.kestra!, /it must match the pattern/);
  }
  const long = resolve([anInput('x', 'STRING', { validator: 'a*' })], { x: 'a'.repeat(10_001) });
  assert.match(long.problems[0]!.message, /expected at most 10000 characters/);
});

test('wanting the whole text to match, as Java reads the pattern', () => {
  const fits = (validator: string, x: string) =>
    resolve([anInput('x', 'STRING', { validator })], { x }).problems.length === 0;
  const cases: [validator: string, text: string, fits: boolean][] = [
    ['A\\d+', 'A12', true],
    ['A\\d+', 'A12 ', false],
    ['a|ab', 'ab', true],
    ['^a$', 'a\n', false],
    ['(?i)abc', 'ABC', true],
    ['\\p{Alpha}+', 'abc', true],
    ['[a-z&&[^b]]+', 'abc', false],
    ['.*', '', true],
  ];
  for (const [validator, text, expected] of cases)
    assert.equal(fits(validator, text), expected, `${validator} ${text}`);
});
