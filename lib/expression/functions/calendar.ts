/** Questions about dates: which day it is, and whether one is before another. A date is meant where its text says that it is. */
import type { ExpressionFunction } from '../callable.ts';
import { dateArgument } from '../date/argument.ts';
import { HOLIDAY_COUNTRIES, isHoliday } from '../date/holidays.ts';
import { dayNumber, dayOf, daysInMonth, inZone, localOf, type Moment, weekdayOf } from '../date/moment.ts';
import { UTC, zoneOf } from '../date/zone.ts';
import { ValueError } from '../error.ts';
import { optional, textOf } from '../filters/argument.ts';

const DAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'];
const POSITIONS = ['FIRST', 'SECOND', 'THIRD', 'FOURTH'];
const SATURDAY = 6;
const WEEK_DAYS = 7;

/** What a clock shows there, or in the zone that is asked for. */
function localDate(date: unknown, timeZone: unknown): ReturnType<typeof localOf> {
  const moment = dateArgument(date, UTC);
  const zone = optional(timeZone, textOf, 'timeZone');
  return localOf(zone === undefined ? moment : inZone(moment, zoneOf(zone)));
}

const ofDate = (answer: (local: ReturnType<typeof localOf>) => unknown): ExpressionFunction => ({
  parameters: ['date', 'timeZone'],
  required: 1,
  call: ([date, timeZone]) => answer(localDate(date, timeZone)),
});

export const isWeekend = ofDate(({ day }) => weekdayOf(day) >= SATURDAY);
export const dayOfWeek = ofDate(({ day }) => DAYS[weekdayOf(day) - 1]);
export const dayOfMonth = ofDate(({ day }) => dayOf(day).day);
export const monthOfYear = ofDate(({ day }) => dayOf(day).month);
export const hourOfDay = ofDate(({ secondOfDay }) => Math.floor(secondOfDay / 3600));

export const isDayWeekInMonth: ExpressionFunction = {
  parameters: ['date', 'dayOfWeek', 'position'],
  required: 3,
  call([date, weekday, position]) {
    const { day } = localDate(date, undefined);
    const { year, month, day: ofMonth } = dayOf(day);
    if (weekdayOf(day) !== weekdayNamed(textOf(weekday, 'dayOfWeek'))) return false;
    const wanted = textOf(position, 'position').toUpperCase();
    if (wanted === 'LAST') return ofMonth + WEEK_DAYS > daysInMonth(year, month);
    const index = POSITIONS.indexOf(wanted);
    if (index === -1) throw new ValueError(`expected one of ${POSITIONS.join(', ')}, LAST as position, got ${wanted}`);
    return Math.ceil(ofMonth / WEEK_DAYS) === index + 1;
  },
};

/** Monday to Friday are worked, unless other days are named: `'MONDAY,TUESDAY'`. */
export const isLastWorkingDay: ExpressionFunction = {
  parameters: ['date', 'workingDays'],
  required: 1,
  call([date, workingDays]) {
    const { day } = localDate(date, undefined);
    const named = (optional(workingDays, textOf, 'workingDays') ?? '').split(/[,\s]+/).filter((name) => name !== '');
    const worked = new Set(named.length > 0 ? named.map(weekdayNamed) : [1, 2, 3, 4, 5]);
    const { year, month } = dayOf(day);
    let last = dayNumber({ year, month, day: daysInMonth(year, month) });
    while (!worked.has(weekdayOf(last))) last--;
    return day === last;
  },
};

/** Of the countries that date/holidays.ts knows. */
export const isPublicHoliday: ExpressionFunction = {
  parameters: ['date', 'country', 'subDivision'],
  required: 2,
  call([date, country, subDivision]) {
    const code = textOf(country, 'country').toUpperCase();
    const part = optional(subDivision, textOf, 'subDivision')?.toUpperCase();
    const answer = isHoliday(localDate(date, undefined).day, code, part === '' ? undefined : part);
    if (answer !== undefined) return answer;
    const known = `one of ${HOLIDAY_COUNTRIES.join(', ')} as country, and a part of it that has holidays of its own`;
    throw new ValueError(`expected ${known}, got ${code}${part ? ` and ${part}` : ''}`);
  },
};

function weekdayNamed(name: string): number {
  const index = DAYS.indexOf(name.toUpperCase());
  if (index === -1) throw new ValueError(`expected one of ${DAYS.join(', ')}, got ${name}`);
  return index + 1;
}

const comparing = (
  parameters: readonly string[],
  answer: (moments: readonly Moment[]) => boolean,
): ExpressionFunction => ({
  parameters,
  required: parameters.length,
  call: (dates) => answer(dates.map((date) => dateArgument(date, UTC))),
});
const isBefore = (a: Moment, b: Moment): boolean => a.second < b.second || (a.second === b.second && a.nano < b.nano);

export const isDateBefore = comparing(['date', 'before'], ([date, before]) => isBefore(date!, before!));
export const isDateAfter = comparing(['date', 'after'], ([date, after]) => isBefore(after!, date!));
/** Neither end belongs to it. */
export const isDateBetween = comparing(
  ['date', 'after', 'before'],
  ([date, after, before]) => isBefore(after!, date!) && isBefore(date!, before!),
);
