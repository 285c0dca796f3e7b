/** Dates: what java.time writes (`golden/dates.json`), and what date filters and calendar functions make of a text. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { renderText } from '../lib/expression/render.ts';
import { aWorld, rendering } from './support/expressions.ts';

type Case = {
  readonly pattern: string;
  readonly instant: string;
  readonly zone: string;
  readonly locale: string;
  /** Null where java.time refuses the pattern. */
  readonly out: string | null;
};

/** A case that is written otherwise here, with the reason. There is none. */
const DIFFERENT: Readonly<Record<string, string>> = {};
const DIFFERENT_MAX = 24;

const nameOf = ({ pattern, instant, zone }: Case): string => `${pattern} of ${instant} in ${zone}`;

test('writing dates as java.time does', () => {
  const cases: Case[] = JSON.parse(readFileSync(new URL('golden/dates.json', import.meta.url), 'utf8'));
  assert.ok(cases.length > 400);
  const different = cases.filter((each) => {
    const { pattern, instant, zone, locale, out } = each;
    let got: string | null;
    try {
      got = renderText('{{ instant | date(pattern, timeZone=zone, locale=locale) }}', {
        pattern,
        instant,
        zone,
        locale,
      });
    } catch {
      got = null;
    }
    return got !== out;
  });
  assert.deepEqual(different.map(nameOf), Object.keys(DIFFERENT));
  assert.ok(Object.keys(DIFFERENT).length <= DIFFERENT_MAX);
});

describe('reading what a date is written as', () => {
  rendering([
    [
      '{{ "2013-09-08T17:19:12+02:00" | date }} {{ "2013-09-08T17:19:12+02" | date }}',
      '2013-09-08T15:19:12.000000Z 2013-09-08T15:19:12.000000Z',
    ],
    ['{{ "2013-09-08T17:19" | date(timeZone="Europe/Paris") }}', '2013-09-08T17:19:00.000000+02:00'],
    ['{{ "2013-09-08" | date(timeZone="Europe/Paris") }}', '2013-09-08T00:00:00.000000+02:00'],
    ['{{ "2024-01-02T03:04:05.678901Z[UTC]" | date("SSSSSS") }} {{ 1378653552 | date("yyyy") }}', '678901 2013'],
    ['{{ "July 24, 2001" | date("yyyy-MM-dd", existingFormat="MMMM dd, yyyy") }}', '2001-07-24'],
    ['{{ "24/7/01 3:04 PM" | date("iso_local_date_time", existingFormat="d/M/yy h:mm a") }}', '2001-07-24T15:04:00'],
    ['{{ "20240102030405" | date("sql_seq", existingFormat="yyyyMMddHHmmss") }}', '2024-01-02 03:04:05'],
    [
      '{{ "Tue, 08 Feb 2022 19:38:26 GMT" | date(existingFormat="rfc_1123_date_time", timeZone="Europe/Paris") }}',
      '2022-02-08T20:38:26.000000+01:00',
    ],
    [
      '{{ "2024-060" | date("iso_local_date", existingFormat="yyyy-DDD") }} {{ "2024-W09-4" | date("yyyy-MM-dd", existingFormat="YYYY-\'W\'ww-e") }}',
      '2024-02-29 2024-02-29',
    ],
    [
      '{{ "2 janvier 2024" | date("yyyy-MM-dd", existingFormat="d MMMM yyyy", locale="en") }}',
      /expected a date written as `d MMMM yyyy`, got `2 janvier 2024`/,
    ],
    ['{{ "2024-02-30" | date("yyyy-MM-dd", existingFormat="yyyy-MM-dd") }}', '2024-02-29'],
    ['{{ "2024-13-01" | date }}', /expected an ISO date such as .* got `2024-13-01`/],
    ['{{ "tomorrow" | date }}', /expected an ISO date/],
    ['{{ [1] | date }}', /expected a text as a date, got a list/],
    ['{{ null | date }}|', '|'],
  ]);
});

