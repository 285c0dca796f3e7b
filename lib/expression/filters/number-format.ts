/** `numberFormat`: Java's DecimalFormat, such as `#,##0.00`, `0.##%`, `00.###E0`, with text around and `;` before a format for negatives. */
import type { Filter } from '../callable.ts';
import { ValueError } from '../error.ts';
import { type Decimal, decimalFrom, roundTo } from '../value/decimal.ts';
import { exact, type Numeric, numberKind, numberText, plain, toNumeric } from '../value/number.ts';
import { optional, textOf } from './argument.ts';

const DEFAULT = '#,##0.###';
const DIGITS_MAX = 100;
/** All that a double of a usual size has. */
const DOUBLE_DIGITS = 60;
const NUMBER_PART = /^([#,0]*)(?:\.([0#]*))?(?:E(0+))?$/;

type Format = {
  readonly prefix: string;
  readonly suffix: string;
  readonly wholeLeast: number;
  readonly fractionLeast: number;
  readonly fractionMost: number;
  /** Digits between separators; 0 for none. */
  readonly group: number;
  readonly exponentLeast: number;
  readonly wholeMost: number;
};

export const numberFormat: Filter = {
  parameters: ['format'],
  apply: (input, [format]) => formatted(toNumeric(input, 'to format'), optional(format, textOf, 'format') ?? DEFAULT),
};

function formatted(value: Numeric, pattern: string): string {
  const [positive = '', negative] = partsOf(pattern);
  const format = formatOf(positive, pattern);
  if (!Number.isFinite(plain(value)))
    return `${format.prefix}${Number.isNaN(plain(value)) ? 'NaN' : '∞'}${format.suffix}`;
  const size = sizeOf(value, format);
  const digits = format.exponentLeast > 0 ? scientific(size, format) : grouped(written(size, format), format);
  const isNegative = numberText(value).startsWith('-');
  const around = isNegative && negative !== undefined ? formatOf(negative, pattern) : format;
  return `${isNegative && negative === undefined ? '-' : ''}${around.prefix}${digits}${around.suffix}`;
}

/** Without its sign, in percent where the format says so. Of a double all its digits count: 2.345 is a little more than it reads. */
function sizeOf(value: Numeric, { prefix, suffix }: Format): Decimal {
  const kind = numberKind(value);
  const amount = kind === 'Float' ? Math.fround(plain(value)) : plain(value);
  const { unscaled, scale } =
    kind === 'Float' || kind === 'Double' ? decimalFrom(amount.toPrecision(DOUBLE_DIGITS))! : exact(value);
  const shift = /%/.test(prefix + suffix) ? 2 : /‰/.test(prefix + suffix) ? 3 : 0;
  return { unscaled: unscaled < 0n ? -unscaled : unscaled, scale: scale - shift };
}

/** The positive and the negative half; a `;` in quotes divides nothing. */
const partsOf = (pattern: string): readonly string[] => pattern.match(/(?:'[^']*'|[^;'])+/g) ?? [];

function formatOf(part: string, pattern: string): Format {
  const [, before = '', number = '', behind = ''] =
    /^((?:'[^']*'|[^#0,.'])*)([#0,.]*(?:E0+)?)((?:'[^']*'|[^#0,.'])*)$/.exec(part) ?? [];
  const digits = NUMBER_PART.exec(number);
  if (!digits || number === '') throw new ValueError(`expected a format such as #,##0.00, got ${pattern}`);
  const [, whole = '', fraction = '', exponent = ''] = digits;
  if (whole.length + fraction.length + exponent.length > DIGITS_MAX)
    throw new ValueError(`expected a format of at most ${DIGITS_MAX} digits, got ${pattern}`);
  const zeros = whole.replaceAll(/[^0]/g, '').length;
  const noZeros = zeros === 0 && !fraction.includes('0');
  return {
    prefix: unquoted(before),
    suffix: unquoted(behind),
    // A format without any 0 still shows one before the point.
    wholeLeast: noZeros && whole !== '' ? 1 : zeros,
    wholeMost: whole.replaceAll(',', '').length,
    fractionLeast: fraction.replaceAll('#', '').length,
    fractionMost: fraction.length,
    group: whole.includes(',') ? whole.length - whole.lastIndexOf(',') - 1 : 0,
    exponentLeast: exponent.length,
  };
}

const unquoted = (text: string): string => text.replaceAll(/'([^']*)'/g, (_, inner: string) => inner || "'");

function written(size: Decimal, { fractionLeast, fractionMost, wholeLeast }: Format): string {
  const { unscaled, scale } = roundTo(size, fractionMost);
  const digits = String(scale < 0 ? unscaled * 10n ** BigInt(-scale) : unscaled).padStart(Math.max(0, scale) + 1, '0');
  const point = digits.length - Math.max(0, scale);
  const fraction = digits.slice(point).replace(/0+$/, '').padEnd(fractionLeast, '0');
  const whole = digits.slice(0, point).replace(/^0+/, '').padStart(wholeLeast, '0');
  return fraction === '' ? whole || '0' : `${whole}.${fraction}`;
}

function grouped(digits: string, { group }: Format): string {
  if (group === 0) return digits;
  const [whole = '', fraction] = digits.split('.');
  const separated = whole.replace(new RegExp(`\\B(?=(?:\\d{${group}})+$)`, 'g'), ',');
  return fraction === undefined ? separated : `${separated}.${fraction}`;
}

/** As many digits before the point as the format has zeros; with `#` before them, exponents are multiples of that many digits. */
function scientific(size: Decimal, format: Format): string {
  const { wholeLeast, wholeMost, exponentLeast } = format;
  const digits = size.unscaled === 0n ? 0 : String(size.unscaled).length - size.scale - 1;
  const step = wholeMost > wholeLeast ? wholeMost : 1;
  const exponent = size.unscaled === 0n ? 0 : step > 1 ? Math.floor(digits / step) * step : digits - (wholeLeast - 1);
  const mantissa = { unscaled: size.unscaled, scale: size.scale + exponent };
  const text = written(mantissa, { ...format, wholeLeast: step > 1 ? 1 : wholeLeast });
  return `${text}E${exponent < 0 ? '-' : ''}${String(Math.abs(exponent)).padStart(exponentLeast, '0')}`;
}
