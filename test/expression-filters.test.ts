/** Filters, one group after another; each row is a template and what it gives, or what its error says. */
import { describe } from 'node:test';
import { rendering } from './support/expressions.ts';

const context = {
  n: 5,
  f: 1.5,
  big: 12345678901,
  nul: null,
  s: 'Hello World',
  list: [3, 1, 2],
  nested: [1, [2, 3], [[4]]],
  map: { b: 1, a: 'x' },
};

describe('changing the letters of a text', () => {
  rendering(
    [
      ['{{ s | upper }} {{ list | upper }} {{ n | lower }} {{ nul | upper }}|', 'HELLO WORLD [3, 1, 2] 5 |'],
      [
        '{{ "  the quick fox" | capitalize }} {{ "the quick fox" | title }} {{ "  x " | trim }}',
        '  The quick fox The Quick Fox x',
      ],
      ['{{ "Crème & Brûlée__x" | slugify }} {{ " A  b " | slugify }}', 'creme-brulee-x a-b'],
      ['{{ "a\nb" | condenseString }}', 'ab'],
      [
        '{{ s | abbreviate(8) }} {{ "ab" | abbreviate(1) }} {{ "hello" | abbreviate(5) }} {{ s | abbreviate(2) }}',
        'Hello... ab he... He',
      ],
      ['{{ s | abbreviate(-1) }}', /a length of at least 0/],
      ['{{ list | trim }}', /expected a text as what is filtered, got a list/],
    ],
    context,
  );
});

describe('taking a part of a text', () => {
  rendering(
    [
      ['{{ "a.b.c" | substringBefore(".") }} {{ "a.b.c" | substringBeforeLast(".") }}', 'a a.b'],
      ['{{ "a.b.c" | substringAfter(".") }} {{ "a.b.c" | substringAfterLast(separator=".") }}', 'b.c c'],
      ['{{ "abc" | substringBefore("-") }}|{{ "abc" | substringAfter("-") }}|', 'abc||'],
      ['{{ s | startsWith("He") }} {{ s | endsWith(value="x") }}', 'true false'],
      ['{{ s | slice(6) }} {{ s | slice(0, 5) }} {{ list | slice(1, 3) }}', 'World Hello [1,2]'],
      ['{{ s | slice(3, 3) }}', /expected two indexes between 0 and 11 that go up/],
      ['{{ s | slice(0, 99) }}', /between 0 and 11/],
      ['{{ s | first }}{{ s | last }} {{ list | first }}{{ list | last }} {{ [] | first }}|', 'Hd 32 |'],
      ['{{ s | length }} {{ list | length }} {{ map | length }} {{ nul | length }} {{ n | length }}', '11 3 2 0 0'],
    ],
    context,
  );
});

describe('indenting', () => {
  rendering([
    ['{{ "a\nb" | indent(2) }}|{{ "a\nb" | nindent(2) }}', 'a\n  b|\n  a\n  b'],
    ['{{ "a\r\nb" | indent(1, "\t") }}|{{ "\n\n" | indent(2) }}|{{ "" | nindent(2) }}', 'a\r\n\tb|\n  \n  |'],
    ['{{ 1 | indent(2) }} {{ null | indent(2) }}', '1 '],
    ['{{ "a" | indent }}', /expected the argument `amount` of `indent`/],
    ['{{ "a" | indent(-1) }}', /an amount of at least 0/],
  ]);
});

describe('ordering and joining lists', () => {
  rendering(
    [
      ['{{ list | sort }} {{ list | rsort }} {{ list | reverse }} {{ list }}', '[1,2,3] [3,2,1] [2,1,3] [3,1,2]'],
      ['{{ ["b", "B", "a"] | sort }} {{ [2.5, 1, 2] | sort }}', '["B","a","b"] [1,2,2.5]'],
      ['{{ ["a", 1] | sort }}', /expected only texts or only numbers to sort, got a number and a text/],
      ['{{ list | join }} {{ list | join(", ") }} {{ [1, null, map] | join("-") }}', '312 3, 1, 2 1-null-{b=1, a=x}'],
      ['{{ "x" | join("-") }}', /expected a list as what is joined/],
      ['{{ nested | flatten }} {{ list | chunk(2) }}', '[1,2,3,[4]] [[3,1],[2]]'],
      ['{{ list | chunk(0) }}', /a size of at least 1/],
      ['{{ n | chunk(2) }}', /expected a list/],
      [
        '{{ [1, 2, 1, "1", 1.0, 1.0] | distinct }} {{ [[1], [1], {"a": 1}] | uniq }} {{ n | uniq }}',
        '[1,2,"1",1.0] [[1],{"a":1}] 5',
      ],
      ['{{ null | distinct }} {{ [n, 5] | distinct }}', 'null [5,5]'],
      ['{{ "x" | distinct }}', /expected a list/],
    ],
    context,
  );
});

