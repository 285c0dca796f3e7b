/** jq: common programs, which are run here, give what the real jq gives; all others ask it, in a thread with a time limit. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { JqThread } from '../actors/worker/jq.ts';
import { newBudget } from '../lib/expression/budget.ts';
import { parseJq } from '../lib/expression/jq/parse.ts';
import { runJq } from '../lib/expression/jq/run.ts';
import { NeedsFact, renderText } from '../lib/expression/render.ts';
import { json } from '../lib/expression/value/json.ts';
import { aWorld, failureOf, rendering } from './support/expressions.ts';

const thread = new JqThread();
after(() => thread.close());

const VALUE = {
  a: { b: { c: 'deep' }, 'with-dash': 1 },
  list: [3, 1, 2],
  rows: [
    { id: 2, name: 'b', tags: ['x'] },
    { id: 1, name: 'a', tags: [] },
    { id: 3, name: 'b', tags: ['y', 'x'] },
  ],
  nul: null,
  text: 'Hello World',
  n: 5,
  yes: true,
};

/** Programs that are run here. Each is compared with the real jq. */
const COMMON = [
  '.',
  '.a.b.c',
  '.a["with-dash"], .a."with-dash"',
  '.list[0], .list[-1], .list[9]',
  '.list[1:], .list[:2], .list[-2:-1], .text[0:4]',
  '.list[]',
  '.nope.deeper',
  '.n?, .text.x?, .n[]?',
  '.[] | numbers? // "none"',
  '.rows[] | .name',
  '.rows[].id',
  '[.rows[] | select(.name == "b") | .id]',
  '.rows | map(.id) | add',
  '.rows | map({id, label: .name, "n": (.tags | length)})',
  '{(.text): .n}, {a: (1, 2)}',
  '.rows | length, (.[0] | keys), (.[0] | keys_unsorted)',
  '.rows | sort_by(.id) | .[0].id',
  '.rows | sort_by(.name, .id) | map(.id)',
  '.rows | group_by(.name) | map(length)',
  '.rows | unique_by(.name) | map(.id)',
  '.rows | min_by(.id).id, max_by(.id).id',
  '.list | sort, min, max, reverse, first, last, add, length, any, all',
  '[.list[], 3] | unique',
  '.list | join("-"), (map(tostring) | join(", "))',
  '.list | index(1)? // "none"',
  '[.rows[].tags] | flatten, flatten(0)',
  '.a | to_entries',
  '.a | with_entries(select(.key != "b"))',
  '[{"key": "x", "value": 1}, {"name": "y", "value": null}] | from_entries',
  '.text | ascii_downcase, ascii_upcase, length, split(" "), startswith("He"), endswith("x")',
  '.n + 1, .n - 1.5, .n * 2, .n / 2, .n % 3, -.n',
  '"a" + "b", [1] + [2], {a: 1} + {b: 2}, null + 1, [1, 2, 2] - [2]',
  '{a: {b: 1}} * {a: {c: 2}}',
  '"a,b" / ","',
  '1 < 2, "a" < "b", [] < {}, null < false, [1, 2] == [1, 2], {a: 1} == {a: 1.0}',
  '.n > 3 and .yes, .nul or false, (.yes | not)',
  '.nul // "d", (.list[] | select(. > 5)) // "none", .n // 1',
  'if .n > 3 then "big" elif .n > 1 then "mid" else "small" end',
  '.list | map(if . == 1 then empty else . end)',
  '.nul | values, length',
  '.n | tostring, type, tojson',
  '"12.5" | tonumber, type',
  '"[1,2]" | fromjson | .[1]',
  '[range(3)], [range(1; 4)]',
  '[.. | numbers?] | length > 0',
  '[.a | recurse | type? // empty]',
  '.rows | has(0), has(9)',
  '.a | has("b"), has("z")',
  '.rows | first(.[] | select(.id > 1)) | .id',
  '.list | map_values(. + 1), (map(. * 2) | add)',
  '.n | floor, (2.7 | floor, ceil, round)',
  '.rows[0] | .tags[0] as $x | $x',
  '# a comment\n.n',
];

