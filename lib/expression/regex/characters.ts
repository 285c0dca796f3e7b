/** Classes of characters as Java's regular expressions name them. Without a flag, only ASCII is meant. */
import { ValueError } from '../error.ts';
import type { Takes } from './syntax.ts';

const ranges = (...pairs: readonly (readonly [number, number])[]): Takes => {
  return (code) => pairs.some(([low, high]) => code >= low && code <= high);
};
export const not =
  (takes: Takes): Takes =>
  (code) =>
    !takes(code);
export const either =
  (...all: readonly Takes[]): Takes =>
  (code) =>
    all.some((takes) => takes(code));
export const both =
  (a: Takes, b: Takes): Takes =>
  (code) =>
    a(code) && b(code);

const upper = ranges([65, 90]);
const lower = ranges([97, 122]);
const alpha = either(upper, lower);
export const digit = ranges([48, 57]);
export const word = either(alpha, digit, ranges([95, 95]));
const space = ranges([9, 13], [32, 32]);
const blank = ranges(
  [9, 9],
  [32, 32],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x180e, 0x180e],
  [0x2000, 0x200a],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
);
const vertical = ranges([10, 13], [0x85, 0x85], [0x2028, 0x2029]);
export const lineEnd = ranges([10, 10], [13, 13], [0x85, 0x85], [0x2028, 0x2029]);
const graph = ranges([33, 126]);

/** What stands behind a backslash. */
export const ESCAPED: Readonly<Record<string, Takes>> = {
  d: digit,
  D: not(digit),
  w: word,
  W: not(word),
  s: space,
  S: not(space),
  h: blank,
  H: not(blank),
  v: vertical,
  V: not(vertical),
};

const POSIX: Readonly<Record<string, Takes>> = {
  Lower: lower,
  Upper: upper,
  ASCII: ranges([0, 127]),
  Alpha: alpha,
  Digit: digit,
  Alnum: either(alpha, digit),
  Punct: both(graph, not(either(alpha, digit))),
  Graph: graph,
  Print: ranges([32, 126]),
  Blank: ranges([9, 9], [32, 32]),
  Cntrl: ranges([0, 31], [127, 127]),
  XDigit: ranges([48, 57], [65, 70], [97, 102]),
  Space: space,
};

/** `\p{Alpha}`, `\p{L}`, `\p{IsLatin}`, `\p{IsAlphabetic}`. */
export function property(name: string): Takes {
  if (Object.hasOwn(POSIX, name)) return POSIX[name]!;
  if (!/^\w{1,40}(?:=\w{1,40})?$/.test(name)) throw new ValueError(`expected a property of characters, got ${name}`);
  const plain = name.replace(/^(?:Is|In|java)/, '');
  for (const written of [plain, `Script=${plain}`, name]) {
    try {
      const pattern = new RegExp(`\\p{${written}}`, 'u');
      return (code) => pattern.test(String.fromCodePoint(code));
    } catch {
      // Not a name of that sort: the next one may be.
    }
  }
  throw new ValueError(`expected a property of characters, got ${name}`);
}

/** One character; in either case, if cases do not matter. */
export function character(code: number, caseless: boolean): Takes {
  const other = caseless ? otherCase(code) : code;
  return other === code ? (given) => given === code : (given) => given === code || given === other;
}

export function between(low: number, high: number, caseless: boolean): Takes {
  const takes = ranges([low, high]);
  return caseless ? (code) => takes(code) || takes(otherCase(code)) : takes;
}

const otherCase = (code: number): number => (upper(code) ? code + 32 : lower(code) ? code - 32 : code);
