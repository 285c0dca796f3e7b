/** Arguments of filters and functions, read as what they must be. */
import { ValueError } from '../error.ts';
import { isDouble, isNumeric, kindOf, plain, toNumeric } from '../number.ts';
import { print } from '../print.ts';

/** A text; numbers and booleans are taken as they print. */
export function textOf(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  if (isNumeric(value) || typeof value === 'boolean') return print(value);
  throw new ValueError(`expected a text as ${what}, got ${kindOf(value)}`);
}

export function wholeOf(value: unknown, what: string): number {
  const number = toNumeric(value, `as ${what}`);
  if (isDouble(number)) throw new ValueError(`expected a whole number as ${what}, got ${print(number)}`);
  return plain(number);
}

export function listOf(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new ValueError(`expected a list as ${what}, got ${kindOf(value)}`);
}
