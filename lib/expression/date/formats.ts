/** Dates as texts, both ways: by a name such as `iso` or `rfc_1123_date_time`, a style such as `full`, or a pattern of Java. */
import { ValueError } from '../error.ts';
import { inZone, type Moment } from './moment.ts';
import { DEFAULT_LOCALE, localized } from './names.ts';
import { type Element, elementsOf } from './pattern.ts';
import { readFields } from './read.ts';
import { resolved } from './resolve.ts';
import { written } from './write.ts';
import { UTC, type Zone } from './zone.ts';

const FRACTION: Element = { kind: 'fraction', least: 0, most: 9, point: true };
const REGION: Element = { kind: 'zoneSuffix' };
const DATE = 'yyyy-MM-dd';
const TIME = 'HH:mm[:ss]';
const DATE_TIME = `${DATE}'T'${TIME}`;
const sequence = (...parts: readonly (string | Element)[]): readonly Element[] =>
  parts.flatMap((part) => (typeof part === 'string' ? elementsOf(part) : [part]));

/** Made when they are first asked for: most templates ask for none. */
const NAMED: Readonly<Record<string, () => readonly Element[]>> = {
  iso: () => elementsOf(`${DATE}'T'HH:mm:ss.SSSSSSXXX`),
  iso_sec: () => elementsOf(`${DATE}'T'HH:mm:ssXXX`),
  iso_milli: () => elementsOf(`${DATE}'T'HH:mm:ss.SSSXXX`),
  iso_nano: () => elementsOf(`${DATE}'T'HH:mm:ss.SSSSSSSSSXXX`),
  sql: () => elementsOf(`${DATE} HH:mm:ss.SSSSSS`),
  sql_seq: () => elementsOf(`${DATE} HH:mm:ss`),
  sql_sec: () => elementsOf(`${DATE} HH:mm:ss`),
  sql_milli: () => elementsOf(`${DATE} HH:mm:ss.SSS`),
  sql_nano: () => elementsOf(`${DATE} HH:mm:ss.SSSSSSSSS`),
  iso_date_time: () => sequence(DATE_TIME, FRACTION, 'XXXXX', REGION),
  iso_zoned_date_time: () => sequence(DATE_TIME, FRACTION, 'XXXXX', REGION),
  iso_offset_date_time: () => sequence(DATE_TIME, FRACTION, 'XXXXX'),
  iso_local_date_time: () => sequence(DATE_TIME, FRACTION),
  iso_instant: () => sequence(DATE_TIME, FRACTION, 'XXXXX'),
  iso_date: () => elementsOf(`${DATE}[XXXXX]`),
  iso_local_date: () => elementsOf(DATE),
  iso_time: () => sequence(TIME, FRACTION, 'XXXXX'),
  iso_offset_time: () => sequence(TIME, FRACTION, 'XXXXX'),
  iso_local_time: () => sequence(TIME, FRACTION),
  iso_ordinal_date: () => elementsOf('yyyy-DDDXXXXX'),
  iso_week_date: () => elementsOf("YYYY-'W'ww-eXXXXX"),
  basic_iso_date: () => elementsOf('yyyyMMddXX'),
  rfc_1123_date_time: () =>
    sequence('EEE, d MMM yyyy HH:mm:ss ', { kind: 'offset', least: 2, most: 2, colon: false, zero: 'GMT' }),
};
const STYLES = ['full', 'long', 'medium', 'short'] as const;
/** Where weeks count from Monday, whatever the language. */
const ISO_LOCALE = 'en-GB';
const ISO_WEEK_FORMAT = 'iso_week_date';
/** What is tried where a text says not how it is written. */
const GUESSED = ['iso_zoned_date_time', 'iso_local_date_time', 'iso_local_date'];

export type Format = { readonly format: string; readonly locale?: string };

export function dateText(moment: Moment, zone: Zone, { format, locale = DEFAULT_LOCALE }: Format): string {
  const there = inZone(moment, format === 'iso_instant' ? UTC : zone);
  const style = STYLES.find((name) => name === format);
  return style
    ? localized(there, style, locale)
    : written(there, namedOr(format), format === ISO_WEEK_FORMAT ? ISO_LOCALE : locale);
}

/** `home`: where it is, if the text does not say. @throws ValueError */
export function dateFrom(text: string, home: Zone, { format, locale = DEFAULT_LOCALE }: Partial<Format>): Moment {
  for (const name of format === undefined ? GUESSED : [format]) {
    const fields = readFields(text, namedOr(name), locale);
    const moment = fields && resolved(fields, home);
    if (moment) return moment;
  }
  const like =
    format === undefined
      ? 'an ISO date such as 2024-01-31T10:00:00Z (`existingFormat` reads others)'
      : `a date written as \`${format}\``;
  throw new ValueError(`expected ${like}, got \`${text}\``);
}

const namedOr = (format: string): readonly Element[] =>
  Object.hasOwn(NAMED, format) ? NAMED[format]!() : elementsOf(format);
