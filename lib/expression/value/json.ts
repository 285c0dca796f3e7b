/** JSON as Kestra writes it (maps without what is null in them) and reads it (`1.0` stays a double, a long number keeps its digits). */
import { BoundedText, deepValue, within } from '../budget.ts';
import { ValueError } from '../error.ts';
import { decimalFrom } from './decimal.ts';
import { Entry, isMap } from './map.ts';
import { bigInteger, double, isNumeric, long, type Numeric, numberText, plain } from './number.ts';

/** Numbers that a JavaScript number cannot tell from others: those are read by their text. */
const DELICATE = /\d[.eE]|\d{16}/;

/** What the runtime would write just so is left to it, which is much faster. */
export function json(value: unknown, { nulls = false } = {}): string {
  if (typeof value === 'object' && isOrdinary(value, { left: ORDINARY_PARTS_MAX }, 0))
    return within(JSON.stringify(value));
  const text = new BoundedText();
  write(value, '', { text, nulls }, 0);
  return text.done;
}

type Writing = { readonly text: BoundedText; readonly nulls: boolean };

/** `lead`: what stands right before it. */
function write(value: unknown, lead: string, writing: Writing, depth: number): void {
  const { text } = writing;
  if (typeof value === 'string') text.add(lead + JSON.stringify(value));
  else if (isNumeric(value)) text.add(lead + numberJson(value));
  else if (typeof value !== 'object' || value === null) text.add(lead + String(value ?? null));
  else if (Array.isArray(value)) writeList(value, lead, writing, depth);
  else writeMap(value instanceof Entry ? { [value.key]: value.value } : value, lead, writing, depth);
}

function writeList(list: readonly unknown[], lead: string, writing: Writing, depth: number): void {
  deepValue(depth);
  if (list.length === 0) return writing.text.add(`${lead}[]`);
  for (let index = 0; index < list.length; index++)
    write(list[index], index === 0 ? `${lead}[` : ',', writing, depth + 1);
  writing.text.add(']');
}

function writeMap(map: object, lead: string, writing: Writing, depth: number): void {
  deepValue(depth);
  let before = `${lead}{`;
  for (const [key, item] of Object.entries(map)) {
    if ((item === null || item === undefined) && !writing.nulls) continue;
    write(item, `${before}${JSON.stringify(key)}:`, writing, depth + 1);
    before = ',';
  }
  writing.text.add(before === ',' ? '}' : `${lead}{}`);
}

/** Values and characters that are looked through first: what is longer is written with a bound. */
const ORDINARY_PARTS_MAX = 2_000_000;
const ORDINARY_DEPTH_MAX = 100;

/** Holds no null in a map, and only numbers that Java writes as JavaScript does. */
function isOrdinary(value: unknown, scan: { left: number }, depth: number): boolean {
  if (--scan.left < 0 || depth > ORDINARY_DEPTH_MAX) return false;
  if (typeof value === 'string') {
    scan.left -= value.length;
    return true;
  }
  if (typeof value === 'number') return (value | 0) === value;
  if (typeof value === 'boolean') return true;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++)
      if (value[index] !== null && !isOrdinary(value[index], scan, depth + 1)) return false;
    return true;
  }
  if (!isMap(value)) return false;
  for (const key of Object.keys(value)) if (!isOrdinary(value[key], scan, depth + 1)) return false;
  return true;
}

const numberJson = (value: Numeric): string =>
  Number.isFinite(plain(value)) ? numberText(value) : JSON.stringify(numberText(value));

/** @throws ValueError where the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return DELICATE.test(text)
      ? JSON.parse(text, revived as (key: string, value: unknown) => unknown)
      : JSON.parse(text);
  } catch (error) {
    throw new ValueError(`expected JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The source of a number is what this runtime's JSON adds; types do not know of it yet. */
function revived(_key: string, value: unknown, { source }: { readonly source?: string } = {}): unknown {
  if (typeof value !== 'number' || source === undefined) return value;
  if (/[.eE]/.test(source)) return double(value);
  if (Number.isSafeInteger(value)) return value;
  const whole = decimalFrom(source)?.unscaled ?? 0n;
  return whole === long(whole) ? whole : bigInteger(whole);
}
