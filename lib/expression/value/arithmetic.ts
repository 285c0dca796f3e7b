/** `+ - * / %` between numbers, widened as Java widens them. What whole numbers give is whole, and a Long. */
import { ValueError } from '../error.ts';
import * as decimals from './decimal.ts';
import {
  decimal,
  double,
  exact,
  float,
  integer,
  long,
  type Numeric,
  numberKind,
  numberText,
  plain,
  toNumeric,
  wholePart,
} from './number.ts';

export type Arithmetic = '+' | '-' | '*' | '/' | '%';

export function arithmetic(operator: Arithmetic, left: unknown, right: unknown): Numeric {
  if (typeof left === 'bigint' && typeof right === 'bigint') return long(whole(operator, left, right));
  const a = toNumeric(left, `before \`${operator}\``);
  const b = toNumeric(right, `behind \`${operator}\``);
  const kinds = [numberKind(a), numberKind(b)];
  if (kinds.includes('BigDecimal')) return decimal(ofDecimals(operator, a, b));
  if (kinds.includes('Double')) return double(ofDoubles(operator, plain(a), plain(b)));
  if (kinds.includes('Float')) return float(ofDoubles(operator, Math.fround(plain(a)), Math.fround(plain(b))));
  const result = whole(operator, wholePart(a), wholePart(b));
  return kinds.includes('Long') || kinds.includes('BigInteger') ? long(result) : integer(result);
}

export function negate(value: unknown): Numeric {
  if (typeof value === 'bigint') return long(-value);
  return arithmetic('*', -1, toNumeric(value, 'behind `-`'));
}

function whole(operator: Arithmetic, a: bigint, b: bigint): bigint {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / divisor(b, operator);
    case '%':
      return a % divisor(b, operator);
  }
}

function divisor(value: bigint, operator: Arithmetic): bigint {
  if (value === 0n) throw new ValueError(`expected a number other than 0 behind \`${operator}\``);
  return value;
}

function ofDoubles(operator: Arithmetic, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
  }
}

/** Both by way of doubles, as Pebble does it: digits beyond the seventeenth are lost. */
function ofDecimals(operator: Arithmetic, left: Numeric, right: Numeric): decimals.Decimal {
  const [a, b] = [exact(double(plain(left))), exact(double(plain(right)))];
  switch (operator) {
    case '+':
      return decimals.add(a, b);
    case '-':
      return decimals.subtract(a, b);
    case '*':
      return decimals.multiply(a, b);
    case '/':
      divisor(b.unscaled, operator);
      return decimals.divide(a, b);
    case '%':
      divisor(b.unscaled, operator);
      return decimals.remainder(a, b);
  }
}

/** A whole number for an argument that Java takes as an int or a long. */
export function wholeNumber(value: unknown, what: string): number {
  const number = toNumeric(value, what);
  if (!Number.isInteger(plain(number)))
    throw new ValueError(`expected a whole number ${what}, got ${numberText(number)}`);
  return plain(number);
}
