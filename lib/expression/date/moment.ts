/** A point in time in a zone, and its fields there. Days, months and years are those of the ISO calendar. */
import { offsetAt, type Zone } from './zone.ts';

export const DAY_SECONDS = 86_400;
export const SECOND_NANOS = 1_000_000_000;

/** `second`: since 1970, of UTC. `nano`: 0 to 999,999,999 behind it. `offset`: seconds that the zone is ahead of UTC then. */
export type Moment = { readonly second: number; readonly nano: number; readonly zone: Zone; readonly offset: number };

/** A date and time as a clock on the wall shows it. `day`: since 1970. */
export type Local = { readonly day: number; readonly secondOfDay: number; readonly nano: number };
export type Day = { readonly year: number; readonly month: number; readonly day: number };

export const momentAt = (second: number, nano: number, zone: Zone): Moment => ({
  second,
  nano,
  zone,
  offset: offsetAt(zone, second),
});
export const inZone = (moment: Moment, zone: Zone): Moment => momentAt(moment.second, moment.nano, zone);

export function localOf({ second, nano, offset }: Moment): Local {
  const local = second + offset;
  const day = Math.floor(local / DAY_SECONDS);
  return { day, secondOfDay: local - day * DAY_SECONDS, nano };
}

/**
 * When a clock in the zone shows it. A time that is skipped when clocks go forward is as much later as they skip; one that comes
 * twice is meant the first time.
 */
export function momentFrom({ day, secondOfDay, nano }: Local, zone: Zone): Moment {
  const local = day * DAY_SECONDS + secondOfDay;
  const before = offsetAt(zone, local - DAY_SECONDS);
  const after = offsetAt(zone, local + DAY_SECONDS);
  const fitting = [before, after].find((offset) => offsetAt(zone, local - offset) === offset);
  return momentAt(local - (fitting ?? before), nano, zone);
}

export function dayNumber({ year, month, day }: Day): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return Math.round(date.getTime() / 1000 / DAY_SECONDS);
}

export function dayOf(number: number): Day {
  const date = new Date(number * DAY_SECONDS * 1000);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** Monday is 1, Sunday 7. */
export const weekdayOf = (number: number): number => ((((number + 3) % 7) + 7) % 7) + 1;
export const dayOfYear = (number: number): number =>
  number - dayNumber({ year: dayOf(number).year, month: 1, day: 1 }) + 1;
export const daysInYear = (year: number): number =>
  dayNumber({ year: year + 1, month: 1, day: 1 }) - dayNumber({ year, month: 1, day: 1 });
export const daysInMonth = (year: number, month: number): number =>
  dayNumber({ year, month: month + 1, day: 1 }) - dayNumber({ year, month, day: 1 });

export const isDay = ({ year, month, day }: Day): boolean =>
  month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);

/** So many months later, on the last day of the month where it has no such day. */
export function plusMonths(number: number, months: number): number {
  const { year, month, day } = dayOf(number);
  const total = year * 12 + (month - 1) + months;
  const [toYear, toMonth] = [Math.floor(total / 12), (((total % 12) + 12) % 12) + 1];
  return dayNumber({ year: toYear, month: toMonth, day: Math.min(day, daysInMonth(toYear, toMonth)) });
}
