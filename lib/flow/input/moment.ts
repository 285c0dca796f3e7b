/**
 * What DATETIME, DATE and TIME share: texts as java.time reads and prints them, between `after` and `before`. Exact to the
 * nanosecond, so a number of nanoseconds orders them.
 */
import { words } from '../language.ts';
import type { MapReader } from '../reader.ts';
import { expectedType, type InputKind, type Refusal } from './kind.ts';

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?$/;
const MS_NANOS = 1_000_000n;
const SECOND_NANOS = 1_000_000_000n;

/** A text of the kind: as Java prints it, as Jackson writes it where that differs, and its place among others. */
export interface Moment {
  readonly text: string;
  readonly json?: string;
  readonly nanos: bigint;
}

export interface Between {
  readonly after?: string;
  readonly before?: string;
}

export function momentKind(
  type: string,
  javaClass: string,
  { expected, parse }: { readonly expected: string; readonly parse: (text: string) => Moment | undefined },
): InputKind<Between> {
  const bound = (reader: MapReader, name: string): string | undefined => {
    const text = reader.text(name);
    const moment = text === undefined ? undefined : parse(text);
    if (text !== undefined && !moment) reader.problems.expected(reader.at(name), expected, text);
    return moment?.text;
  };
  return {
    javaClass,
    options: { after: words('Not before it'), before: words('Not after it') },
    read: (reader) => ({ after: bound(reader, 'after'), before: bound(reader, 'before') }),
    cast: (value) => {
      const moment = typeof value === 'string' ? parse(value) : undefined;
      return moment ? { value: moment.json ?? moment.text } : expectedType(type, expected, value);
    },
    limit: (value, { after, before }) => {
      const { nanos } = parse(String(value))!;
      if (after !== undefined && nanos < parse(after)!.nanos) return beyond('after', after, value);
      return before !== undefined && nanos > parse(before)!.nanos ? beyond('before', before, value) : undefined;
    },
  };
}

const beyond = (side: string, bound: string, value: unknown): Refusal => ({
  problem: `expected a moment ${side} ${bound}, got ${value}`,
  kestra: `it must be ${side} \`${bound}\``,
});

/** `2026-11-26`; undefined where the calendar has no such day. */
export function parseDate(text: string): Moment | undefined {
  const found = DATE.exec(text);
  if (!found) return undefined;
  const ms = Date.UTC(2000, Number(found[2]) - 1, Number(found[3]));
  // Years below 100 are taken for those of a century by Date.UTC.
  const date = new Date(ms);
  date.setUTCFullYear(Number(found[1]), Number(found[2]) - 1, Number(found[3]));
  return date.toISOString().slice(0, 10) === text ? { text, nanos: BigInt(date.getTime()) * MS_NANOS } : undefined;
}

/** `18:27:49.5`, printed as short as Java does: no seconds where there are none. As a value it has them always, and of a fraction what is not 0. */
export function parseTime(text: string): Moment | undefined {
  const found = TIME.exec(text);
  if (!found) return undefined;
  const [, hour, minute, second = '00', fraction = ''] = found;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const nanos = BigInt(fraction.padEnd(9, '0'));
  const seconds = BigInt(Number(hour) * 3_600 + Number(minute) * 60 + Number(second));
  const tail = second === '00' && nanos === 0n ? '' : `:${second}${fractionText(nanos)}`;
  const json = `${hour}:${minute}:${second}${nanos === 0n ? '' : `.${fraction.replace(/0+$/, '')}`}`;
  return { text: `${hour}:${minute}${tail}`, json, nanos: seconds * SECOND_NANOS + nanos };
}

/** An instant of UTC, `2019-10-06T18:27:49Z`, from any offset. */
export function parseInstant(text: string): Moment | undefined {
  const found = /^(\d{4}-\d{2}-\d{2})T([\d:.]+)(Z|[-+]\d{2}(?::?\d{2})?)$/i.exec(text);
  const [date, time] = [found && parseDate(found[1]!), found && parseTime(found[2]!)];
  if (!found || !date || !time) return undefined;
  const offset = offsetMinutes(found[3]!);
  if (offset === undefined) return undefined;
  const nanos = date.nanos + time.nanos - BigInt(offset) * 60n * SECOND_NANOS;
  const rest = ((nanos % SECOND_NANOS) + SECOND_NANOS) % SECOND_NANOS;
  const whole = new Date(Number((nanos - rest) / MS_NANOS)).toISOString();
  return { text: `${whole.slice(0, -'.000Z'.length)}${fractionText(rest)}Z`, nanos };
}

function offsetMinutes(text: string): number | undefined {
  if (/^z$/i.test(text)) return 0;
  const [hours, minutes] = [Number(text.slice(1, 3)), Number(text.slice(3).replace(':', '') || 0)];
  if (hours * 60 + minutes > 18 * 60 || minutes > 59) return undefined;
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

/** In groups of three digits, as Java prints a fraction of a second. */
function fractionText(nanos: bigint): string {
  if (nanos === 0n) return '';
  const digits = String(nanos).padStart(9, '0');
  return `.${digits.replace(/(?:000){1,2}$/, '')}`;
}
