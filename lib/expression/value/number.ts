/**
 * Numbers as Java tells them apart, because that is what flows were written against: `7 / 2` is 3, `7.0 / 2` is 3.5, and a 2 of a
 * template (a Long) is not the 2 of an input (an Integer). A bare number is what data holds: an Integer, a Long beyond 32 bits,
 * or a Double if it is not whole. A bigint is a Long of the template's own. Every other number is boxed.
 */
import { ValueError } from '../error.ts';
import { type Decimal, decimalFrom, decimalNumber, decimalText } from './decimal.ts';

export type NumberKind = 'Integer' | 'Long' | 'Float' | 'Double' | 'BigInteger' | 'BigDecimal';

/** A Double that is whole, or not finite; a Float, as the double that reads like it; numbers of any length. */
export class Boxed {
  readonly kind: 'Float' | 'Double' | 'BigInteger' | 'BigDecimal';
  readonly amount: number | Decimal;
  constructor(kind: Boxed['kind'], amount: number | Decimal) {
    this.kind = kind;
    this.amount = amount;
  }
  /** Where a value leaves for JSON of the runtime's own, its size is what stays. */
  toJSON(): number {
    return plain(this);
  }
}

export type Numeric = number | bigint | Boxed;

const INTEGER_BITS = 32;
const LONG_BITS = 64;
const LONG_SIZE = 2 ** 63;

export const isNumeric = (value: unknown): value is Numeric =>
  typeof value === 'number' || typeof value === 'bigint' || value instanceof Boxed;

export const double = (value: number): Numeric =>
  Number.isInteger(value) || !Number.isFinite(value) ? new Boxed('Double', value) : value;
export const float = (value: number): Numeric => new Boxed('Float', shortest(Math.fround(value)));
export const decimal = (value: Decimal): Numeric => new Boxed('BigDecimal', value);
export const bigInteger = (value: bigint): Numeric => new Boxed('BigInteger', { unscaled: value, scale: 0 });
export const long = (value: bigint): bigint => BigInt.asIntN(LONG_BITS, value);
export const integer = (value: bigint): bigint => BigInt.asIntN(INTEGER_BITS, value);

export function numberKind(value: Numeric): NumberKind {
  if (typeof value === 'bigint') return 'Long';
  if (typeof value !== 'number') return value.kind;
  if ((value | 0) === value) return 'Integer';
  return Number.isInteger(value) && Math.abs(value) < LONG_SIZE ? 'Long' : 'Double';
}

export const isWhole = (value: Numeric): boolean => {
  const kind = numberKind(value);
  return kind === 'Integer' || kind === 'Long' || kind === 'BigInteger';
};

/** As near as a JavaScript number comes. */
export function plain(value: Numeric): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  return typeof value.amount === 'number' ? value.amount : decimalNumber(value.amount);
}

/** The whole part, exactly. */
export function wholePart(value: Numeric): bigint {
  if (typeof value === 'bigint') return value;
  const amount = typeof value === 'number' ? value : value.amount;
  if (typeof amount === 'number') return Number.isFinite(amount) ? BigInt(Math.trunc(amount)) : 0n;
  const { unscaled, scale } = amount;
  return scale > 0 ? unscaled / 10n ** BigInt(scale) : unscaled * 10n ** BigInt(-scale);
}

/** The number that its text says. Not for what is not finite. */
export function exact(value: Numeric): Decimal {
  if (value instanceof Boxed && typeof value.amount !== 'number') return value.amount;
  return decimalFrom(numberText(value)) ?? { unscaled: 0n, scale: 0 };
}

/** A number as it is written in a template: `5`, `5L`, `5.0`. */
export function numberFrom(text: string): Numeric | undefined {
  if (text.includes('.')) return double(Number(text));
  const value = BigInt(text.replace('L', ''));
  return value === long(value) ? value : undefined;
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
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'number')
    return typeof value.amount === 'number' ? doubleText(value.amount) : decimalText(value.amount);
  if (Number.isSafeInteger(value)) return String(value);
  return numberKind(value) === 'Long' ? String(BigInt(value)) : doubleText(value);
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

/** The shortest double that is still nearest to that float: what its text reads as. */
function shortest(value: number): number {
  for (let digits = 1; digits <= 9; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return value;
}
