/** Java's patterns of dates, such as `yyyy-MM-dd'T'HH:mm:ss.SSSXXX` → what they are made of. */
import { ValueError } from '../error.ts';
import type { Style } from './names.ts';

export type NumberField =
  | 'year'
  | 'yearOfEra'
  | 'weekYear'
  | 'quarter'
  | 'month'
  | 'week'
  | 'weekOfMonth'
  | 'dayOfYear'
  | 'day'
  | 'alignedDay'
  | 'weekday'
  | 'hour'
  | 'hour24'
  | 'hour12'
  | 'hour11'
  | 'minute'
  | 'second'
  | 'milliOfDay'
  | 'nano'
  | 'nanoOfDay';
export type TextField = 'era' | 'month' | 'monthAlone' | 'weekday' | 'quarter' | 'half' | 'period';

export type Element =
  | { readonly kind: 'literal'; readonly text: string }
  /** `digits`: at least so many, and at most; the sign shows if there are more. */
  | { readonly kind: 'number'; readonly field: NumberField; readonly least: number; readonly most: number }
  /** Two digits of a year between 2000 and 2099. */
  | { readonly kind: 'shortYear'; readonly field: NumberField }
  | { readonly kind: 'text'; readonly field: TextField; readonly style: Style }
  /** `point`: stands before it, and only if there is a fraction. */
  | { readonly kind: 'fraction'; readonly least: number; readonly most: number; readonly point: boolean }
  /** Of `+HH:mm:ss`: how many parts are always written, how many at most; between them a colon or nothing; what stands for zero. */
  | {
      readonly kind: 'offset';
      readonly least: number;
      readonly most: number;
      readonly colon: boolean;
      readonly zero: string;
    }
  | { readonly kind: 'gmtOffset'; readonly long: boolean }
  | { readonly kind: 'zoneId' }
  | { readonly kind: 'zoneName'; readonly style: 'long' | 'short' | 'longGeneric' | 'shortGeneric' }
  /** `[Europe/Paris]`, of a region only. */
  | { readonly kind: 'zoneSuffix' }
  | { readonly kind: 'optional'; readonly elements: readonly Element[] }
  | { readonly kind: 'padded'; readonly width: number; readonly element: Element };

const PATTERN_CHARS_MAX = 500;
const PATTERNS_KEPT_MAX = 500;
const YEAR_DIGITS_MAX = 19;
const DEPTH_MAX = 20;
const TOKEN = /([A-Za-z])\1*|'((?:[^']|'')*)'|([[\]])|([#{}])|([\s\S])/gy;
const known = new Map<string, readonly Element[]>();

/** @throws ValueError */
export function elementsOf(pattern: string): readonly Element[] {
  const kept = known.get(pattern);
  if (kept) return kept;
  if (pattern.length > PATTERN_CHARS_MAX)
    throw new ValueError(`expected a date pattern of at most ${PATTERN_CHARS_MAX} characters`, 'budget');
  const elements = parsed(pattern);
  if (known.size >= PATTERNS_KEPT_MAX) known.clear();
  known.set(pattern, elements);
  return elements;
}

function parsed(pattern: string): readonly Element[] {
  const open: Element[][] = [[]];
  let width = 0;
  const add = (element: Element): void => {
    open.at(-1)!.push(width > 0 ? { kind: 'padded', width, element } : element);
    width = 0;
  };
  for (const [whole, letter, quoted, bracket, reserved] of pattern.matchAll(TOKEN)) {
    if (letter === 'p') width = whole.length;
    else if (letter !== undefined) add(elementOf(letter, whole.length, pattern));
    else if (bracket === '[' && open.length <= DEPTH_MAX) open.push([]);
    else if (bracket !== undefined) {
      const elements = open.pop()!;
      if (bracket === '[' || open.length === 0) throw wrong(pattern, `\`${bracket}\` without its other half`);
      open.at(-1)!.push({ kind: 'optional', elements });
    } else if (reserved !== undefined || whole === "'") throw wrong(pattern, `\`${whole}\``);
    else add({ kind: 'literal', text: quoted === undefined ? whole : quoted.replaceAll("''", "'") || "'" });
  }
  if (width > 0) throw wrong(pattern, 'nothing to pad behind `p`');
  while (open.length > 1) {
    const elements = open.pop()!;
    open.at(-1)!.push({ kind: 'optional', elements });
  }
  return open[0]!;
}

