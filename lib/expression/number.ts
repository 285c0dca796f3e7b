/**
 * Numbers as Pebble tells them apart: whole numbers, and doubles. A JavaScript number that is not whole is a double by itself;
 * a double that happens to be whole (`1.0`) is boxed, so that it prints as `1.0` and divides as a double.
 */
import { ValueError } from './error.ts';

const RAW: (text: string) => unknown = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;

/** A whole number that is a double. */
export class Double {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
  toJSON(): unknown {
    return Number.isFinite(this.value) ? RAW(doubleText(this.value)) : null;
  }
}

export type Numeric = number | Double;

export const isNumeric = (value: unknown): value is Numeric => typeof value === 'number' || value instanceof Double;
export const isDouble = (value: Numeric): boolean => typeof value !== 'number' || !Number.isInteger(value);
export const plain = (value: Numeric): number => (typeof value === 'number' ? value : value.value);

/** A double, boxed where a bare number would be taken for a whole one. */
export const double = (value: number): Numeric => (Number.isInteger(value) ? new Double(value) : value);

/** A number as it is written in a template: `5`, `5L`, `5.0`. */
export function numberFrom(text: string): Numeric {
  const value = Number(text.replace('L', ''));
  return text.includes('.') ? double(value) : value;
}

export function toNumeric(value: unknown, what: string): Numeric {
  if (isNumeric(value)) return value;
  throw new ValueError(
    `expected a number ${what}, got ${typeof value === 'string' ? 'a text (`| number` makes it one)' : kindOf(value)}`,
  );
}

/** What a value is called in a message. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (isNumeric(value)) return 'a number';
  if (typeof value === 'string') return 'a text';
  return typeof value === 'object' ? 'a map' : `a ${typeof value}`;
}

export function numberText(value: Numeric): string {
  if (typeof value !== 'number') return doubleText(value.value);
  if (Number.isSafeInteger(value)) return String(value);
  return Number.isInteger(value) ? BigInt(value).toString() : doubleText(value);
}

/** As Java writes a double: `3.0`, `1.5E10`, `1.0E-5`. */
export function doubleText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e7)) {
    const text = Object.is(value, -0) ? '-0' : String(value);
    return text.includes('.') ? text : `${text}.0`;
  }
  const [digits, exponent] = value.toExponential().split('e');
  return `${digits!.includes('.') ? digits : `${digits}.0`}E${exponent!.replace('+', '')}`;
}
