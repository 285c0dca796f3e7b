/** Expressions: what the real Pebble answered, what they may cost, where they say they are wrong, and what they can reach. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import {
  checkTemplate,
  compile,
  ExpressionError,
  isFalse,
  reachesOf,
  renderAll,
  renderText,
} from '../lib/expression/render.ts';

type Golden = {
  ctx: Record<string, unknown>;
  cases: { g: string; t: string; out?: string; ok: boolean; err?: string }[];
};

const golden: Golden = JSON.parse(readFileSync(new URL('./golden/pebble.json', import.meta.url), 'utf8'));
/** A function that only the recording had. */
const NAMED = '{% macro named(a, b) %}a={{ a }},b={{ b }}{% endmacro %}';
const GOLDEN_LEAST = 125;

const failure = (template: string, context: Record<string, unknown> = {}): ExpressionError => {
  try {
    renderText(template, context);
  } catch (error) {
    assert.ok(error instanceof ExpressionError, String(error));
    return error;
  }
  return assert.fail(`expected an error of ${template}`);
};

test('answering what the real Pebble answers', () => {
  const mismatches = golden.cases.flatMap(({ t, out, ok }) => {
    let got: string | undefined;
    try {
      got = renderText(NAMED + t, golden.ctx);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      return ok ? [`${t}: expected ${JSON.stringify(out)}, got ${error.message}`] : [];
    }
    return ok && got === out
      ? []
      : [`${t}: expected ${ok ? JSON.stringify(out) : 'an error'}, got ${JSON.stringify(got)}`];
  });
  assert.deepEqual(mismatches, []);
  assert.ok(golden.cases.length >= GOLDEN_LEAST, `${golden.cases.length} cases`);
});