describe('splitting', () => {
  rendering([
    [
      '{{ "a,b,,c,," | split(",") }} {{ ",a" | split(",") }} {{ "" | split(",") }} {{ "," | split(",") }}',
      '["a","b","","c"] ["","a"] [""] []',
    ],
    [
      '{{ "a1b22c" | split("[0-9]+") }} {{ "abc" | split("") }} {{ "a.b" | split(".") }}',
      '["a","b","c"] ["a","b","c"] []',
    ],
    [
      '{{ "a,b,c" | split(",", 2) }} {{ "a,b,," | split(",", -1) }} {{ "a.b.c" | split("\\.", limit=2) }}',
      '["a","b,c"] ["a","b","",""] ["a","b.c"]',
    ],
    ['{{ "a" | split("[") }}', /expected `\]`, got `the end` at character 2 of the regular expression `\[`/],
  ]);
});

describe('looking into maps, and merging', () => {
  rendering(
    [
      ['{{ map | keys }} {{ map | values }} {{ list | keys }}', '["b","a"] [1,"x"] [0,1,2]'],
      ['{{ n | keys }}', /expected a map/],
      ['{{ map | merge({"c": 2}) }} {{ map | merge(["q"]) }}', '{"a":"x","b":1,"c":2} {"a":"x","b":1,"q":"q"}'],
      [
        '{{ list | merge([9]) }} {{ list | merge({"k": 1}) }} {{ null | merge(list) }}',
        '[3,1,2,9] [3,1,2,{"k":1}] [3,1,2]',
      ],
      ['{{ null | merge(null) }}', /expected something to merge/],
      ['{{ nope | default("d") }} {{ "" | default("d") }} {{ [] | default(1) }} {{ 0 | default(1) }}', 'd d 1 0'],
    ],
    context,
  );
});

describe('making numbers', () => {
  rendering(
    [
      [
        '{{ "12.3" | number | className }} {{ "2147483647" | number | className }} {{ "2147483648" | number | className }}',
        'java.lang.Float java.lang.Integer java.lang.Long',
      ],
      [
        '{{ "9223372036854775808" | number | className }} {{ "1.23456789012" | number | className }}',
        'java.math.BigInteger java.lang.Double',
      ],
      [
        '{{ "1.234567890123456789012" | number | className }} {{ "0x1F" | number }} {{ "1e3" | number }}',
        'java.math.BigDecimal 31 1000.0',
      ],
      [
        '{{ "5" | number("DOUBLE") }} {{ "1.50" | number("BIGDECIMAL") }} {{ "5" | number("LONG") | className }}',
        '5.0 1.50 java.lang.Long',
      ],
      [
        '{{ n | className }} {{ 5 | className }} {{ big | className }} {{ f | className }}',
        'java.lang.Integer java.lang.Long java.lang.Long java.lang.Double',
      ],
      [
        '{{ list | className }} {{ map | className }} {{ "" | className }} {{ true | className }} {{ null | className }}|',
        'java.util.ArrayList java.util.LinkedHashMap java.lang.String java.lang.Boolean |',
      ],
      ['{{ "x" | number }}', /expected a number, got `x`/],
      ['{{ "3000000000" | number("INT") }}', /expected a number, got `3000000000`/],
      ['{{ "1" | number("SHORT") }}', /expected one of INT, LONG, .* as type, got SHORT/],
      ['{{ -5 | abs }} {{ -1.5 | abs }} {{ "-2" | number("BIGDECIMAL") | abs }}', '5 1.5 2'],
      ['{{ null | abs }}', /expected a number before `abs`, got null/],
      ['{{ 12.5 | string }}{{ "7" | string }}', '12.57'],
    ],
    context,
  );
});

