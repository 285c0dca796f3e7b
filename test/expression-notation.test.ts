/** Other notations: JSON, YAML and Ion, written and read. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { newBudget } from '../lib/expression/budget.ts';
import { readIon } from '../lib/expression/ion/read.ts';
import { renderText } from '../lib/expression/render.ts';
import { json } from '../lib/expression/value/json.ts';
import { failureOf, rendering } from './support/expressions.ts';

describe('writing JSON', () => {
  rendering(
    [
      ['{{ s | toJson }} {{ n | json }} {{ null | toJson }} {{ true | toJson }}', '"a\\"b" 1.5 null true'],
      [
        '{{ {"a": null, "b": [null]} | toJson }} {{ {"a": null} | toJson(includeNulls=true) }}',
        '{"b":[null]} {"a":null}',
      ],
      ['{{ [1.0, 100000000.0, 0.00001] }} {{ [1.0 / 0] }}', '[1.0,1.0E8,1.0E-5] ["Infinity"]'],
      ['{{ [tiny, s] }}', '[1.0E-5,"a\\"b"]'],
    ],
    { s: 'a"b', n: 1.5, tiny: 0.00001 },
  );
  test('the same whether the runtime writes it or we do', () => {
    const ordinary = { list: [1, 'x', true, [], {}], deep: { é: '\u2028"\\' } };
    assert.equal(json(ordinary), JSON.stringify(ordinary));
    assert.equal(json({ ...ordinary, more: 2n }), JSON.stringify({ ...ordinary, more: 2 }));
  });
});

describe('reading JSON', () => {
  rendering([
    [
      '{{ fromJson(\'{"a": 1.0, "b": 12345678901234567890, "c": 9007199254740993}\') }}',
      '{"a":1.0,"b":12345678901234567890,"c":9007199254740993}',
    ],
    ["{{ fromJson('[1, 2]')[1] + 1 }} {{ json('\"x\"') }} {{ fromJson(null) }}|", '3 x |'],
    ["{{ fromJson('{a}') }}", /expected JSON: /],
    ['{{ fromJson() }}', /expected the argument `json`/],
    ['{{ fromJson(\'{"__proto__": {"x": 1}}\').x }}', /Unable to find `x`/],
  ]);
});

describe('writing YAML', () => {
  const context = {
    list: ['string', 1, 1.5, [1, [2]], { a: 1, b: { c: [1] } }],
    map: { text: 'plain text', lines: 'a\nb\n', list: ['x'], map: { deep: { er: 1 } }, none: {}, empty: [], nul: null },
    odd: ['true', '1', 'a: b', '- x', '', ' x', "it's", 'a,b', '# c', '@x', 'null', 'y', 'a\tb'],
  };
  rendering(
    [
      ['{{ "string" | yaml }}{{ 1 | yaml }}{{ true | yaml }}{{ null | yaml }}', 'string\n1\ntrue\nnull'],
      ['{{ list | yaml }}', ' - string\n - 1\n - 1.5\n -  - 1\n    -  - 2\n - a: 1\n   b:\n     c:\n      - 1\n'],
      [
        '{{ map | yaml }}',
        'text: plain text\nlines: |\n  a\n  b\nlist:\n - x\nmap:\n  deep:\n    er: 1\nnone: {}\nempty: []\nnul: null\n',
      ],
      [
        '{{ odd | yaml }}',
        ' - "true"\n - 1\n - "a: b"\n - \'- x\'\n - ""\n - \' x\'\n - it\'s\n - "a,b"\n - "# c"\n - \'@x\'\n - "null"\n - "y"\n - a\tb\n',
      ],
    ],
    context,
  );
});

describe('reading YAML', () => {
  const text = '# comment\nstring: s\nint: 123\nfloat: 1.5\ndate: 2024-01-02\nlist:\n  - a: x\n';
  rendering(
    [
      [
        '{{ yaml(text).string }} {{ yaml(text).int + 1 }} {{ yaml(text).float }} {{ yaml(text).date }} {{ yaml(text).list[0].a }}',
        's 124 1.5 2024-01-02 x',
      ],
      ['{{ yaml("a: [") }}', /expected YAML: .*line 1/],
    ],
    { text },
  );
});

describe('writing Ion', () => {
  const map = { ok: 'x', 'a b': [1, {}], null: 1 };
  rendering(
    [
      [
        '{{ "a\\"b" | toIon }} {{ 1 | toIon }} {{ 1.5 | toIon }} {{ 2.0 | toIon }} {{ null | toIon }} {{ true | toIon }}',
        '"a\\"b" 1 1.5e0 2e0 null true',
      ],
      ['{{ map | toIon }}', "{ok:\"x\",'a b':[1,{}],'null':1}"],
      ['{{ ("12.3" | number) | toIon }} {{ ("1.50" | number("BIGDECIMAL")) | toIon }}', '12.300000190734863e0 1.50'],
    ],
    { map },
  );
});

describe('reading Ion', () => {
  const read = (text: string): unknown => JSON.parse(json(readIon(text, newBudget()), { nulls: true }));
  const cases: readonly (readonly [string, unknown])[] = [
    [
      '{date:2024-04-21T23:00:00.000Z, title:"Main_Page",views:109787}',
      [{ date: '2024-04-21T23:00:00.000Z', title: 'Main_Page', views: 109787 }],
    ],
    ['1 -2 1.5 2e3 1d2 0x1F 0b101 1_000', [1, -2, 1.5, 2000, 100, 31, 5, 1000]],
    ["\"a\\n\\x41\\u00e9\" 'sym bol' symbol '''long ''' '''text'''", ['a\nAé', 'sym bol', 'symbol', 'long text']],
    [
      '[null, null.string, true, false, nan, +inf] (a + b)',
      [
        [null, null, true, false, 'NaN', 'Infinity'],
        ['a', '+', 'b'],
      ],
    ],
    [
      '$ion_1_0 note::{a:1 /* c */, // d\n b:x::y::2,} {{aGk=}} 2024T 2024-01-02',
      [{ a: 1, b: 2 }, 'aGk=', '2024T', '2024-01-02'],
    ],
    ['', []],
  ];
  for (const [text, wanted] of cases) test(JSON.stringify(text), () => assert.deepEqual(read(text), wanted));

  test('digits of any number', () =>
    assert.equal(renderText('{{ fromIon("12345678901234567890") }}', {}), '12345678901234567890'));
  test('one row, or all of them', () => {
    const rows = { rows: '{id:0}\n{id:9}\n' };
    assert.equal(
      renderText('{{ fromIon(rows) }} {{ fromIon(rows, allRows=true) }}', rows),
      '{"id":0} [{"id":0},{"id":9}]',
    );
    assert.equal(renderText('{{ fromIon(null) }}{{ fromIon("") }}|', {}), '|');
  });
  for (const wrong of ['{not: ion', '{a:1', '[1', '"x', "'''x", '{1:2}', '{a 1}', '{{x', '}'])
    test(`refusing ${wrong}`, () =>
      assert.match(failureOf('{{ fromIon(ion) }}', { ion: wrong }).message, /expected Ion: /));
  test('refusing what is too deep', () =>
    assert.equal(failureOf('{{ fromIon(ion) }}', { ion: '['.repeat(5_000) }).fault, 'budget'));
});
