/** Regular expressions of our own: they find what Java's find, and stop when it takes too long. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { newBudget } from '../lib/expression/budget.ts';
import { ValueError } from '../lib/expression/error.ts';
import { find } from '../lib/expression/regex/match.ts';
import { parseRegex } from '../lib/expression/regex/parse.ts';
import { replaceAll, splitBy } from '../lib/expression/regex/replace.ts';

const groupsOf = (pattern: string, text: string): readonly (string | undefined)[] | undefined =>
  find(parseRegex(pattern), text, 0, newBudget())?.groups;

describe('finding', () => {
  /** The first match and its groups; none where it does not fit. */
  const cases: readonly (readonly [
    pattern: string,
    text: string,
    wanted: readonly (string | undefined)[] | undefined,
  ])[] = [
    ['b+', 'abbbc', ['bbb']],
    ['a.c', 'a\nc abc', ['abc']],
    ['(?s)a.c', 'a\nc', ['a\nc']],
    ['^b', 'a\nb', undefined],
    ['(?m)^b$', 'a\nb\nc', ['b']],
    ['a$', 'a\n', ['a']],
    ['a\\z', 'a\n', undefined],
    ['(a)|(b)', 'b', ['b', undefined, 'b']],
    ['(a|ab)(c|bcd)(d*)', 'abcd', ['abcd', 'a', 'bcd', '']],
    ['a{2,3}', 'aaaa', ['aaa']],
    ['a{2,}?', 'aaaa', ['aa']],
    ['a{2}', 'aaa', ['aa']],
    ['a++a', 'aaa', undefined],
    ['(?>a+)b', 'aab', ['aab']],
    ['(?:ab)+', 'ababa', ['abab']],
    ['(a*)*b', 'aaab', ['aaab', '']],
    ['(\\w+) \\1', 'hey hey', ['hey hey', 'hey']],
    ['(?<word>\\w)\\k<word>', 'xyy', ['yy', 'y']],
    ['(?i)HeLLo', 'hello', ['hello']],
    ['(?i:A)b', 'ab', ['ab']],
    ['(?i:A)b', 'aB', undefined],
    ['a(?=b)', 'acab', ['a']],
    ['a(?!b)', 'abac', ['a']],
    ['(?<=\\$)\\d+', '5 $42', ['42']],
    ['(?<!\\$)\\b\\d+', '$42 7', ['7']],
    ['[^a-c\\s]+', 'abc xyz', ['xyz']],
    ['[a-z&&[^bc]]+', 'bcda', ['da']],
    ['[]a]+', 'x]a]', [']a]']],
    ['[\\]\\-x]+', 'a-]x', ['-]x']],
    ['\\p{Lu}\\p{L}*', 'aÉcole', ['École']],
    ['\\p{Alpha}+', 'école', ['cole']],
    ['\\P{Digit}+', '12ab', ['ab']],
    ['\\Qa.b\\E+', 'a.bb', ['a.bb']],
    ['\\x41\\u0042\\t', 'AB\t', ['AB\t']],
    ['\\bfoo\\b', 'foobar foo', ['foo']],
    ['\\R', 'a\r\nb', ['\r\n']],
    ['(?x) a b # c', 'ab', ['ab']],
    ['.', '😀x', ['😀']],
    ['', 'x', ['']],
  ];
  for (const [pattern, text, wanted] of cases)
    test(`${pattern} in ${JSON.stringify(text)}`, () => assert.deepEqual(groupsOf(pattern, text), wanted));

  test('the same as the runtime, of what both understand', () => {
    const patterns = [
      '(a|b)*c',
      'a+?b*',
      '(x?)(y?)z',
      '[a-c]{1,3}d?',
      '(ab|a)(bc|c)?',
      '\\d+(?:\\.\\d+)?',
      '(a+)(b+)?',
      '^.*?b',
    ];
    const texts = ['abcabc', 'xyz', 'aabbcc', '12.5 and 7', 'abc', 'zzz', '', 'ababab'];
    for (const pattern of patterns)
      for (const text of texts) {
        const native = new RegExp(pattern).exec(text);
        assert.deepEqual(groupsOf(pattern, text), native ? [...native] : undefined, `${pattern} in ${text}`);
      }
  });
});

describe('refusing', () => {
  for (const [pattern, message] of [
    ['(', /expected `\)`, got `the end` at character 2/],
    [')', /expected nothing to close, got `\)`/],
    ['[a', /expected `\]`/],
    ['*a', /expected something to repeat, got `\*`/],
    ['a{3,1}', /expected a count/],
    ['[z-a]', /expected a range that goes up/],
    ['\\y', /expected an escape/],
    ['\\p{Nope}', /expected a property of characters, got Nope/],
    ['\\2(a)', /expected a group that stands before/],
    ['a'.repeat(2_000), /at most 1000 characters/],
    ['('.repeat(500), /at most 100 groups/],
  ] as const)
    test(pattern.slice(0, 20), () => assert.throws(() => parseRegex(pattern), { name: 'ValueError', message }));
});

test('replacing with groups', () => {
  const replaced = (pattern: string, text: string, by: string): string =>
    replaceAll(parseRegex(pattern), text, by, newBudget());
  assert.equal(replaced('(\\w+)@(\\w+)', 'a@b c@d', '$2 at $1'), 'b at a d at c');
  assert.equal(replaced('(?<y>\\d+)', 'in 2024', '\\$${y}'), 'in $2024');
  assert.equal(replaced('(a)', 'a', '$10'), 'a0');
  assert.equal(replaced('b*', 'abc', '-'), '-a--c-');
  assert.throws(() => replaced('a', 'a', '$x'), ValueError);
  assert.throws(() => replaced('a', 'a', '$1'), ValueError);
});

test('splitting', () => {
  const split = (pattern: string, text: string, limit = 0): readonly string[] =>
    splitBy(parseRegex(pattern), text, limit, newBudget());
  assert.deepEqual(split(',', 'a,,b,,'), ['a', '', 'b']);
  assert.deepEqual(split(',', 'a,,b,,', -1), ['a', '', 'b', '', '']);
  assert.deepEqual(split('\\s*,\\s*', 'a , b,c', 2), ['a', 'b,c']);
  assert.deepEqual(split('', 'abc'), ['a', 'b', 'c']);
  assert.deepEqual(split('(?=[A-Z])', 'fooBarBaz'), ['foo', 'Bar', 'Baz']);
  assert.deepEqual(split(',', ''), ['']);
  assert.deepEqual(split(',', ',,'), []);
});

test('paying for every try, however long the text', () => {
  const budget = newBudget();
  assert.equal(find(parseRegex('x'), 'a'.repeat(10_000), 0, budget), undefined);
  assert.ok(budget.steps > 1_000);
  assert.throws(() => find(parseRegex('(a+)+$'), `${'a'.repeat(40)}b`, 0, newBudget()), { fault: 'budget' });
});