describe('rendering', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['{{ 7 / 2 }} {{ 7.0 / 2 }} {{ -7 / 2 }} {{ 2.5 * 2 }}', '3 3.5 -3 5.0'],
    ['{{ 10000000.0 }} {{ 0.00001 }}', '1.0E7 1.0E-5'],
    ['{{ not false and true }}', 'true'],
    ['{{ n isIn [1, 5] }} {{ "b" isIn map }} {{ "2" isIn map }} {{ "z" isIn map }}', 'true true true false'],
    ['{{ [n, 2] contains n }} {{ [1, 2] contains 2 }}', 'true true'],
    ['{{ ({"a": {"b": 1}}).a.b }}{{ {"a": {}} }}', '1{"a":{}}'],
    [
      '{% for u in users %}{{ loop.index }}{{ loop.last ? "." : "," }}{{ u.name }}{% else %}none{% endfor %}',
      '0,jo1.al',
    ],
    ['{% for e in map %}{{ e.key }}={{ e.value }};{% endfor %}', 'a=1;b=2;'],
    ['{% for x in nothing %}{{ x }}{% else %}none{% endfor %}', 'none'],
    ['{% set total = 0 %}{% for i in 1..4 %}{% set total = total + i %}{% endfor %}{{ total }}', '10'],
    ['{% raw %}{{ n }}{% endraw %}{% verbatim %}{% x %}{% endverbatim %}', '{{ n }}{% x %}'],
    ['{% filter upper | trim %} a{{ n }} {% endfilter %}', 'A5'],
    [
      '{% macro fact(n) %}{% if n <= 1 %}1{% else %}{{ n * (fact(n - 1) | number) }}{% endif %}{% endmacro %}{{ fact(5) }}',
      '120',
    ],
    ['{{ nope is defined }} {{ nul is defined }} {{ map.a is defined }}', 'false false true'],
    ['{{ n is equalTo(5) }} {{ "abc" is map }}', 'true false'],
    ['{{ "a b&ü/" | urlencode }} {{ "a+b%26" | urldecode }}', 'a+b%26%C3%BC%2F a b&'],
    [
      '{{ "hi" | base64encode }} {{ "aGk=" | base64decode }} {{ "hi" | md5 }}',
      'aGk= hi 49f68a5c8493ec2c0bf489821c21fc3b',
    ],
    [
      '{{ [3, 1, 2] | sort }} {{ ["b", "a"] | rsort }} {{ [1, 2, 1] | distinct }} {{ [1, 2, 3] | chunk(2) }}',
      '[1,2,3] ["b","a"] [1,2] [[1,2],[3]]',
    ],
    [
      '{{ "a-b-c" | substringAfterLast("-") }} {{ "a\\b" | replace({"b": "c"}) }} {{ "x1y2" | replace({"[0-9]": "_"}, regexp=true) }}',
      'c a\\c x_y_',
    ],
    [
      '{{ 1234567.891 | numberFormat("#,##0.00") }} {{ "5" | number + 1 }} {{ "1.50" | number("DOUBLE") }}',
      '1,234,567.89 6 1.5',
    ],
    ['{{ "a\n" ~ "b" | indent(2) }}|{{ "a" | nindent(2) }}', 'a\n  b|\n  a'],
    ['{{ "hello world" | title }} {{ "hello" | slice(1, 3) }} {{ "hello" | abbreviate(4) }}', 'Hello World el h...'],
    ['{{ max(1, 5, 3) }} {{ min(2, 1.5) }} {{ range(0, 6, 3) }}', '5 1.5 [0,3,6]'],
    ['{{ render(tpl) }} {{ renderOnce(tpl) }}', '5 5'],
    [
      '{{ map | merge({"c": 3}) }} {{ map | keys }} {{ [1.0, {"x": 2.0}] }}',
      '{"a":1,"b":2,"c":3} ["a","b"] [1.0,{"x":2.0}]',
    ],
    ['{{ currentEachOutput(outputs.t).value }}', 'inner'],
  ];
  const context = {
    n: 5,
    nul: null,
    nothing: [],
    tpl: '{{ n }}',
    map: { a: 1, b: 2 },
    users: [{ name: 'jo' }, { name: 'al' }],
    taskrun: { value: 'y' },
    parents: [{ taskrun: { value: 'x' } }],
    outputs: { t: { x: { y: { value: 'inner' } } } },
  };
  for (const [template, wanted] of cases)
    test(JSON.stringify(template), () => assert.equal(renderText(template, context), wanted));

  test('everything in a value, keys of maps too, and nothing but texts', () => {
    const value = { '{{ n }}': ['{{ n }}', 1, true, null, { deep: 'x{{ map.a }}' }], plain: '{ "not": "a template" }' };
    assert.deepEqual(renderAll(value, context), {
      '5': ['5', 1, true, null, { deep: 'x1' }],
      plain: '{ "not": "a template" }',
    });
  });

  test('no text of the data as a template', () => assert.equal(renderText('{{ tpl }}', context), '{{ n }}'));
});

test('knowing which condition texts are false', () => {
  assert.deepEqual(['', 'false', '0', '-0'].map(isFalse), [true, true, true, true]);
  assert.deepEqual(['False', ' ', 'null', '00', 'true'].map(isFalse), [false, false, false, false, false]);
});

describe('finding what a template can reach', () => {
  const cases: readonly (readonly [unknown, readonly (readonly string[])[]])[] = [
    ['a {{ outputs.first.value }}', [['outputs', 'first', 'value']]],
    ['{{ outputs["my-task"].list[0] }}', [['outputs', 'my-task', 'list', '0']]],
    ['{{ outputs[inputs.x].value }}', [['inputs', 'x'], ['outputs']]],
    ['{{ (outputs).a }}', [['outputs', 'a']]],
    ['{{ (n ? outputs : inputs).a }}', [['n'], ['outputs'], ['inputs']]],
    ['{% for x in outputs.t %}{{ x.y }}{{ loop.index }}{% endfor %}{{ x }}', [['outputs', 't'], ['x']]],
    ['{% macro m(a) %}{{ a.b }}{{ c }}{% endmacro %}{{ m(d) }}', [['c'], ['d']]],
    ['{{ "a#{vars.b}" | default(x) }}', [['vars', 'b'], ['x']]],
    ['{{ render(vars.t) }}', [[], ['vars', 't']]],
    ['{{ currentEachOutput(outputs.t) }}', [['parents'], ['taskrun'], ['outputs', 't']]],
    [{ '{{ k }}': ['{{ a.b }}', { c: '{{ a.b }}' }, 1, '{{ broken'] }, [['k'], ['a', 'b']]],
    ['no template', []],
  ];
  for (const [value, wanted] of cases) test(JSON.stringify(value), () => assert.deepEqual(reachesOf(value), wanted));
});

