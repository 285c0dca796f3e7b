/** What stands in an address's query, as our routes read it: a refusal names the parameter, what was expected and got. */
import { Fault } from '../../../lib/errors.ts';
import { durationMs } from '../../../lib/flow/duration.ts';
import { LEVELS, type Level } from '../../../lib/model/log-line.ts';
import { DAY_MS, type GroupBy, groupByOf } from '../views/time-groups.ts';

type Query = URLSearchParams;
const TEXT_CHARS_MAX = 60;

export const excerptOf = (text: string): string => JSON.stringify(text.slice(0, TEXT_CHARS_MAX));

/** `kestra`: what its clients look for in the message. */
export function refused(name: string, expected: string, got: string, kestra?: string): Fault {
  const message = `expected ${expected}, got ${excerptOf(got)}`;
  const problem = { severity: 'error', path: name, message, expected, got: excerptOf(got), kestra } as const;
  return new Fault('request.parameter', `${name}: ${message}`, { problems: [problem] });
}

/** Undefined where it is absent or empty. */
export const textOf = (query: Query, name: string): string | undefined => query.get(name) || undefined;

/** In any case, as Java reads it: a client may write `True`. `absent`: what holds without it. */
export function flagOf(query: Query, name: string, absent = false): boolean {
  const text = textOf(query, name);
  switch (text?.toLowerCase()) {
    case undefined:
      return absent;
    case 'true':
      return true;
    case 'false':
      return false;
  }
  throw refused(name, 'true or false', text!);
}

export function wholeOf(query: Query, name: string, least = 0): number | undefined {
  const text = textOf(query, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least) throw refused(name, `a whole number from ${least}`, text);
  return value;
}

export function levelOf(query: Query, name: string): Level | undefined {
  const text = textOf(query, name);
  if (text === undefined) return undefined;
  const level = LEVELS.find((each) => each === text.toUpperCase());
  if (!level) throw refused(name, `one of ${LEVELS.join(', ')}`, text);
  return level;
}

/** That level and all above it; undefined where all are asked for. */
export function levelsFrom(query: Query, name: string): readonly Level[] | undefined {
  const least = levelOf(query, name);
  return least === undefined || least === LEVELS[0] ? undefined : LEVELS.slice(LEVELS.indexOf(least));
}

/** Given several times, or parted by commas. */
export const listOf = (query: Query, name: string): readonly string[] =>
  query.getAll(name).flatMap((text) => text.split(',').filter(Boolean));

export function timeOf(query: Query, name: string): number | undefined {
  const text = textOf(query, name);
  return text === undefined ? undefined : msIn(name, text);
}

export function msIn(name: string, text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw refused(name, 'a time such as 2026-11-26T10:00:00Z', text);
  return ms;
}

/** `startDate` and `endDate`, or `timeRange`: how far back from now. */
export function timesOf(query: Query, nowMs: number): { readonly fromMs?: number; readonly untilMs?: number } {
  const [fromMs, untilMs] = [timeOf(query, 'startDate'), timeOf(query, 'endDate')];
  const range = textOf(query, 'timeRange');
  if (range !== undefined) {
    if (fromMs !== undefined)
      throw refused(
        'timeRange',
        'either startDate or timeRange',
        range,
        "Parameters 'startDate' and 'timeRange' are mutually exclusive",
      );
    const ms = durationMs(range);
    if (ms === undefined || ms < 0) throw refused('timeRange', 'a duration such as PT24H', range);
    return { fromMs: nowMs - ms, untilMs };
  }
  if (fromMs !== undefined && untilMs !== undefined && fromMs > untilMs)
    throw refused(
      'endDate',
      'a time behind startDate',
      textOf(query, 'endDate')!,
      'Illegal argument: Start date must be before End Date',
    );
  return { fromMs, untilMs };
}

const SPAN_DAYS = 30;
/** Ten years: a chart of more has nothing to show. */
const SPAN_DAYS_MAX = 3_660;

/** What a chart shows: `timesOf`, 30 days where the start is left out. */
export function spanOf(
  query: Query,
  nowMs: number,
): { readonly fromMs: number; readonly untilMs: number; readonly groupBy: GroupBy } {
  const { fromMs: from, untilMs = nowMs } = timesOf(query, nowMs);
  const fromMs = from ?? Math.min(untilMs, nowMs) - SPAN_DAYS * DAY_MS;
  if (untilMs - fromMs > SPAN_DAYS_MAX * DAY_MS)
    throw refused('startDate', `at most ${SPAN_DAYS_MAX} days before endDate`, textOf(query, 'startDate') ?? '');
  return { fromMs, untilMs, groupBy: groupByOf(untilMs - fromMs) };
}

/** `labels=key:value`, as often as it stands there. */
export function labelPairs(query: Query): readonly (readonly [key: string, value: string])[] {
  return query.getAll('labels').map((text) => {
    const colon = text.indexOf(':');
    if (colon < 0) throw refused('labels', 'key:value', text);
    return [text.slice(0, colon), text.slice(colon + 1)];
  });
}
