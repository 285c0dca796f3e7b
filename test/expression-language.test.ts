/** The language of templates: operators, tags, white space, texts, what is visible where, as Pebble has them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkTemplate, reachesOf, renderText } from '../lib/expression/render.ts';
import { rendering } from './support/expressions.ts';

const context = {
  n: 5,
  s: 'hello',
  nul: null,
  list: [1, 2, 3],
  words: ['b', 'a'],
  map: { a: 1, b: { c: 'deep' } },
  nothing: [],
};

describe('reckoning as Java does', () => {
  rendering(
    [
      ['{{ 7 / 2 }} {{ 7.0 / 2 }} {{ -7 / 2 }} {{ 7 % -3 }} {{ 2.5 * 2 }}', '3 3.5 -3 1 5.0'],
      ['{{ 9223372036854775807 + 1 }}', '-9223372036854775808'],
      ['{{ n * 1000000000 }} {{ -n }} {{ +n }}', '5000000000 -5 5'],
      ['{{ 1.0 / 0 }} {{ 0.1 + 0.2 }} {{ 10000000.0 }} {{ 0.0001 }}', 'Infinity 0.30000000000000004 1.0E7 1.0E-4'],
      ['{{ 1 / 0 }}', /expected a number other than 0 behind `\/`/],
      ['{{ 99999999999999999999 }}', /at most 63 bits/],
      ['{{ ("0.1" | number("BIGDECIMAL")) + 0.2 }} {{ ("1" | number("BIGDECIMAL")) / 3 }}', `0.3 0.${'3'.repeat(34)}`],
      ['{{ ("12.3" | number) + 1 }} {{ ("2" | number("BIGINTEGER")) * 3 }}', '13.3 6'],
      ['{{ 5 == 5.0 }} {{ n == 5 }} {{ "5" == 5 }} {{ "12.3" | number == 12.3 }}', 'true true false true'],
      ['{{ [5] == [5.0] }} {{ list == [1, 2, 3] }} {{ [1, 2] == [1, 2] }}', 'false false true'],
      ['{{ "a" < "b" }} {{ nul < 1 }} {{ 2 >= 2.0 }}', 'true false true'],
      ['{{ "a" < 1 }}', /expected a number before `<`, got a text/],
    ],
    context,
  );
});

describe('binding operators', () => {
  rendering(
    [
      ['{{ 1 + 2 * 3 - 4 / 2 }} {{ (1 + 2) * 3 }}', '5 9'],
      ['{{ not false and true }} {{ not true or true }}', 'true true'],
      ['{{ not n > 3 }}', /expected a number before `>`, got a boolean/],
      ['{{ "a" ~ s | upper }} {{ 1 + list | length }} {{ n ~ 1 + 2 }}', 'AHELLO 4 512'],
      ['{{ nope ?? nul ?? "d" }} {{ nope ??? "d" }}[{{ nul ??? "d" }}]', 'd d[]'],
      ['{{ n > 3 and n < 6 or false ? "y" : "n" }} {{ false ? 1 : true ? 2 : 3 }}', 'y 2'],
      ['{{ nul ? 1 : 2 }} {{ "" ? 1 : 2 }} {{ 0.0 ? 1 : 2 }}', '2 2 2'],
      ['{{ list ? 1 : 2 }}', /expected true or false, a number or a text as a condition, got a list/],
      ['{{ nul and true }}', /got null/],
      [
        '{{ s is not empty }} {{ n is odd }} {{ list is iterable }} {{ map is map }} {{ n is equalTo(5) }}',
        'true true true true true',
      ],
      ['{{ "[1]" is json }} {{ "{" is json }} {{ list is json }}', 'true false true'],
      ['{{ 2.5 is even }}', /expected a whole number to test, got 2.5/],
    ],
    context,
  );
});

describe('finding one thing in another', () => {
  rendering(
    [
      [
        '{{ list contains n }} {{ list contains 2 }} {{ [1, 2] contains 2 }} {{ words contains "a" }}',
        'false false true true',
      ],
      ['{% for i in list %}{{ list contains i }} {% endfor %}', 'true true true '],
      ['{{ words contains ["a", "b"] }} {{ words contains ["a", "z"] }}', 'true false'],
      ['{{ map contains "a" }} {{ "abc" contains "b" }} {{ nul contains 1 }}', 'true true false'],
      ['{{ "2" isIn list }} {{ 2 isIn list }} {{ "a" isIn map }} {{ 1 isIn map }}', 'true true true true'],
      ['{{ n contains 5 }}', /expected a list, a map or a text before `contains`/],
    ],
    context,
  );
});

describe('writing values into texts', () => {
  rendering(
    [
      ['{{ map }} {{ list }} {{ nul }}|', '{"a":1,"b":{"c":"deep"}} [1,2,3] |'],
      ['{{ "" ~ map }} {{ "" ~ list }} {{ "x" + nul }} {{ "x" ~ nul }}', '{a=1, b={c=deep}} [1, 2, 3] xnull x'],
      ['{{ "a#{map}" }} {{ "a#{n + 1}b" }}', 'a{a=1, b={c=deep}} a6b'],
      ['{{ {"a": null, "b": [null, 1.0]} }}', '{"b":[null,1.0]}'],
      ['{{ {"z": 1, "bb": 2, "a": 3} }}', '{"bb":2,"a":3,"z":1}'],
      ['{{ [1] + [2] }} {{ [1, 2, 3] - [2] }} {{ list + 4 }}', '[1,2] [1,3] [1,2,3,4]'],
      ['{{ \'it\\\'s\' }} {{ \'a\\nb\' }} {{ "q\\"q" }} {{ "#\\"" }}', 'it\'s a\\nb q"q #\\"'],
    ],
    context,
  );
});

describe('looping', () => {
  rendering(
    [
      [
        '{% for i in list %}{{ loop.index }}{{ loop.revindex }}{{ loop.first }}{{ loop.last }}{{ loop.length }} {% endfor %}',
        '02truefalse3 11falsefalse3 20falsetrue3 ',
      ],
      ['{% for e in map %}{{ e.key }}={{ e.value }} {{ e }};{% endfor %}', 'a=1 a=1;b={"c":"deep"} b={c=deep};'],
      ['{% for x in nothing %}x{% else %}none{% endfor %}{% for x in nul %}x{% else %}none{% endfor %}', 'none'],
      ["{{ 3..1 }} {{ 1..3 }} {{ 'a'..'c' }} {{ range(6, 0, -3) }}", '[] [1,2,3] ["a","b","c"] [6,3,0]'],
      ['{{ range(0, 1, 0) }}', /expected a step other than 0/],
      ['{% for x in n %}{% endfor %}', /expected a list or a map to loop over, got a number/],
    ],
    context,
  );
});

describe('keeping variables where they belong', () => {
  rendering(
    [
      ['{% for i in 1..3 %}{% if loop.first %}{% set x = i %}{% endif %}{{ x }}{% endfor %}', '111'],
      ['{% for i in 1..3 %}{% set x = i %}{% endfor %}{{ x }}', /Unable to find `x`/],
      ['{% set x = 0 %}{% for i in 1..3 %}{% set x = x + i %}{% endfor %}{{ x }}', '6'],
      ['{% for i in 1..3 %}{% set s = i %}{% endfor %}{{ s }}', '3'],
      ['{% macro m(a, b = "d") %}{{ a }}-{{ b }}{% endmacro %}{{ m("x") }} {{ m(b=1, a=2) }} {{ m() }}', 'x-d 2-1 -d'],
      ['{% macro m() %}{{ s }}{% endmacro %}{{ m() }}', /Unable to find `s`/],
      ['{{ later(1) }}{% macro later(a) %}{{ a }}{% endmacro %}', '1'],
      ['{% macro max(a) %}mine{% endmacro %}{{ max(1, 2) }}', '2'],
      ['{{ block("b") }}{% block b %}[{{ n }}]{% endblock b %}', '[5][5]'],
      ['{{ block("z") }}', /expected the name of a block of this template, got `z`/],
      ['{% for i in 1..2 %}{{ render("{{ i }}{{ n }}") }};{% endfor %}', '15;25;'],
    ],
    context,
  );
});

describe('taking white space', () => {
  rendering(
    [
      ['a {{- n -}} b {{-n}} c', 'a5b -5 c'],
      ['a {# c #} b {#- c -#} d', 'a  bd'],
      ['a {%- if true -%} x {%- endif -%} b', 'axb'],
      ['a {%- raw %} {{ x }} {% endraw -%} b', 'a  {{ x }}  b'],
      ['a {% verbatim %}  {{ x }} {%- endverbatim -%} b', 'a {{ x }}b'],
      ['{% raw %}{{ a\n}}{% endraw %}', '{{ a\n}}'],
      ['{% raw %}{{ a }}', /raw or verbatim, got the end/],
      ['{% set x = 1 %}\nx', '\nx'],
    ],
    context,
  );
});

describe('reading tags that change nothing', () => {
  rendering([
    ['{% autoescape false %}{{ "<" }}{% endautoescape %}{% cache "k" %}c{% endcache %}{% flush %}', '<c'],
    ['{% filter upper | replace({"A": "x"}) %}a{{ 1 }}b{% endfilter %}', 'x1B'],
    ['{% include "x" %}', /no tag that loads another template/],
    ['{% fi x %}', /expected a tag \(autoescape, block, .*did you mean `if`/],
  ]);
});

describe('calling methods', () => {
  rendering(
    [
      [
        '{{ s.length() }} {{ s.length }} {{ s.toUpperCase().substring(1, 3) }} {{ s.charAt(0) }} {{ s.empty }}',
        '5 5 EL h false',
      ],
      [
        '{{ s.matches("h.*o") }} {{ s.matches("h") }} {{ s.split("l+") }} {{ s.replaceAll("l(.)", "<$1>") }}',
        'true false ["he","o"] he<l>o',
      ],
      [
        '{{ list.size() }} {{ list.get(0) }} {{ list.indexOf(2) }} {{ list.indexOf(n) }} {{ nothing.empty }}',
        '3 1 -1 -1 true',
      ],
      [
        '{{ map.size() }} {{ map.containsKey("a") }} {{ map.getOrDefault("z", 1) }} {{ map.keySet() }}',
        '2 true 1 ["a","b"]',
      ],
      ['{{ n.toString() ~ 1 }} {{ 2.7.intValue() }} {{ n.doubleValue() }}', '51 2 5.0'],
      ['{{ map.size }}', /Unable to find `size`/],
      ['{{ s.getClass() }}', /Unable to find `getClass\(\)`/],
      ['{{ s.repeat(2) }} {{ s.repeat(99999999) }}', /a text of at most/],
      ['{{ s.substring(a=1) }}', /no names of arguments/],
    ],
    context,
  );
});

test('refusing what Pebble refuses', () => {
  for (const wrong of [
    '{{ [1, 2,] }}',
    '{{ max(1,) }}',
    '{{ {"a": 1,} }}',
    '{{ [1][0] }}',
    '{{ list.0 }}',
    '{{ a$b }}',
    '{% set null = 1 %}',
    '{% if a %}{% endif b %}',
    '{{ 2 in list }}',
    '{{ s.contains("x") }}',
    '{% macro m(a) %}{{ a | nope }}{% endmacro %}',
  ])
    assert.equal(checkTemplate(wrong)?.fault, 'syntax', wrong);
});

test('forgiving what is missing anywhere in what is asked', () => {
  const forgiven =
    '{{ map[nope] ?? "d" }} {{ map[nope].x is defined }} {{ (nope + 1) | default("d") }} {{ map.b.x ??? "d" }}';
  assert.equal(renderText(forgiven, context), 'd false d d');
});

test('knowing what functions read by themselves', () => {
  assert.deepEqual(reachesOf('{{ fileURI("a") }}{{ env("X") }}'), [['flow'], ['envs']]);
  assert.deepEqual(reachesOf('{{ kv("a") }}{{ now() }}'), []);
});