describe('saying what is wrong and where', () => {
  test('a missing variable, with the nearest name', () => {
    const error = failure('first\n  {{ inputs.nmae }}', { inputs: { name: 'x' } });
    assert.deepEqual([error.line, error.column], [2, 13]);
    assert.equal(error.excerpt, `  {{ inputs.nmae }}\n${' '.repeat(12)}^`);
    assert.match(
      error.message,
      /^Unable to find `nmae` used in the expression `first\s+\{\{ inputs.nmae \}\}` at line 2, column 13; did you mean `name`\?$/,
    );
  });
  test('a missing root', () =>
    assert.match(
      failure('{{ input }}', { inputs: 1 }).message,
      /^Unable to find `input` used in the expression `\{\{ input \}\}` at line 1, column 4; did you mean `inputs`\?$/,
    ));
  test('a type', () => assert.match(failure('{{ "x" - 1 }}').message, /expected a number before `-`, got a text/));
  test('a long line, cut around the caret', () => {
    const error = failure(`${'a'.repeat(500)}{{ nope }}${'b'.repeat(500)}`);
    const [line, caret] = error.excerpt.split('\n');
    assert.equal(line!.slice(caret!.length - 1, caret!.length + 3), 'nope');
  });
  const syntax: readonly (readonly [string, RegExp, number])[] = [
    ['{{ a', /closing `}}`/, 1],
    ['{{ a | uper }}', /filter, got `uper`.*did you mean `upper`/, 8],
    ['{{ frmJson(a) }}', /did you mean `fromJson`/, 4],
    ['{{ a is evne }}', /did you mean `even`/, 9],
    ['{{ a | join(sep="x") }}', /expected an argument of `join` \(separator\), got `sep`/, 8],
    ['{{ a | split }}', /expected the argument `delimiter`/, 8],
    ['{% if a %}x', /endif/, 1],
    ['{% for a in b %}x{% endif %}', /expected `endfor`, got `endif`/, 18],
    ['x{% endif %}', /ends nothing/, 2],
    ['{{ a b }}', /expected the end of the expression, got `b`/, 6],
    ['{{ (a }}', /expected `\)`, got `}`/, 7],
    ['{{ }}', /got nothing/, 1],
    ['{{ "a }}', /closing " of a string/, 4],
    ['{{ a # b }}', /got `#`/, 6],
    ['{% nope %}', /expected a tag/, 1],
  ];
  for (const [template, message, column] of syntax) {
    test(template, () => {
      const error = checkTemplate(template);
      assert.match(error?.message ?? 'no error', message);
      assert.equal(error?.column, column);
    });
  }
  test('nothing of a good template', () =>
    assert.equal(checkTemplate('{{ nope.there | upper }} {"a": {"b": 1}}'), undefined));
});

describe('ending what costs too much', () => {
  const doubling = (body: string): string => `{% set a = ['x'] %}{% for i in 1..40 %}{% set a = ${body} %}{% endfor %}`;
  const cases: readonly (readonly [string, string])[] = [
    ['a big range', '{{ range(0, 1000000000) }}'],
    ['a big range of dots', '{% for i in 0..999999999999 %}x{% endfor %}'],
    ['loops in loops', '{% for i in 1..10000 %}{% for j in 1..10000 %}{% endfor %}{% endfor %}'],
    ['deep brackets', `{{ ${'('.repeat(100_000)}1${')'.repeat(100_000)} }}`],
    ['deep tags', '{% if true %}'.repeat(100_000)],
    ['a long chain', `{{ ${'1 + '.repeat(100_000)}1 }}`],
    ['many signs', `{{ ${'-'.repeat(100_000)}1 }}`],
    ['a text that doubles', `{% set a = 'x' %}{% for i in 1..60 %}{% set a = a ~ a %}{% endfor %}{{ a }}`],
    ['a list that doubles', `${doubling('a + a')}{{ a | length }}`],
    ['a list that holds itself twice', `${doubling('[a, a]')}{{ a }}`],
    [
      'comparing lists that hold themselves',
      `${doubling('[a, a]')}{% set b = ['x'] %}{% for i in 1..40 %}{% set b = [b, b] %}{% endfor %}{{ a == b }}`,
    ],
    ['a macro that calls itself', '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}'],
    ['a template that renders itself', '{{ render(self) }}'],
    [
      'replacing by longer and longer',
      `{% set a = 'xxxxxxxx' %}{% for i in 1..60 %}{% set a = a | replace({'x': 'xxxxxxxx'}) %}{% endfor %}`,
    ],
    ['a pattern that tries all ways', `{{ '${'a'.repeat(40)}b' | replace({'(.*a){25}': 'x'}, regexp=true) }}`],
    ['a pattern with many stars', `{% set a = '${'a'.repeat(2000)}' %}{{ a | regexMatch('a*a*a*a*c') }}`],
    [
      'splitting by a pattern without an end',
      `{{ '${'a'.repeat(60)}' | split('(a+)+$|x') }}{{ '${'a'.repeat(60)}b' | split('(a+)+$') }}`,
    ],
    ['a jq program that counts', `{{ [1] | jq('[range(1000000000)] | length') }}`],
    ['rendering a list that holds itself twice', `${doubling('[a, a]')}{{ render(a) }}`],
    ['escaping a list that holds itself twice', `${doubling('[a, a]')}{{ a | escapeChar('single') }}`],
    ['joining lists that hold themselves', `${doubling('[a, a]')}{{ a | join }}{{ a | yaml }}{{ a | toIon }}`],
    ['telling apart lists that hold themselves', `${doubling('[a, a]')}{{ [a, a] | distinct }}`],
    ['a wide indent', `{{ 'a' | indent(1000000000) }}{{ 'a' | nindent(1000000000) }}`],
  ];
  for (const [name, template] of cases) {
    test(name, { timeout: 5_000 }, () =>
      assert.equal(failure(template, { self: '{{ render(self) }}' }).fault, 'budget'),
    );
  }
});

describe('keeping what is not data out of reach', () => {
  for (const path of [
    'm.__proto__',
    'm.constructor',
    'm["hasOwnProperty"]',
    's.constructor',
    'l.constructor',
    'l.map',
    's.__proto__',
    's.matchAll(9)',
    's.repeat.call',
    'constructor',
    '__proto__',
    'm.toString()',
    'f.x',
  ]) {
    test(path, () => assert.equal(failure(`{{ ${path} }}`, { m: {}, s: 'x', l: [1], f: 1 }).fault, 'missing'));
  }
  test('a key of a map named __proto__ is only a key', () => {
    assert.equal(renderText('{{ {"__proto__": 1} }}', {}), '{"__proto__":1}');
    assert.equal(JSON.stringify(renderAll(JSON.parse('{"__proto__": "{{ 1 }}"}'), {})), '{"__proto__":"1"}');
  });
});

test('keeping compiled templates, and compiling the same again to the same', () => {
  assert.equal(compile('{{ kept }}'), compile('{{ kept }}'));
  for (let n = 0; n < 10_000; n++) compile(`{{ a${n} }}`);
  assert.equal(compile('{{ kept }}').render({ kept: 1 }), '1');
});
