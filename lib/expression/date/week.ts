/** Weeks as a country counts them: on which day they begin, and how many days of a year the first one must have. */
import { dayOf, dayOfYear, daysInYear, weekdayOf } from './moment.ts';

export type Weeks = { readonly firstDay: number; readonly daysLeast: number };

type WithWeekInfo = Intl.Locale & { getWeekInfo?(): { readonly firstDay: number } };

export const ISO_WEEKS: Weeks = { firstDay: 1, daysLeast: 4 };

export function weeksOf(locale: string): Weeks {
  const firstDay = (new Intl.Locale(locale) as WithWeekInfo).getWeekInfo?.().firstDay ?? 1;
  return firstDay === 1 ? ISO_WEEKS : { firstDay, daysLeast: 1 };
}

/** 1 on the first day of the week. */
export const dayOfWeek = (number: number, { firstDay }: Weeks): number => ((weekdayOf(number) - firstDay + 7) % 7) + 1;

export const weekOfMonth = (number: number, weeks: Weeks): number =>
  weekIn(dayOf(number).day, dayOfWeek(number, weeks), weeks);

/** The year to which its week belongs, and which week of it that is. */
export function weekOfYear(number: number, weeks: Weeks): { readonly year: number; readonly week: number } {
  const { year } = dayOf(number);
  const day = dayOfYear(number);
  const week = weekIn(day, dayOfWeek(number, weeks), weeks);
  if (week === 0) return weekOfYear(number - day, weeks);
  const next = weekAt(offsetOf(day, dayOfWeek(number, weeks), weeks), daysInYear(year) + weeks.daysLeast);
  return week >= next ? { year: year + 1, week: week - next + 1 } : { year, week };
}

const weekIn = (day: number, weekday: number, weeks: Weeks): number => weekAt(offsetOf(day, weekday, weeks), day);
const weekAt = (offset: number, day: number): number => Math.floor((7 + offset + (day - 1)) / 7);

function offsetOf(day: number, weekday: number, { daysLeast }: Weeks): number {
  const start = (((day - weekday) % 7) + 7) % 7;
  return start + 1 > daysLeast ? 7 - start : -start;
}
