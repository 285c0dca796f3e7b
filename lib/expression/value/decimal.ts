/** Decimal numbers of any length, as Java's BigDecimal has them: an unscaled whole number, and how many of its digits are a fraction. */
export type Decimal = { readonly unscaled: bigint; readonly scale: number };

/** As MathContext.DECIMAL128. */
const PRECISION_DIGITS = 34;
/** A longer one would take long to reckon with. */
const DIGITS_MAX = 1_000;
const WRITTEN = /^([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d{1,4}))?$/;

/** `undefined` if the text is no decimal number, or one of too many digits. */
export function decimalFrom(text: string): Decimal | undefined {
  const found = text.length > DIGITS_MAX ? null : WRITTEN.exec(text);
  const [, sign, whole = '', fraction = '', exponent = '0'] = found ?? [];
  if (!found || whole.length + fraction.length === 0) return undefined;
  const unscaled = BigInt(`${whole}${fraction}`);
  const scale = fraction.length - Number(exponent);
  return Math.abs(scale) > DIGITS_MAX ? undefined : { unscaled: sign === '-' ? -unscaled : unscaled, scale };
}

export function decimalText({ unscaled, scale }: Decimal): string {
  const sign = unscaled < 0n ? '-' : '';
  const digits = String(unscaled < 0n ? -unscaled : unscaled);
  const exponent = digits.length - 1 - scale;
  if (scale >= 0 && exponent >= -6) {
    const padded = digits.padStart(scale + 1, '0');
    return sign + (scale === 0 ? padded : `${padded.slice(0, -scale)}.${padded.slice(-scale)}`);
  }
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  return `${sign}${digits[0]}${fraction}E${exponent < 0 ? '' : '+'}${exponent}`;
}

export const decimalNumber = ({ unscaled, scale }: Decimal): number => Number(`${unscaled}e${-scale}`);

export const add = (a: Decimal, b: Decimal): Decimal => aligned(a, b, (x, y) => x + y);
export const subtract = (a: Decimal, b: Decimal): Decimal => aligned(a, b, (x, y) => x - y);
export const multiply = (a: Decimal, b: Decimal): Decimal =>
  rounded({ unscaled: a.unscaled * b.unscaled, scale: a.scale + b.scale });

/** `b` is not 0. An exact quotient keeps as few digits of a fraction as `a` and `b` ask for. */
export function divide(a: Decimal, b: Decimal): Decimal {
  const extra = PRECISION_DIGITS + 3 + String(b.unscaled).length;
  const shifted = a.unscaled * 10n ** BigInt(extra);
  const quotient = shifted / b.unscaled;
  const preferred = a.scale - b.scale;
  // A digit more where something is left over, so that no half is rounded as if it were exact.
  const sticky = shifted % b.unscaled === 0n ? 0n : quotient < 0n ? -1n : 1n;
  return stripped(rounded({ unscaled: quotient * 10n + sticky, scale: preferred + extra + 1 }), preferred);
}

/** Has the sign of `a`, as Java's. */
export const remainder = (a: Decimal, b: Decimal): Decimal => aligned(a, b, (x, y) => x % y);

export function compare(a: Decimal, b: Decimal): number {
  const { unscaled } = subtract(a, b);
  return unscaled < 0n ? -1 : unscaled > 0n ? 1 : 0;
}

function aligned(a: Decimal, b: Decimal, combine: (x: bigint, y: bigint) => bigint): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { unscaled: combine(atScale(a, scale), atScale(b, scale)), scale };
}

const atScale = ({ unscaled, scale }: Decimal, wanted: number): bigint => unscaled * 10n ** BigInt(wanted - scale);

/** Half to even, to as many digits as Java keeps. */
function rounded(value: Decimal): Decimal {
  const size = value.unscaled < 0n ? -value.unscaled : value.unscaled;
  return roundTo(value, value.scale - Math.max(0, String(size).length - PRECISION_DIGITS));
}

/** Half to even, to at most so many digits of a fraction. */
export function roundTo(value: Decimal, scale: number): Decimal {
  if (value.scale <= scale) return value;
  const unit = 10n ** BigInt(value.scale - scale);
  const size = value.unscaled < 0n ? -value.unscaled : value.unscaled;
  const [kept, lost] = [size / unit, size % unit];
  const up = lost * 2n > unit || (lost * 2n === unit && kept % 2n === 1n);
  const result = kept + (up ? 1n : 0n);
  return { unscaled: value.unscaled < 0n ? -result : result, scale };
}

function stripped({ unscaled, scale }: Decimal, preferred: number): Decimal {
  let [digits, places] = [unscaled, scale];
  while (places > preferred && digits % 10n === 0n) [digits, places] = [digits / 10n, places - 1];
  return { unscaled: digits, scale: places };
}