/** Where the real jq is newer than the one that Kestra has, or beyond what is run here: those are asked. */
const isKnown = (program: string): boolean => parseJq(program) !== undefined;

describe('running common programs as the real jq does', () => {
  for (const program of COMMON.filter(isKnown))
    test(program, () => {
      const real = thread.answer({ kind: 'jq', args: { program, value: VALUE } });
      let ours: unknown;
      try {
        ours = { value: JSON.parse(json(runJq(parseJq(program)!, VALUE, newBudget()), { nulls: true })) };
      } catch {
        assert.ok('refused' in real, `${program} fails here, and gives ${JSON.stringify(real)}`);
        return;
      }
      assert.deepEqual(ours, real);
    });
  test('most of them here', () => assert.ok(COMMON.filter(isKnown).length >= COMMON.length - 5));
});

describe('failing as jq does', () => {
  for (const program of [
    '.n.x',
    '.text[]',
    '.list.a',
    '.rows + 1',
    '{} - 1',
    '.n / 0',
    '.a[0]',
    '.text | tonumber',
    '.n | keys',
    '.list | join(1)',
  ])
    test(program, () => {
      assert.ok('refused' in thread.answer({ kind: 'jq', args: { program, value: VALUE } }));
      assert.match(failureOf('{{ v | jq(p) }}', { v: VALUE, p: program }).message, /jq: expected/);
    });
});

describe('filtering', () => {
  rendering(
    [
      [
        '{{ v | jq(".list[]") }} {{ v | jq(".text") | first }} {{ v | jq(".nope") }} {{ null | jq(".") }}|',
        '[3,1,2] Hello World [null] |',
      ],
      ["{{ '{\"a\": 1.0}' | jq('.a') }} {{ v | jq('.n') | first | className }}", '[1.0] java.lang.Integer'],
      ['{% set o = v | jq(".a") %}{{ o[0].b.c }}', 'deep'],
      ["{{ 'no json' | jq('.') }}", /expected JSON/],
      ['{{ v | jq }}', /expected the argument `expression`/],
    ],
    { v: VALUE },
  );
});

describe('asking the real jq', () => {
  const world = aWorld({ answer: (question) => (question.kind === 'jq' ? thread.answer(question) : undefined) });
  const given = (program: string): string => renderText('{{ v | jq(p) }}', { v: VALUE, p: program }, world);

  test('what is not run here', () => {
    assert.equal(given('reduce .list[] as $x (0; . + $x)'), '[6]');
    assert.equal(given('.text | test("world"; "i"), ascii_downcase'), '[true,"hello world"]');
    assert.equal(given('.list | @csv'), '["3,1,2"]');
    assert.equal(given('def f: . + 1; .n | f'), '[6]');
    assert.equal(given('limit(0; .list[])'), '[]');
  });
  test('with what is wrong with a program', () =>
    assert.match(failureOf('{{ v | jq("nope(") }}', { v: VALUE }, world).message, /jq: error|syntax error/));
  test('as a fact where there is none', () =>
    assert.throws(
      () => renderText('{{ [1] | jq("@text") }}', {}),
      (error) => {
        assert.ok(error instanceof NeedsFact);
        assert.deepEqual(error.question, { kind: 'jq', args: { program: '@text', value: [1] } });
        return true;
      },
    ));
  test('within a time limit, and again behind it', () => {
    const hasty = new JqThread(200);
    const ask = (program: string) => hasty.answer({ kind: 'jq', args: { program, value: null } });
    try {
      ask('1');
      assert.match(JSON.stringify(ask('[limit(100000000000; repeat(1))] | length')), /ends within 200 ms/);
      assert.ok('value' in ask('1 as $x | $x') || 'refused' in ask('1'));
    } finally {
      hasty.close();
    }
  });
});
