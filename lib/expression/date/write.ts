/** A moment → text, element by element of a pattern. */
import { ValueError } from '../error.ts';
import { dayOf, dayOfYear, localOf, type Moment, SECOND_NANOS, weekdayOf } from './moment.ts';
import { dayName, eraName, halfName, monthName, periodName, type Style, zoneName } from './names.ts';
import type { Element, NumberField, TextField } from './pattern.ts';
import { dayOfWeek, weekOfMonth, weekOfYear, weeksOf } from './week.ts';

export function written(moment: Moment, elements: readonly Element[], locale: string): string {
  let text = '';
  for (const element of elements) text += one(moment, element, locale);
  return text;
}

function one(moment: Moment, element: Element, locale: string): string {
  switch (element.kind) {
    case 'literal':
      return element.text;
    case 'number':
      return numberText(fieldOf(element.field, moment, locale), element);
    case 'shortYear':
      return String(Math.abs(Number(fieldOf(element.field, moment, locale))) % 100).padStart(2, '0');
    case 'text':
      return named(element.field, element.style, { moment, locale });
    case 'fraction':
      return fraction(moment.nano, element);
    case 'offset':
      return offset(moment.offset, element);
    case 'gmtOffset':
      return gmtOffset(moment.offset, element.long);
    case 'zoneId':
      return moment.zone.id;
    case 'zoneName':
      return zoneName(moment, element.style, locale);
    case 'zoneSuffix':
      return moment.zone.fixed === undefined ? `[${moment.zone.id}]` : '';
    case 'optional':
      return written(moment, element.elements, locale);
    case 'padded':
      return padded(one(moment, element.element, locale), element.width);
  }
}

function padded(text: string, width: number): string {
  if (text.length > width) throw new ValueError(`expected at most ${width} characters to pad, got ${text}`);
  return text.padStart(width);
}

function numberText(value: number | bigint, { field, least, most }: Element & { kind: 'number' }): string {
  const digits = String(value < 0 ? -value : value);
  if (digits.length > most) throw new ValueError(`expected at most ${most} digits of the ${field}, got ${value}`);
  const isYear = field === 'year' || field === 'yearOfEra' || field === 'weekYear';
  const plus = isYear && least >= 4 && digits.length > least ? '+' : '';
  return `${value < 0 ? '-' : plus}${digits.padStart(least, '0')}`;
}

function fieldOf(field: NumberField, moment: Moment, locale: string): number | bigint {
  const { day: number, secondOfDay, nano } = localOf(moment);
  const hour = Math.floor(secondOfDay / 3600);
  switch (field) {
    case 'year':
      return dayOf(number).year;
    case 'yearOfEra': {
      const { year } = dayOf(number);
      return year > 0 ? year : 1 - year;
    }
    case 'weekYear':
      return weekOfYear(number, weeksOf(locale)).year;
    case 'week':
      return weekOfYear(number, weeksOf(locale)).week;
    case 'weekOfMonth':
      return weekOfMonth(number, weeksOf(locale));
    case 'weekday':
      return dayOfWeek(number, weeksOf(locale));
    case 'quarter':
      return Math.ceil(dayOf(number).month / 3);
    case 'month':
      return dayOf(number).month;
    case 'dayOfYear':
      return dayOfYear(number);
    case 'day':
      return dayOf(number).day;
    case 'alignedDay':
      return ((dayOf(number).day - 1) % 7) + 1;
    case 'hour':
      return hour;
    case 'hour24':
      return hour || 24;
    case 'hour12':
      return hour % 12 || 12;
    case 'hour11':
      return hour % 12;
    case 'minute':
      return Math.floor(secondOfDay / 60) % 60;
    case 'second':
      return secondOfDay % 60;
    case 'milliOfDay':
      return secondOfDay * 1000 + Math.floor(nano / 1_000_000);
    case 'nano':
      return nano;
    case 'nanoOfDay':
      return BigInt(secondOfDay) * BigInt(SECOND_NANOS) + BigInt(nano);
  }
}

function named(field: TextField, style: Style, { moment, locale }: { moment: Moment; locale: string }): string {
  const { day: number, secondOfDay } = localOf(moment);
  const { year, month } = dayOf(number);
  switch (field) {
    case 'era':
      return eraName(year, style, locale);
    case 'month':
      return monthName(month, style, false, locale);
    case 'monthAlone':
      return monthName(month, style, true, locale);
    case 'weekday':
      return dayName(weekdayOf(number), style, locale);
    case 'quarter':
      return quarterName(Math.ceil(month / 3), style);
    case 'half':
      return halfName(Math.floor(secondOfDay / 3600), locale);
    case 'period':
      return periodName(Math.floor(secondOfDay / 60), style, locale);
  }
}

function quarterName(quarter: number, style: Style): string {
  if (style === 'short') return `Q${quarter}`;
  return style === 'narrow' ? String(quarter) : `${['1st', '2nd', '3rd', '4th'][quarter - 1]} quarter`;
}

function fraction(nano: number, { least, most, point }: Element & { kind: 'fraction' }): string {
  const digits = String(nano).padStart(9, '0').slice(0, most);
  const shown = digits.slice(0, Math.max(least, digits.replace(/0+$/, '').length));
  return point && shown ? `.${shown}` : shown;
}

function offset(seconds: number, { least, most, colon, zero }: Element & { kind: 'offset' }): string {
  if (seconds === 0 && zero) return zero;
  const size = Math.abs(seconds);
  const parts = [Math.floor(size / 3600), Math.floor(size / 60) % 60, size % 60].slice(0, most);
  while (parts.length > least && parts.at(-1) === 0) parts.pop();
  return (seconds < 0 ? '-' : '+') + parts.map((part) => String(part).padStart(2, '0')).join(colon ? ':' : '');
}

function gmtOffset(seconds: number, long: boolean): string {
  if (seconds === 0) return 'GMT';
  const size = Math.abs(seconds);
  const [hours, minutes] = [Math.floor(size / 3600), Math.floor(size / 60) % 60];
  const minutesText = long || minutes > 0 ? `:${String(minutes).padStart(2, '0')}` : '';
  return `GMT${seconds < 0 ? '-' : '+'}${long ? String(hours).padStart(2, '0') : hours}${minutesText}`;
}
