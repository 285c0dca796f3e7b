/** Filters of numbers: their size, and making one of a text. */
import type { Filter } from '../callable.ts';
import { ValueError } from '../error.ts';
import { compare, decimalFrom } from '../value/decimal.ts';
import {
  Boxed,
  bigInteger,
  decimal,
  double,
  exact,
  float,
  integer,
  isNumeric,
  kindOf,
  long,
  type Numeric,
  numberKind,
  numberText,
  plain,
  toNumeric,
} from '../value/number.ts';
import { optional, textOf } from './argument.ts';

const WHOLE = /^[-+]?\d{1,1000}$/;
const HEX = /^([-+]?)0[xX]([0-9a-fA-F]{1,16})$/;

export const abs: Filter = {
  parameters: [],
  takesNull: true,
  apply(input) {
    const value = toNumeric(input, 'before `abs`');
    if (typeof value === 'number') return Math.abs(value);
    if (typeof value === 'bigint') return value < 0n ? long(-value) : value;
    const { kind, amount } = value;
    if (typeof amount === 'number') return new Boxed(kind, Math.abs(amount));
    return new Boxed(kind, { ...amount, unscaled: amount.unscaled < 0n ? -amount.unscaled : amount.unscaled });
  },
};

/** Without a type: the smallest kind that holds it exactly. */
export const number: Filter = {
  parameters: ['type'],
  apply(input, [type]) {
    const wanted = optional(type, textOf, 'type')?.toUpperCase();
    if (wanted !== undefined && !Object.hasOwn(TYPES, wanted))
      throw new ValueError(`expected one of ${Object.keys(TYPES).join(', ')} as type, got ${wanted}`);
    if (isNumeric(input) && wanted === undefined) return input;
    const text = isNumeric(input) ? numberText(input) : textOf(input, 'a number').trim();
    const value = wanted === undefined ? smallest(text) : TYPES[wanted]!(text);
    if (value === undefined)
      throw new ValueError(`expected a number, got ${text === '' ? kindOf(input) : `\`${text}\``}`);
    return value;
  },
};

const TYPES: Readonly<Record<string, (text: string) => Numeric | undefined>> = {
  INT: (text) => withBits(wholeFrom(text), integer, Number),
  LONG: (text) => withBits(wholeFrom(text), long, (value) => value),
  FLOAT: (text) => mapped(decimalFrom(text), () => float(Number(text))),
  DOUBLE: (text) => mapped(decimalFrom(text), () => double(Number(text))),
  BIGINTEGER: (text) => mapped(wholeFrom(text), bigInteger),
  BIGDECIMAL: (text) => mapped(decimalFrom(text), decimal),
};

const mapped = <T>(value: T | undefined, make: (value: T) => Numeric): Numeric | undefined =>
  value === undefined ? undefined : make(value);

const withBits = (
  value: bigint | undefined,
  cut: (value: bigint) => bigint,
  make: (value: bigint) => Numeric,
): Numeric | undefined => (value === undefined || cut(value) !== value ? undefined : make(value));

function wholeFrom(text: string): bigint | undefined {
  const hex = HEX.exec(text);
  if (hex) return BigInt(`0x${hex[2]}`) * (hex[1] === '-' ? -1n : 1n);
  return WHOLE.test(text) ? BigInt(text.replace('+', '')) : undefined;
}

function smallest(text: string): Numeric | undefined {
  const whole = wholeFrom(text);
  if (whole !== undefined) return TYPES.INT!(text) ?? TYPES.LONG!(text) ?? bigInteger(whole);
  const value = decimalFrom(text);
  if (!value) return undefined;
  const [asFloat, asDouble] = [float(Number(text)), double(Number(text))];
  if (numberText(asFloat) === numberText(asDouble)) return asFloat;
  return Number.isFinite(plain(asDouble)) && compare(value, exact(asDouble)) === 0 ? asDouble : decimal(value);
}

/** The name that Java has for what it is. */
export const className: Filter = { parameters: [], apply: (input) => javaClass(input) };

function javaClass(value: unknown): string {
  if (isNumeric(value)) return classOfNumber(value);
  if (typeof value === 'string') return 'java.lang.String';
  if (typeof value === 'boolean') return 'java.lang.Boolean';
  return Array.isArray(value) ? 'java.util.ArrayList' : 'java.util.LinkedHashMap';
}

function classOfNumber(value: Numeric): string {
  const kind = numberKind(value);
  return kind.startsWith('Big') ? `java.math.${kind}` : `java.lang.${kind}`;
}
