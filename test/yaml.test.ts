/** Reading YAML as Kestra's parser does, with places and bounds. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseYaml, readYaml } from '../lib/yaml/yaml.ts';

interface Golden {
  readonly yaml: string;
  readonly json: string | null;
}

/** Where we differ on purpose: whole numbers beyond 2^53 keep their digits as texts. */
const EXCEPTIONS: Readonly<Record<string, unknown>> = {
  'a: 12345678901234567890': { a: '12345678901234567890' },
  'a: 9223372036854775808': { a: '9223372036854775808' },
};

const errorsOf = (source: string) => readYaml(source).problems.filter(({ severity }) => severity === 'error');

test('reading scalars and structures as Kestra does', () => {
  const cases: Golden[] = JSON.parse(readFileSync(new URL('golden/yaml.json', import.meta.url), 'utf8'));
  assert.ok(cases.length > 40);
  for (const { yaml, json } of cases) {
    if (json === null) assert.notEqual(errorsOf(yaml).length, 0, `${yaml} is read`);
    else {
      assert.deepEqual(errorsOf(yaml), [], yaml);
      assert.deepEqual(readYaml(yaml).value, EXCEPTIONS[yaml] ?? JSON.parse(json), yaml);
    }
  }
});

test('pointing at a value, and at its surroundings when it is absent', () => {
  const { at } = readYaml('id: x\ntasks:\n  - id: a\n    type: t\n  - id: b\n    empty:\n');
  assert.deepEqual(at(['id']), { line: 1, column: 5 });
  assert.deepEqual(at(['tasks', 1, 'id']), { line: 5, column: 9 });
  assert.deepEqual(at(['tasks', 1]), { line: 5, column: 5 });
  assert.deepEqual(at(['tasks', 1, 'empty']), { line: 6, column: 5 });
  assert.deepEqual(at(['tasks', 0, 'message']), { line: 3, column: 5 });
  assert.deepEqual(at(['tasks']), { line: 2, column: 1 });
});

test('naming the place of a broken line and of a key written twice', () => {
  const [broken] = errorsOf('id: x\nmessage: {{ inputs.name }}\n');
  assert.equal(broken?.line, 2);
  assert.match(broken!.message, /must stand in quotes/);
  assert.match(errorsOf('a: "x\n')[0]!.message, /^expected YAML, got the end of the text: Missing closing/);
  assert.match(errorsOf('a: 1\n\tb: 2\n')[0]!.message, /^expected YAML, got "b: 2": Tabs/);
  const [twice] = errorsOf('a:\n  k: 1\n  k: 2\n');
  assert.deepEqual([twice?.line, twice?.column, twice?.path, twice?.kestra], [3, 3, 'a.k', "Duplicate field 'k'"]);
});

test('bounding what a hostile document costs', () => {
  assert.match(errorsOf('['.repeat(20_000))[0]!.message, /100 levels/);
  assert.notEqual(errorsOf(`a: ${'- '.repeat(20_000)}`).length, 0);
  assert.match(errorsOf(`${'- '.repeat(500)}x`)[0]!.message, /100 levels/);
  assert.match(errorsOf(`a: ${'x'.repeat(1_100_000)}`)[0]!.message, /1048576/);
  assert.match(errorsOf(`a: [${'1,'.repeat(150_000)}1]`)[0]!.message, /200000 words and signs/);
  assert.equal(errorsOf('__proto__:\n  admin: true\n').length, 1);
  assert.equal(errorsOf('a: !!js/function "x"').length, 1);
  const keys = Array.from({ length: 20_000 }, (_, n) => `key${n}: ${n}`).join('\n');
  assert.equal(Object.keys(readYaml(keys).value as object).length, 20_000);
});

test('never expanding aliases, and saying how they are read', () => {
  const { value, problems } = readYaml('a: &x [1]\nb: [*x, *x]\n');
  assert.deepEqual(value, { a: [1], b: ['x', 'x'] });
  assert.deepEqual(
    problems.map(({ severity }) => severity),
    ['warning', 'warning'],
  );
});

test('reading configuration, with the place in the error', () => {
  assert.deepEqual(parseYaml('port: 8080\nname: x\n'), { port: 8080, name: 'x' });
  assert.throws(() => parseYaml('a: 1\nb: @x\n'), /line 2, column 4/);
});

test('refusing what YAML does not let stand in a text, with its place', () => {
  for (const [sign, got] of [
    ['\u0000', 'U+0000'],
    ['\u0001', 'U+0001'],
    ['\u001b', 'U+001B'],
    ['\ud800', 'U+D800'],
  ] as const) {
    const [first] = readYaml(`a: 1\nb: "x${sign}"\n`).problems;
    assert.deepEqual(
      [first?.message, first?.line, first?.column],
      [`expected characters that YAML allows, got ${got}`, 2, 6],
    );
  }
  assert.equal(readYaml('\u0001[]\na: 1').problems.length, 1);
  assert.deepEqual(readYaml('\ufeffa: "\\u0001 \u0085 \u00e4 \u{1f600} \t"\r\n').value, {
    a: '\u0001 \u0085 \u00e4 \u{1f600} \t',
  });
});
