/**
 * Public holidays of some countries, by rule. `12-25` is a date; `E+1` so many days behind Easter Sunday; `11/4/4` the fourth
 * Thursday (Monday is 1) of November, `5/-1/1` the last Monday of May. A date with `*` that falls on a Saturday is kept on the
 * Friday before, on a Sunday on the Monday behind; with `+`, on the next day of the week that is none itself.
 */
import { dayNumber, dayOf, daysInMonth, weekdayOf } from './moment.ts';

type Country = { readonly all: string; readonly parts?: Readonly<Record<string, string>> };

const COUNTRIES: Readonly<Record<string, Country>> = {
  AT: { all: '01-01 01-06 E+1 05-01 E+39 E+50 E+60 08-15 10-26 11-01 12-08 12-25 12-26' },
  BE: { all: '01-01 E+1 05-01 E+39 E+50 07-21 08-15 11-01 11-11 12-25' },
  BR: { all: '01-01 E-2 04-21 05-01 09-07 10-12 11-02 11-15 11-20 12-25' },
  CA: { all: '01-01 E-2 07-01 9/1/1 12-25', parts: { ON: '2/3/1 5/3/1 10/2/1 12-26', QC: 'E+1 06-24 10/2/1' } },
  CH: { all: '01-01 E+39 08-01 12-25' },
  CZ: { all: '01-01 E-2 E+1 05-01 05-08 07-05 07-06 09-28 10-28 11-17 12-24 12-25 12-26' },
  DE: {
    all: '01-01 E-2 E+1 05-01 E+39 E+50 10-03 12-25 12-26',
    parts: {
      BB: 'E+0 E+49 10-31',
      BE: '03-08',
      BW: '01-06 E+60 11-01',
      BY: '01-06 E+60 08-15 11-01',
      HB: '10-31',
      HE: 'E+60',
      HH: '10-31',
      MV: '03-08 10-31',
      NI: '10-31',
      NW: 'E+60 11-01',
      RP: 'E+60 11-01',
      SH: '10-31',
      SL: 'E+60 08-15 11-01',
      SN: '10-31',
      ST: '01-06 10-31',
      TH: '09-20 10-31',
    },
  },
  DK: { all: '01-01 E-3 E-2 E+0 E+1 E+39 E+49 E+50 12-25 12-26' },
  ES: { all: '01-01 01-06 E-2 05-01 08-15 10-12 11-01 12-06 12-08 12-25' },
  FI: { all: '01-01 01-06 E-2 E+0 E+1 05-01 E+39 E+49 12-06 12-25 12-26' },
  FR: {
    all: '01-01 E+1 05-01 05-08 E+39 E+50 07-14 08-15 11-01 11-11 12-25',
    parts: { '57': 'E-2 12-26', '67': 'E-2 12-26', '68': 'E-2 12-26' },
  },
  GB: {
    all: '01-01+ E-2 5/1/1 5/-1/1 12-25+ 12-26+',
    parts: { ENG: 'E+1 8/-1/1', NIR: '03-17+ E+1 07-12+ 8/-1/1', SCT: '01-02+ 8/1/1 11-30+', WLS: 'E+1 8/-1/1' },
  },
  IE: { all: '01-01 03-17 E+1 5/1/1 6/1/1 8/1/1 10/-1/1 12-25 12-26' },
  IT: { all: '01-01 01-06 E+0 E+1 04-25 05-01 06-02 08-15 11-01 12-08 12-25 12-26' },
  LU: { all: '01-01 E+1 05-01 05-09 E+39 E+50 06-23 08-15 11-01 12-25 12-26' },
  NL: { all: '01-01 E+0 E+1 04-27 E+39 E+49 E+50 12-25 12-26' },
  NO: { all: '01-01 E-3 E-2 E+0 E+1 05-01 05-17 E+39 E+49 E+50 12-25 12-26' },
  PL: { all: '01-01 01-06 E+0 E+1 05-01 05-03 E+49 E+60 08-15 11-01 11-11 12-25 12-26' },
  PT: { all: '01-01 E-2 E+0 04-25 05-01 E+60 06-10 08-15 10-05 11-01 12-01 12-08 12-25' },
  SE: { all: '01-01 01-06 E-2 E+0 E+1 05-01 E+39 E+49 06-06 12-25 12-26' },
  US: { all: '01-01* 1/3/1 2/3/1 5/-1/1 06-19* 07-04* 9/1/1 10/2/1 11-11* 11/4/4 12-25*' },
};

const SATURDAY = 6;
const SUNDAY = 7;
const RULE = /^(?:(\d\d)-(\d\d)([*+]?)|E([-+]\d+)|(\d+)\/(-?\d)\/(\d))$/;

export const HOLIDAY_COUNTRIES: readonly string[] = Object.keys(COUNTRIES);

/** `undefined` for a country, or a part of one, of which nothing is known here. */
export function isHoliday(number: number, country: string, part?: string): boolean | undefined {
  const known = Object.hasOwn(COUNTRIES, country) ? COUNTRIES[country] : undefined;
  const own = part === undefined ? '' : known?.parts?.[part];
  if (!known || own === undefined) return undefined;
  const rules = `${known.all} ${own}`.trim().split(' ');
  // What is kept on a day before may belong to the next year.
  const { year } = dayOf(number);
  return [year, year + 1].some((each) => holidaysOf(each, rules).has(number));
}

function holidaysOf(year: number, rules: readonly string[]): ReadonlySet<number> {
  const days = new Set<number>();
  for (const rule of rules) {
    const [, month, day, moved, easter, ofMonth, nth, weekday] = RULE.exec(rule)!;
    if (easter !== undefined) days.add(easterOf(year) + Number(easter));
    else if (ofMonth !== undefined) days.add(nthWeekday(year, Number(ofMonth), [Number(nth), Number(weekday)]));
    else days.add(kept(dayNumber({ year, month: Number(month), day: Number(day) }), moved!, days));
  }
  return days;
}

function kept(day: number, moved: string, taken: ReadonlySet<number>): number {
  const weekday = weekdayOf(day);
  if (moved === '*') return weekday === SATURDAY ? day - 1 : weekday === SUNDAY ? day + 1 : day;
  let free = day;
  if (moved === '+') while (weekdayOf(free) >= SATURDAY || taken.has(free)) free++;
  return free;
}

function nthWeekday(year: number, month: number, [nth, weekday]: readonly [number, number]): number {
  const first = dayNumber({ year, month, day: 1 });
  const begin = first + ((weekday - weekdayOf(first) + 7) % 7);
  if (nth > 0) return begin + (nth - 1) * 7;
  const last = first + daysInMonth(year, month) - 1;
  return last - ((weekdayOf(last) - weekday + 7) % 7);
}

/** Of the Gregorian calendar, by the rule of Meeus, Jones and Butcher. */
function easterOf(year: number): number {
  const [a, b, c] = [year % 19, Math.floor(year / 100), year % 100];
  const moon = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const sunday = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - moon - (c % 4)) % 7;
  const late = Math.floor((a + 11 * moon + 22 * sunday) / 451);
  const days = moon + sunday - 7 * late + 114;
  return dayNumber({ year, month: Math.floor(days / 31), day: (days % 31) + 1 });
}
