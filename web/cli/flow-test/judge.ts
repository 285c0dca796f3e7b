/** What a test expects, held against what became of the execution. Each failure is a sentence. */
import type { Assertion } from './suite.ts';

const shown = (value: unknown): string => JSON.stringify(value) ?? 'nothing';
const same = (a: unknown, b: unknown): boolean => shown(sorted(a)) === shown(sorted(b));

/** Keys in one order: maps are equal whatever their order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

/** As a template gives it, everything is text: a number, a list or a map that is expected is looked for in it. */
function alike(actual: unknown, expected: unknown): boolean {
  if (same(actual, expected)) return true;
  if (typeof actual !== 'string' || typeof expected === 'string') return false;
  try {
    return same(JSON.parse(actual), expected);
  } catch {
    return false; // A text that is no JSON is itself alone.
  }
}

type Test = (actual: unknown, expected: never) => boolean;
const TESTS: Readonly<Record<string, readonly [words: string, holds: Test]>> = {
  equalTo: ['', (actual, expected) => alike(actual, expected)],
  notEqualTo: ['something else than ', (actual, expected) => !alike(actual, expected)],
  greaterThan: ['more than ', (actual, expected: number) => Number(actual) > expected],
  greaterThanOrEqualTo: ['at least ', (actual, expected: number) => Number(actual) >= expected],
  lessThan: ['less than ', (actual, expected: number) => Number(actual) < expected],
  lessThanOrEqualTo: ['at most ', (actual, expected: number) => Number(actual) <= expected],
  in: ['one of ', (actual, expected: readonly unknown[]) => expected.some((each) => alike(actual, each))],
  notIn: ['none of ', (actual, expected: readonly unknown[]) => !expected.some((each) => alike(actual, each))],
  startsWith: ['a text that starts with ', (actual, expected: string) => String(actual).startsWith(expected)],
  endsWith: ['a text that ends with ', (actual, expected: string) => String(actual).endsWith(expected)],
  contains: ['a text with ', (actual, expected: string) => String(actual).includes(expected)],
  isNull: ['null: ', (actual, expected: boolean) => isNothing(actual) === expected],
  isNotNull: ['a value: ', (actual, expected: boolean) => isNothing(actual) !== expected],
};

const isNothing = (value: unknown): boolean => value === null || value === undefined || value === '';

/** Empty: it holds. */
export function failuresOf(assertion: Assertion, actual: unknown): readonly string[] {
  const asked = Object.entries(TESTS).filter(([name]) => Object.hasOwn(assertion, name));
  const what = assertion.description ?? String(assertion.value);
  if (asked.length === 0) return [`${what}: expected an assertion with equalTo or the like, got none`];
  return asked.flatMap(([name, [words, holds]]) => {
    const expected = assertion[name as keyof Assertion];
    if (holds(actual, expected as never)) return [];
    return [assertion.errorMessage ?? `${what}: expected ${words}${shown(expected)}, got ${shown(actual)}`];
  });
}
