/** What was read of a date → a moment; a part that is not said is the beginning, and a zone that is not said is that of the reader. */

import {
  DAY_SECONDS,
  dayNumber,
  daysInYear,
  isDay,
  type Moment,
  momentAt,
  momentFrom,
  SECOND_NANOS,
} from './moment.ts';
import type { NumberField } from './pattern.ts';
import type { Fields } from './read.ts';
import { dayOfWeek, ISO_WEEKS } from './week.ts';
import { offsetZone, type Zone } from './zone.ts';

/** `undefined` if it is no date, or there is no such day or time. */
export function resolved({ numbers, offset, zone }: Fields, home: Zone): Moment | undefined {
  const day = dayIn(numbers);
  const time = timeIn(numbers);
  if (day === undefined || time === undefined) return undefined;
  const local = { day, secondOfDay: time.second, nano: time.nano };
  if (offset === undefined) return momentFrom(local, zone ?? home);
  return momentAt(day * DAY_SECONDS + time.second - offset, time.nano, zone ?? offsetZone(offset));
}

type Numbers = Fields['numbers'];

function dayIn(numbers: Numbers): number | undefined {
  const year = yearIn(numbers);
  const [month, day] = [numbers.get('month'), numbers.get('day')];
  if (year !== undefined && month !== undefined && day !== undefined) {
    const date = { year, month, day };
    return isDay(date) ? dayNumber(date) : lastIfNone(date);
  }
  const ofYear = numbers.get('dayOfYear');
  if (year !== undefined && ofYear !== undefined)
    return ofYear >= 1 && ofYear <= daysInYear(year) ? dayNumber({ year, month: 1, day: 1 }) + ofYear - 1 : undefined;
  return weekDayIn(numbers);
}

/** As Java resolves smartly: the 31st of a month of 30 days is its 30th. */
function lastIfNone({ year, month, day }: { year: number; month: number; day: number }): number | undefined {
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  return dayNumber({ year, month: month + 1, day: 1 }) - 1;
}

function yearIn(numbers: Numbers): number | undefined {
  const ofEra = numbers.get('yearOfEra');
  if (ofEra === undefined) return numbers.get('year');
  return numbers.get('era') === 0 ? 1 - ofEra : ofEra;
}

function weekDayIn(numbers: Numbers): number | undefined {
  const [year, week, weekday] = (['weekYear', 'week', 'weekday'] as const).map((field) => numbers.get(field));
  if (year === undefined || week === undefined || weekday === undefined) return undefined;
  const fourth = dayNumber({ year, month: 1, day: 4 });
  return fourth - (dayOfWeek(fourth, ISO_WEEKS) - 1) + (week - 1) * 7 + (weekday - 1);
}

/** What each field may be at most. */
const MOST: Partial<Readonly<Record<NumberField, number>>> = {
  hour: 24,
  hour24: 24,
  hour12: 12,
  hour11: 11,
  minute: 59,
  second: 59,
};

function timeIn(numbers: Numbers): { readonly second: number; readonly nano: number } | undefined {
  for (const [field, most] of Object.entries(MOST))
    if ((numbers.get(field as NumberField) ?? 0) > most) return undefined;
  const nanoOfDay =
    numbers.get('nanoOfDay') ?? (numbers.has('milliOfDay') ? numbers.get('milliOfDay')! * 1_000_000 : undefined);
  if (nanoOfDay !== undefined) return { second: Math.floor(nanoOfDay / SECOND_NANOS), nano: nanoOfDay % SECOND_NANOS };
  const second = hourIn(numbers) * 3600 + (numbers.get('minute') ?? 0) * 60 + (numbers.get('second') ?? 0);
  return second > DAY_SECONDS ? undefined : { second, nano: numbers.get('nano') ?? 0 };
}

function hourIn(numbers: Numbers): number {
  const half = numbers.get('half') ?? 0;
  const [hour24, hour12, hour11] = (['hour24', 'hour12', 'hour11'] as const).map((field) => numbers.get(field));
  if (hour24 !== undefined) return hour24 % 24;
  if (hour12 !== undefined) return (hour12 % 12) + half;
  return hour11 === undefined ? (numbers.get('hour') ?? 0) : hour11 + half;
}
