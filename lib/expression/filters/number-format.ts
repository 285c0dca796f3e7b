/** `numberFormat`: Java's DecimalFormat, such as `#,##0.00`, `0.##%`, `00.###E0`, with text around and `;` before a format for negatives. */
import type { Filter } from '../callable.ts';
import { ValueError } from '../error.ts';
import { decimalText } from '../value/decimal.ts';
import { exact, type Numeric, numberText, plain, toNumeric } from '../value/number.ts';
import { optional, textOf } from './argument.ts';

const DEFAULT = '#,##0.###';
const DIGITS_MAX = 100;
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
  const scaled = decimalText(scaledBy(exact(value), format));
  const digits = format.exponentLeast > 0 ? scientific(scaled, format) : grouped(rounded(scaled, format), format);
  const isNegative = numberText(value).startsWith('-') && /[1-9]/.test(digits);
  const around = isNegative && negative !== undefined ? formatOf(negative, pattern) : format;
  return `${isNegative && negative === undefined ? '-' : ''}${around.prefix}${digits}${around.suffix}`;
}

function scaledBy({ unscaled, scale }: ReturnType<typeof exact>, { prefix, suffix }: Format): ReturnType<typeof exact> {
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

/** Half to even. `scaled` is what no double has rounded yet. */
function rounded(scaled: string, { fractionLeast, fractionMost, wholeLeast }: Format): string {
  const format = new Intl.NumberFormat('en-US', {
    useGrouping: false,
    minimumIntegerDigits: Math.min(Math.max(1, wholeLeast), 21),
    minimumFractionDigits: fractionLeast,
    maximumFractionDigits: fractionMost,
    roundingMode: 'halfEven',
  });
  const digits = format.format(scaled as `${number}`);
  return wholeLeast === 0 && digits.startsWith('0.') ? digits.slice(1) : digits;
}

function grouped(digits: string, { group }: Format): string {
  if (group === 0) return digits;
  const [whole = '', fraction] = digits.split('.');
  const separated = whole.replace(new RegExp(`\\B(?=(?:\\d{${group}})+$)`, 'g'), ',');
  return fraction === undefined ? separated : `${separated}.${fraction}`;
}

/** As many digits before the point as the format has zeros; with `#` before them, exponents are multiples of that many digits. */
function scientific(scaled: string, format: Format): string {
  const value = Number(scaled);
  const { wholeLeast, wholeMost, exponentLeast } = format;
  const size = value === 0 ? 0 : Math.floor(Math.log10(value));
  const step = wholeMost > wholeLeast ? wholeMost : 1;
  const exponent = value === 0 ? 0 : step > 1 ? Math.floor(size / step) * step : size - (wholeLeast - 1);
  const mantissa = rounded(String(value / 10 ** exponent), { ...format, wholeLeast: step > 1 ? 1 : wholeLeast });
  const sign = exponent < 0 ? '-' : '';
  return `${mantissa}E${sign}${String(Math.abs(exponent)).padStart(exponentLeast, '0')}`;
}
