/** Text → what a pattern's elements found in it. `undefined` where it does not fit. */
import { dayName, eraName, halfName, monthName, type Style } from './names.ts';
import type { Element, NumberField, TextField } from './pattern.ts';
import { type Zone, zoneOf } from './zone.ts';

export type Fields = {
  readonly numbers: ReadonlyMap<NumberField | 'half' | 'era', number>;
  /** Seconds that it says to be ahead of UTC. */
  readonly offset?: number;
  readonly zone?: Zone;
};

type Reading = {
  readonly text: string;
  readonly locale: string;
  at: number;
  numbers: Map<NumberField | 'half' | 'era', number>;
  offset?: number;
  zone?: Zone;
};

const ZONE_ID = /[A-Za-z][A-Za-z0-9~/._+-]*|[-+]\d{1,2}(?::?\d{2}){0,2}/y;

export function readFields(text: string, elements: readonly Element[], locale: string): Fields | undefined {
  const reading: Reading = { text, locale, at: 0, numbers: new Map() };
  return readAll(reading, elements) && reading.at === text.length ? reading : undefined;
}

function readAll(reading: Reading, elements: readonly Element[]): boolean {
  return elements.every((element, index) => readOne(reading, element, elements.slice(index + 1)));
}

function readOne(reading: Reading, element: Element, following: readonly Element[]): boolean {
  switch (element.kind) {
    case 'literal':
      return taken(reading, element.text);
    case 'number':
      return readNumber(reading, element, following);
    case 'shortYear':
      return store(reading, element.field, digits(reading, 2, 2), 2000);
    case 'text':
      return readText(reading, element.field, element.style);
    case 'fraction':
      return readFraction(reading, element);
    case 'offset':
      return readOffset(reading, element.zero);
    case 'gmtOffset':
      return (
        taken(reading, 'GMT') &&
        (!/[-+]/.test(reading.text[reading.at] ?? '') ? setOffset(reading, 0) : readOffset(reading, ''))
      );
    case 'zoneId':
    case 'zoneName':
      return readZone(reading);
    case 'zoneSuffix':
      return reading.text[reading.at] !== '[' || (taken(reading, '[') && readZone(reading) && taken(reading, ']'));
    case 'optional': {
      const before = { ...reading, numbers: new Map(reading.numbers) };
      if (!readAll(reading, element.elements)) Object.assign(reading, before);
      return true;
    }
    case 'padded': {
      reading.at += /^ */.exec(reading.text.slice(reading.at, reading.at + element.width - 1))![0].length;
      return readOne(reading, element.element, following);
    }
  }
}

function taken(reading: Reading, text: string): boolean {
  const found = reading.text.startsWith(text, reading.at);
  if (found) reading.at += text.length;
  return found;
}

function store(reading: Reading, field: NumberField, value: number | undefined, base = 0): boolean {
  if (value === undefined) return false;
  reading.numbers.set(field, value + base);
  return true;
}

/** `undefined` if there are fewer than `least`. */
function digits(reading: Reading, least: number, most: number): number | undefined {
  const found = /^\d*/.exec(reading.text.slice(reading.at, reading.at + most))![0];
  if (found.length < least) return undefined;
  reading.at += found.length;
  return Number(found);
}

/** A number that may be longer leaves the digits to those of fixed length right behind it: `yyyyMMdd`. */
function readNumber(
  reading: Reading,
  { field, least, most }: Element & { kind: 'number' },
  following: readonly Element[],
): boolean {
  const signed = /[-+]/.test(reading.text[reading.at] ?? '') && most > 2;
  const sign = signed && reading.text[reading.at] === '-' ? -1 : 1;
  if (signed) reading.at++;
  let reserved = 0;
  for (const element of following) {
    if (element.kind === 'number' && element.least === element.most) reserved += element.least;
    else if (element.kind === 'number' && element.least > 1) reserved += element.least;
    else if (element.kind === 'fraction' && !element.point) reserved += element.least;
    else if (element.kind === 'shortYear') reserved += 2;
    else break;
  }
  const run = /^\d*/.exec(reading.text.slice(reading.at))![0].length;
  const value = digits(reading, least, Math.max(least, Math.min(most, run - reserved)));
  return value !== undefined && store(reading, field, sign * value);
}

function readFraction(reading: Reading, { least, most, point }: Element & { kind: 'fraction' }): boolean {
  if (point && !taken(reading, '.')) return least === 0;
  const found = /^\d*/.exec(reading.text.slice(reading.at, reading.at + most))![0];
  if (found.length < Math.max(least, point ? 1 : 0)) return false;
  reading.at += found.length;
  return store(reading, 'nano', Number(found.padEnd(9, '0')));
}

function readOffset(reading: Reading, zero: string): boolean {
  if (zero && (taken(reading, zero) || taken(reading, zero.toLowerCase()))) return setOffset(reading, 0);
  const found = /^([-+])(\d{1,2})(?::?(\d{2})(?::?(\d{2}))?)?/.exec(reading.text.slice(reading.at));
  if (!found) return false;
  reading.at += found[0].length;
  const [, sign, hours, minutes = '0', seconds = '0'] = found;
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return setOffset(reading, sign === '-' ? -size : size);
}

function setOffset(reading: Reading, offset: number): boolean {
  reading.offset = offset;
  return true;
}

function readZone(reading: Reading): boolean {
  ZONE_ID.lastIndex = reading.at;
  const found = ZONE_ID.exec(reading.text)?.[0];
  if (found === undefined) return false;
  reading.at += found.length;
  reading.zone = zoneOf(found);
  return true;
}

/** The longest name that fits, so that June is not read as Jun. */
function readText(reading: Reading, field: TextField, style: Style): boolean {
  const { text, at, locale } = reading;
  const names = namesOf(field, style, locale).filter(({ name }) => name && text.startsWith(name, at));
  const longest = names.reduce<Named | undefined>(
    (best, each) => (best && best.name.length >= each.name.length ? best : each),
    undefined,
  );
  if (!longest) return false;
  reading.at += longest.name.length;
  if (longest.field) reading.numbers.set(longest.field, longest.value);
  return true;
}

/** A weekday says nothing that the date does not say. */
type Named = { readonly name: string; readonly field?: NumberField | 'half' | 'era'; readonly value: number };

function namesOf(field: TextField, style: Style, locale: string): readonly Named[] {
  const upTo = (count: number, name: (n: number) => Named): Named[] =>
    Array.from({ length: count }, (_, index) => name(index + 1));
  switch (field) {
    case 'month':
    case 'monthAlone':
      return upTo(12, (month) => ({
        name: monthName(month, style, field === 'monthAlone', locale),
        field: 'month',
        value: month,
      }));
    case 'weekday':
      return upTo(7, (day) => ({ name: dayName(day, style, locale), value: day }));
    case 'half':
      return [0, 12].map((hour) => ({ name: halfName(hour, locale), field: 'half', value: hour }));
    case 'era':
      return [0, 1].map((year) => ({ name: eraName(year, style, locale), field: 'era', value: year }));
    case 'quarter':
    case 'period':
      return [];
  }
}