describe('formatting numbers', () => {
  rendering([
    [
      '{{ 1234567.891 | numberFormat("#,##0.00") }} {{ 1234567 | numberFormat("#,####") }} {{ 1234.5 | numberFormat }}',
      '1,234,567.89 123,4567 1,234.5',
    ],
    [
      '{{ 0.5 | numberFormat("#.##") }} {{ 0.5 | numberFormat("#.00") }} {{ 5 | numberFormat("000") }} {{ 0 | numberFormat("#") }}',
      '0.5 .50 005 0',
    ],
    [
      '{{ 2.345 | numberFormat("0.00") }} {{ 0.125 | numberFormat("0.00") }} {{ 2.5 | numberFormat("0") }} {{ 3.5 | numberFormat("0") }}',
      '2.35 0.12 2 4',
    ],
    [
      '{{ 0.125 | numberFormat("0.0%") }} {{ -2 | numberFormat("0.0 EUR") }} {{ 3 | numberFormat("\'#\'0") }}',
      '12.5% -2.0 EUR #3',
    ],
    ['{{ -1234.5 | numberFormat("#,##0.0;(#,##0.0)") }} {{ -0.001 | numberFormat("0.0") }}', '(1,234.5) -0.0'],
    [
      '{{ 12345 | numberFormat("0.###E0") }} {{ 0.00012 | numberFormat("0.#E00") }} {{ 12345 | numberFormat("##0.##E0") }}',
      '1.234E4 1.2E-04 12.34E3',
    ],
    ['{{ "x" | numberFormat("0") }}', /expected a number to format/],
    ['{{ 1 | numberFormat("0.0.0") }}', /expected a format such as #,##0.00/],
  ]);
});

describe('escaping and encoding', () => {
  rendering(
    [
      [`{{ "<a href='x'>&" | escape }}`, '&lt;a href=&#39;x&#39;&gt;&amp;'],
      [
        `{{ "it's" | escapeChar("single") }} {{ "it's" | escapeChar("SHELL") }} {{ '"q"' | escapeChar(type="double") }}`,
        `it\\'s it'\\''s \\"q\\"`,
      ],
      [`{{ {"a": ["it's", 1]} | escapeChar("single") }}`, '{"a":["it\\\\\'s","1"]}'],
      ['{{ "x" | escapeChar("") }}', /expected single, double or shell as type, got ``/],
      ['{{ "a b&ü/*~" | urlencode }} {{ "a+b%26%C3%BC" | urldecode }}', 'a+b%26%C3%BC%2F*%7E a b&ü'],
      ['{{ "%" | urldecode }}', /encodes nothing/],
      ['{{ "hé" | base64encode }} {{ "aMOp" | base64decode }}', 'aMOp hé'],
      ['{{ "**" | base64decode }}', /expected base64 to decode/],
      [
        '{{ "hi" | md5 }} {{ "hi" | sha1 }}',
        '49f68a5c8493ec2c0bf489821c21fc3b c22b5f9178342609428d6f51b2c5af4c0bde6a42',
      ],
      ['{{ "hi" | sha256 }}', '8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4'],
    ],
    context,
  );
});

describe('replacing', () => {
  rendering([
    ['{{ "a.b.a" | replace({"a": "$1", ".": "-"}) }}', '$1-b-$1'],
    ['{{ "aa1bb22" | replace({"(\\d)": "<$1>"}, regexp=true) }}', 'aa<1>bb<2><2>'],
    ['{{ {"k": ["aXa", 1]} | replace({"a": "b"}) }}', '{"k":["bXb","1"]}'],
    ['{{ "x" | replace("a") }}', /expected a map as replace_pairs/],
    [
      '{{ "order-12345" | regexMatch("\\d+") }} {{ "x" | regexMatch(regex="^\\d") }} {{ null | regexMatch(".*") }}',
      'true false false',
    ],
    [
      `{{ "a1b2" | regexReplace("(?<d>\\d)", "[\${d}]") }} {{ "ab" | regexReplace("b*", "-") }} {{ null | regexReplace("a", "b") }}|`,
      'a[1]b[2] -a-- |',
    ],
    ['{{ "order-42-x" | regexExtract("order-(\\d+)", 1) }} {{ "x" | regexExtract("\\d") }}|', '42 |'],
    ['{{ "x" | regexExtract("x", 2) }}', /expected a group between 0 and 0, got 2/],
    ['{{ "a" | regexReplace("a", "$9") }}', /expected a group of the regular expression, got \$9/],
  ]);
});