describe('meaning a time that a clock skips, or shows twice', () => {
  rendering([
    ['{{ "2024-03-31T02:30:00" | date(timeZone="Europe/Paris") }}', '2024-03-31T03:30:00.000000+02:00'],
    ['{{ "2024-10-27T02:30:00" | date(timeZone="Europe/Paris") }}', '2024-10-27T02:30:00.000000+02:00'],
    [
      '{{ "2024-03-30T02:30:00+01:00[Europe/Paris]" | dateAdd(1, "DAYS", timeZone="Europe/Paris") }}',
      '2024-03-31T03:30:00.000000+02:00',
    ],
    [
      '{{ "2024-03-30T12:00:00+01:00[Europe/Paris]" | dateAdd(24, "HOURS", timeZone="Europe/Paris") }}',
      '2024-03-31T13:00:00.000000+02:00',
    ],
  ]);
});

describe('writing in a zone, a language, a format with a name', () => {
  const date = '"2024-01-02T03:04:05.12Z" | date';
  rendering([
    [
      `{{ ${date}("iso") }} {{ ${date}("iso_sec") }} {{ ${date}("sql") }}`,
      '2024-01-02T03:04:05.120000Z 2024-01-02T03:04:05Z 2024-01-02 03:04:05.120000',
    ],
    [`{{ ${date}("iso_date_time", timeZone="Europe/Paris") }}`, '2024-01-02T04:04:05.12+01:00[Europe/Paris]'],
    [
      `{{ ${date}("iso_instant", timeZone="Asia/Tokyo") }} {{ ${date}("iso_date", timeZone="Asia/Tokyo") }}`,
      '2024-01-02T03:04:05.12Z 2024-01-02+09:00',
    ],
    [
      `{{ ${date}("iso_week_date") }} {{ ${date}("iso_ordinal_date") }} {{ ${date}("rfc_1123_date_time") }}`,
      '2024-W01-2Z 2024-002Z Tue, 2 Jan 2024 03:04:05 GMT',
    ],
    [`{{ ${date}("EEEE d MMMM", locale="fr") }} {{ ${date}("MMMM", locale="de_DE") }}`, 'mardi 2 janvier Januar'],
    [
      `{{ ${date}("HH:mm z", timeZone="Australia/Perth") }} {{ ${date}("z", timeZone="Asia/Tokyo") }} {{ ${date}("VV xxx", timeZone="+05:30") }}`,
      '11:04 AWST JST +05:30 +05:30',
    ],
    [`{{ ${date}("medium") | replace({"\u202f": " "}) }}`, 'Jan 2, 2024, 3:04:05 AM'],
    [`{{ ${date}("yyyy-MM-ddTHH") }}`, /expected a date pattern such as yyyy-MM-dd, got `T` in `yyyy-MM-ddTHH`/],
    [
      `{{ ${date}("[yyyy", timeZone="Europe/Pari") }}`,
      /expected a time zone such as Europe\/Paris, got `Europe\/Pari`.*did you mean `Europe\/Paris`/,
    ],
    [`{{ ${date}("yyyy", locale="no language") }}`, /expected a language such as en or fr_FR/],
    [`{{ ${date}("${'y'.repeat(600)}") }}`, /a date pattern of at most 500 characters/],
    [`{{ ${date}("${'p'.repeat(300)}H") | length }}`, '300'],
  ]);
});

describe('adding to a date', () => {
  rendering([
    [
      '{{ "2024-01-31" | dateAdd(1, "MONTHS", "yyyy-MM-dd") }} {{ "2024-02-29" | dateAdd(-1, "YEARS", "yyyy-MM-dd") }}',
      '2024-02-29 2023-02-28',
    ],
    [
      '{{ "2024-01-01" | dateAdd("2", "WEEKS", "yyyy-MM-dd") }} {{ "2024-01-01" | dateAdd(1, "DECADES", "yyyy") }}',
      '2024-01-15 2034',
    ],
    [
      '{{ "2024-01-01" | dateAdd(-1, "NANOS", "sql_nano") }} {{ "2024-01-01" | dateAdd(90, "MINUTES", "HH:mm") }}',
      '2023-12-31 23:59:59.999999999 01:30',
    ],
    ['{{ "2024-01-01" | dateAdd(1, "DAY") }}', /expected one of NANOS, .* as unit, got `DAY`.*did you mean `DAYS`/],
    ['{{ "2024-01-01" | dateAdd("x", "DAYS") }}', /expected a number, got `x`/],
    ['{{ "2024-01-01" | dateAdd(9999999999999, "YEARS") }}', /expected an amount of at most/],
  ]);
});