const wrong = (pattern: string, got: string): ValueError =>
  new ValueError(`expected a date pattern such as yyyy-MM-dd, got ${got} in \`${pattern}\``);

/** Letters that stand for a number of one or two digits. */
const SMALL: Readonly<Record<string, NumberField>> = {
  d: 'day',
  H: 'hour',
  k: 'hour24',
  h: 'hour12',
  K: 'hour11',
  m: 'minute',
  s: 'second',
  w: 'week',
};
const YEARS: Readonly<Record<string, NumberField>> = { u: 'year', y: 'yearOfEra', Y: 'weekYear' };
/** Letters that stand for a number of as many digits as are asked for. */
const LONG: Readonly<Record<string, NumberField>> = { A: 'milliOfDay', n: 'nano', N: 'nanoOfDay' };
const TEXTS: Readonly<Record<string, readonly [TextField, NumberField?]>> = {
  G: ['era'],
  M: ['month', 'month'],
  L: ['monthAlone', 'month'],
  Q: ['quarter', 'quarter'],
  q: ['quarter', 'quarter'],
  E: ['weekday'],
  e: ['weekday', 'weekday'],
  c: ['weekday', 'weekday'],
  B: ['period'],
};

function elementOf(letter: string, count: number, pattern: string): Element {
  const refused = (): ValueError => wrong(pattern, `\`${letter.repeat(Math.min(count, 20))}\``);
  const digits = (field: NumberField, most: number): Element => {
    if (count > most) throw refused();
    return { kind: 'number', field, least: count, most: count === 1 ? YEAR_DIGITS_MAX : most };
  };
  if (SMALL[letter]) return digits(SMALL[letter], 2);
  if (LONG[letter]) return digits(LONG[letter], YEAR_DIGITS_MAX);
  if (YEARS[letter]) {
    return count === 2 ? { kind: 'shortYear', field: YEARS[letter] } : digits(YEARS[letter], YEAR_DIGITS_MAX);
  }
  if (TEXTS[letter]) {
    const [text, number] = TEXTS[letter];
    if (count > 5 || (letter === 'c' && count === 2) || (letter === 'B' && (count === 2 || count === 3)))
      throw refused();
    if (number && count <= 2) return digits(number, 2);
    return { kind: 'text', field: text, style: count === 4 ? 'long' : count === 5 ? 'narrow' : 'short' };
  }
  switch (letter) {
    case 'D':
      return digits('dayOfYear', 3);
    case 'F':
    case 'W':
      return digits(letter === 'F' ? 'alignedDay' : 'weekOfMonth', 1);
    case 'S':
      if (count > 9) throw refused();
      return { kind: 'fraction', least: count, most: count, point: false };
    case 'a':
      if (count > 1) throw refused();
      return { kind: 'text', field: 'half', style: 'short' };
    default:
      return zoneElement(letter, count) ?? fail(refused());
  }
}

function fail(error: ValueError): never {
  throw error;
}

const OFFSETS: readonly (readonly [least: number, most: number, colon: boolean])[] = [
  [1, 2, false],
  [2, 2, false],
  [2, 2, true],
  [2, 3, false],
  [2, 3, true],
];

function zoneElement(letter: string, count: number): Element | undefined {
  switch (letter) {
    case 'V':
      return count === 2 ? { kind: 'zoneId' } : undefined;
    case 'v':
      return count === 1 || count === 4
        ? { kind: 'zoneName', style: count === 4 ? 'longGeneric' : 'shortGeneric' }
        : undefined;
    case 'z':
      return count <= 4 ? { kind: 'zoneName', style: count === 4 ? 'long' : 'short' } : undefined;
    case 'O':
      return count === 1 || count === 4 ? { kind: 'gmtOffset', long: count === 4 } : undefined;
    case 'X':
    case 'x':
      return count <= 5 ? offsetElement(count, letter === 'X' ? 'Z' : '') : undefined;
    case 'Z':
      if (count === 4) return { kind: 'gmtOffset', long: true };
      return count <= 5 ? offsetElement(count === 5 ? 5 : 2, count === 5 ? 'Z' : '') : undefined;
    default:
      return undefined;
  }
}

function offsetElement(count: number, zero: string): Element {
  const [least, most, colon] = OFFSETS[count - 1]!;
  return { kind: 'offset', least, most, colon, zero };
}
