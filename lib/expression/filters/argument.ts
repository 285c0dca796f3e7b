/** Arguments of filters and functions, read as what they must be. `what` names one in the message. */
import { ValueError } from '../error.ts';
import { isMap, type PlainMap } from '../value/map.ts';
import { isNumeric, kindOf, numberText, plain, toNumeric } from '../value/number.ts';
import { javaText } from '../value/text.ts';

/** A text; numbers and booleans are taken as they print. */
export function textOf(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  if (isNumeric(value) || typeof value === 'boolean') return javaText(value);
  throw new ValueError(`expected a text as ${what}, got ${kindOf(value)}`);
}

export function wholeOf(value: unknown, what: string): number {
  const number = toNumeric(value, `as ${what}`);
  if (!Number.isSafeInteger(plain(number)))
    throw new ValueError(`expected a whole number as ${what}, got ${numberText(number)}`);
  return plain(number);
}

export function listOf(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new ValueError(`expected a list as ${what}, got ${kindOf(value)}`);
}

export function mapOf(value: unknown, what: string): PlainMap {
  if (isMap(value)) return value;
  throw new ValueError(`expected a map as ${what}, got ${kindOf(value)}`);
}

/** Not given, or null, is `undefined`. */
export const optional = <T>(value: unknown, read: (value: unknown, what: string) => T, what: string): T | undefined =>
  value === undefined || value === null ? undefined : read(value, what);