describe('counting since 1970', () => {
  const date = '"2013-09-08T16:19:12.123456+01:00"';
  rendering([
    [`{{ ${date} | timestamp }} {{ ${date} | timestampMilli }}`, '1378653552 1378653552123'],
    [`{{ ${date} | timestampMicro }} {{ ${date} | timestampNano }}`, '1378653552000123456 1378653552123456000'],
    [`{{ (${date} | timestamp) > (${date} | dateAdd(-1, "DAYS") | timestamp) }}`, 'true'],
    ['{{ "1969-12-31T23:59:59.5Z" | timestamp }} {{ "1969-12-31T23:59:59.5Z" | timestampMilli }}', '-1 -500'],
  ]);
});

describe('knowing the time that is given', () => {
  rendering([
    ['{{ now() }} {{ now("yyyy-MM-dd HH:mm") }}', '2024-01-02T12:00:00.005000Z 2024-01-02 12:00'],
    [
      '{{ now(timeZone="America/New_York") }} {{ now() | dateAdd(-1, "DAYS", "iso_local_date") }}',
      '2024-01-02T07:00:00.005000-05:00 2024-01-01',
    ],
  ]);
  test('in the zone of the world', () =>
    assert.equal(renderText('{{ now("HH:mm z") }}', {}, aWorld({ timeZone: 'Europe/Paris' })), '13:00 CET'));
});

describe('answering questions about a date', () => {
  rendering([
    [
      '{{ isWeekend("2024-01-06") }} {{ isWeekend("2024-01-05T23:00:00Z") }} {{ isWeekend("2024-01-05T23:00:00Z", "Asia/Tokyo") }}',
      'true false true',
    ],
    [
      '{{ dayOfWeek("2025-01-06T00:30:00+02:00") }} {{ hourOfDay("2024-01-02T03:04:05Z") }} {{ dayOfMonth("2024-01-02") }} {{ monthOfYear("2024-01-02") }}',
      'MONDAY 3 2 1',
    ],
    [
      '{{ isDayWeekInMonth("2024-01-08", "monday", "SECOND") }} {{ isDayWeekInMonth("2024-01-29", "MONDAY", "LAST") }} {{ isDayWeekInMonth("2024-01-22", "MONDAY", "LAST") }}',
      'true true false',
    ],
    ['{{ isDayWeekInMonth("2024-01-08", "MONDAY", "FIFTH") }}', /expected one of FIRST, .* got FIFTH/],
    [
      '{{ isLastWorkingDay("2024-03-29") }} {{ isLastWorkingDay("2024-03-31") }} {{ isLastWorkingDay("2024-03-31", "SUNDAY") }}',
      'true false true',
    ],
    ['{{ isLastWorkingDay("2024-03-31", "SUNDAYS") }}', /expected one of MONDAY, .* got SUNDAYS/],
    [
      '{{ isDateBefore("2024-01-01T00:00:00Z", "2024-01-01T00:00:00-01:00") }} {{ isDateAfter("2024-01-02", "2024-01-01") }}',
      'true true',
    ],
    [
      '{{ isDateBetween("2024-01-01", "2024-01-01", "2024-01-02") }} {{ isDateBetween("2024-01-01T00:00:01", "2024-01-01", "2024-01-02") }}',
      'false true',
    ],
  ]);
});

describe('knowing public holidays', () => {
  rendering([
    [
      '{{ isPublicHoliday("2024-04-01", "FR") }} {{ isPublicHoliday("2024-07-14", "fr") }} {{ isPublicHoliday("2024-07-15", "FR") }}',
      'true true false',
    ],
    ['{{ isPublicHoliday("2024-08-15", "DE", "BY") }} {{ isPublicHoliday("2024-08-15", "DE") }}', 'true false'],
    [
      '{{ isPublicHoliday("2024-11-28", "US") }} {{ isPublicHoliday("2021-12-31", "US") }} {{ isPublicHoliday("2024-05-27", "US") }}',
      'true true true',
    ],
    [
      '{{ isPublicHoliday("2021-12-28", "GB") }} {{ isPublicHoliday("2024-08-26", "GB", "ENG") }} {{ isPublicHoliday("2024-08-26", "GB", "SCT") }}',
      'true true false',
    ],
    ['{{ isPublicHoliday("2024-01-01", "ZZ") }}', /expected one of AT, .* got ZZ/],
  ]);
});
