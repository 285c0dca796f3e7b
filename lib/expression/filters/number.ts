/** Filters of numbers: size, conversion, format. */
import type { Filter } from '../callable.ts';
import { ValueError } from '../error.ts';
import { Double, double, isDouble, isNumeric, kindOf, type Numeric, plain, toNumeric } from '../number.ts';
import { print } from '../print.ts';
import { textOf } from './argument.ts';

const WHOLE_TYPES = ['INT', 'LONG', 'BIGINTEGER'];
const DOUBLE_TYPES = ['FLOAT', 'DOUBLE', 'BIGDECIMAL'];
const FORMAT = /^([^#0,.]*)([#0,]*)(?:\.([0#]*))?([^#0,.]*)$/;
const FRACTION_DIGITS_MAX = 20;

export const NUMBER_FILTERS: Readonly<Record<string, Filter>> = {
  abs: { parameters: [], apply: (input) => absolute(toNumeric(input, 'before `abs`')) },
  number: { parameters: ['type'], apply: (input, [type]) => numberOf(input, type) },
  numberFormat: {
    parameters: ['format'],
    apply: (input, [format]) =>
      formatted(plain(toNumeric(input, 'to format')), format === undefined ? '#,##0.###' : textOf(format, 'format')),
  },
};

function absolute(value: Numeric): Numeric {
  return typeof value === 'number' ? Math.abs(value) : new Double(Math.abs(value.value));
}

/** Without a type: whole if it is written as a whole number. */
function numberOf(input: unknown, type: unknown): Numeric {
  const text = isNumeric(input) ? undefined : textOf(input, 'a number').trim();
  const value = text === undefined ? plain(input as Numeric) : text === '' ? Number.NaN : Number(text);
  if (Number.isNaN(value)) throw new ValueError(`expected a number, got ${text ? `\`${text}\`` : kindOf(input)}`);
  const wanted = type === undefined || type === null ? undefined : print(type).toUpperCase();
  if (wanted === undefined)
    return text !== undefined && /[.eE]/.test(text) ? double(value) : isNumeric(input) ? input : value;
  if (DOUBLE_TYPES.includes(wanted)) return double(value);
  if (!WHOLE_TYPES.includes(wanted))
    throw new ValueError(`expected one of ${[...WHOLE_TYPES, ...DOUBLE_TYPES].join(', ')} as type, got ${wanted}`);
  if (text !== undefined && isDouble(value)) throw new ValueError(`expected a whole number, got \`${text}\``);
  return Math.trunc(value);
}

/** The patterns of Java's DecimalFormat that people write: `#,##0.00`, `0.##`, `000`, `0.0%`, with text around. */
function formatted(value: number, format: string): string {
  const parts = FORMAT.exec(format);
  if (!parts) throw new ValueError(`expected a format such as #,##0.00, got ${format}`);
  const [, before = '', whole = '', fraction = '', after = ''] = parts;
  if (fraction.length > FRACTION_DIGITS_MAX)
    throw new ValueError(`expected at most ${FRACTION_DIGITS_MAX} digits of a fraction, got ${fraction.length}`);
  const digits = new Intl.NumberFormat('en-US', {
    useGrouping: whole.includes(','),
    minimumIntegerDigits: Math.min(Math.max(1, whole.replaceAll(/[^0]/g, '').length), 21),
    minimumFractionDigits: fraction.replaceAll('#', '').length,
    maximumFractionDigits: fraction.length,
    roundingMode: 'halfEven',
  }).format(Math.abs(value) * (after.includes('%') || before.includes('%') ? 100 : 1));
  return `${value < 0 ? '-' : ''}${before}${digits}${after}`;
}
