/** Names of months, days, eras, halves of the day and zones, in any language. */
import { ValueError } from '../error.ts';
import type { Moment } from './moment.ts';

export type Style = 'long' | 'short' | 'narrow';

const MS = 1_000;
const FORMATS_KEPT_MAX = 200;
const formats = new Map<string, Intl.DateTimeFormat>();

/** The language of texts where none is asked for. */
export const DEFAULT_LOCALE = 'en-US';
/** English as spoken where a zone is: each knows the abbreviations that are usual there. */
const ENGLISHES = ['en-US', 'en-GB', 'en-AU', 'en-IN', 'en-CA', 'en-NZ', 'en-ZA', 'en-IE', 'en-HK', 'en-SG', 'en-AE'];
/** Abbreviations that no English has, though people use them. */
const ABBREVIATED: Readonly<Record<string, string>> = {
  'Asia/Tokyo': 'JST',
  'Asia/Seoul': 'KST',
  'Asia/Shanghai': 'CST',
  'Asia/Jakarta': 'WIB',
  'Europe/Moscow': 'MSK',
  'Europe/Istanbul': 'TRT',
  'America/Sao_Paulo': 'BRT',
  'America/Argentina/Buenos_Aires': 'ART',
  'America/Bogota': 'COT',
  'America/Lima': 'PET',
};

/** `fr`, `fr_FR`, `pt-BR`. @throws ValueError */
export function localeOf(text: string): string {
  try {
    const [locale] = Intl.getCanonicalLocales(text.replaceAll('_', '-'));
    return locale === undefined || locale === 'en' ? DEFAULT_LOCALE : locale;
  } catch {
    throw new ValueError(`expected a language such as en or fr_FR as locale, got \`${text}\``);
  }
}

/** A month as it stands by itself, or in a date: some languages bend it. */
export const monthName = (month: number, style: Style, alone: boolean, locale: string): string =>
  part('month', locale, { month: style, ...(alone ? {} : { day: 'numeric' }) }, Date.UTC(2024, month - 1, 1));

/** Monday is 1. */
export const dayName = (weekday: number, style: Style, locale: string): string =>
  part('weekday', locale, { weekday: style }, Date.UTC(2024, 0, weekday));

export const eraName = (year: number, style: Style, locale: string): string =>
  part('era', locale, { era: style, year: 'numeric' }, year > 0 ? Date.UTC(2024, 0, 1) : Date.UTC(-10, 0, 1));

export const halfName = (hour: number, locale: string): string =>
  part('dayPeriod', locale, { hour: 'numeric', hour12: true }, hour * 3_600_000);

/** `in the morning`: of English by the rules of its calendar data, of others as far as the runtime knows. */
export function periodName(minuteOfDay: number, style: Style, locale: string): string {
  const hour = Math.floor(minuteOfDay / 60);
  if (!locale.startsWith('en'))
    return part('dayPeriod', locale, { hour: 'numeric', hour12: true, dayPeriod: style }, hour * 3_600_000);
  if (minuteOfDay === 0) return style === 'narrow' ? 'mi' : 'midnight';
  if (minuteOfDay === 720) return style === 'narrow' ? 'n' : 'noon';
  if (hour < 6 || hour >= 21) return 'at night';
  return hour < 12 ? 'in the morning' : hour < 18 ? 'in the afternoon' : 'in the evening';
}

/** `CET`, `Central European Standard Time`; the offset from GMT where it has no name. */
export function zoneName(
  { second, zone }: Moment,
  style: 'long' | 'short' | 'longGeneric' | 'shortGeneric',
  locale: string,
): string {
  const named = (language: string): string => {
    const options = { timeZone: timeZoneId(zone.id), timeZoneName: style } as const;
    return part('timeZoneName', language, options, second * MS);
  };
  const name = named(locale);
  if (!name.startsWith('GMT') || style !== 'short') return name;
  const usual = ENGLISHES.map(named).find((other) => !other.startsWith('GMT'));
  return usual ?? ABBREVIATED[zone.id] ?? name;
}

/** As the runtime spells a fixed offset. */
const timeZoneId = (id: string): string => (id === 'Z' ? 'UTC' : id.replace(/^(?:UTC|GMT|UT)(?=[-+])/, ''));

export function localized(
  { second, zone }: Moment,
  style: 'full' | 'long' | 'medium' | 'short',
  locale: string,
): string {
  return formatOf(locale, { dateStyle: style, timeStyle: style, timeZone: timeZoneId(zone.id) }).format(second * MS);
}

function part(
  type: Intl.DateTimeFormatPartTypes,
  locale: string,
  options: Intl.DateTimeFormatOptions,
  ms: number,
): string {
  const parts = formatOf(locale, { timeZone: 'UTC', ...options }).formatToParts(ms);
  return parts.find((each) => each.type === type)?.value ?? '';
}

function formatOf(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known) return known;
  if (formats.size >= FORMATS_KEPT_MAX) formats.clear();
  const format = new Intl.DateTimeFormat(locale, options);
  formats.set(key, format);
  return format;
}
