/** Counts by state, as a chart takes them: in five kinds, column by column. Pure. */
import type { DailyExecutionsBody } from '../../api/statistics.ts';

/** From below to above. */
export const KINDS = ['SUCCESS', 'LIVE', 'WARNING', 'KILLED', 'FAILED'] as const;
export type Kind = (typeof KINDS)[number];

/** Those that are counted as a kind, and that a list is narrowed to for it. */
export const STATES_OF: Readonly<Record<Kind, readonly string[]>> = {
  SUCCESS: ['SUCCESS', 'SKIPPED'],
  LIVE: ['CREATED', 'QUEUED', 'RUNNING', 'PAUSED', 'RETRYING', 'RESTARTED', 'KILLING'],
  WARNING: ['WARNING', 'RETRIED'],
  KILLED: ['KILLED', 'CANCELLED'],
  FAILED: ['FAILED'],
};
/** A state that is named nowhere is taken for one that lives. */
const OF_STATE = new Map(KINDS.flatMap((kind) => STATES_OF[kind].map((state) => [state, kind] as const)));

export const KIND_TEXTS: Readonly<Record<Kind, string>> = {
  SUCCESS: 'succeeded',
  LIVE: 'run or wait',
  WARNING: 'with a warning',
  KILLED: 'killed',
  FAILED: 'failed',
};

export type Counts = Readonly<Record<Kind, number>>;

export function countsOf(byState: Readonly<Record<string, number>>): Counts {
  const counts: Record<Kind, number> = { SUCCESS: 0, LIVE: 0, WARNING: 0, KILLED: 0, FAILED: 0 };
  for (const [state, count] of Object.entries(byState)) counts[OF_STATE.get(state) ?? 'LIVE'] += count;
  return counts;
}

export const totalOf = (counts: Counts): number => KINDS.reduce((sum, kind) => sum + counts[kind], 0);

export const added = (all: readonly Counts[]): Counts =>
  all.reduce<Counts>(
    (sum, each) => Object.fromEntries(KINDS.map((kind) => [kind, sum[kind] + each[kind]])) as Record<Kind, number>,
    countsOf({}),
  );

/** `3 succeeded, 1 failed`; what is zero is left out. */
export function countsText(counts: Counts): string {
  const said = KINDS.filter((kind) => counts[kind] > 0).map(
    (kind) => `${counts[kind].toLocaleString()} ${KIND_TEXTS[kind]}`,
  );
  return said.length > 0 ? said.join(', ') : 'none';
}

export interface Column {
  readonly startDate: string;
  readonly groupBy: DailyExecutionsBody['groupBy'];
  readonly counts: Counts;
  readonly total: number;
}

export const columnsOf = (groups: readonly DailyExecutionsBody[]): readonly Column[] =>
  groups.map(({ startDate, groupBy, executionCounts }) => {
    const counts = countsOf(executionCounts);
    return { startDate, groupBy, counts, total: totalOf(counts) };
  });

export interface Piece {
  readonly kind: Kind;
  /** Parts of the chart's height, from below. */
  readonly from: number;
  readonly height: number;
}

/** One above the other. What happened at all is seen: it is at least `least` of the height. */
export function piecesOf(counts: Counts, most: number, least: number): readonly Piece[] {
  let from = 0;
  return KINDS.filter((kind) => counts[kind] > 0).map((kind) => {
    const piece = { kind, from, height: Math.max(least, counts[kind] / most) };
    from += piece.height;
    return piece;
  });
}

/** A round number at or above `count`, for the top of an axis. */
export function roundAbove(count: number): number {
  if (count <= 5) return Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(count));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((n) => n * power).find((n) => n >= count)!;
}

const IN_UTC = { timeZone: 'UTC' } as const;
const DAY = new Intl.DateTimeFormat(undefined, { ...IN_UTC, day: 'numeric', month: 'short' });
const MONTH = new Intl.DateTimeFormat(undefined, { ...IN_UTC, month: 'short', year: 'numeric' });
const HOUR = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** Hours as the clock on the wall shows them; days begin in UTC. */
export function columnText({ startDate, groupBy }: Pick<Column, 'startDate' | 'groupBy'>): string {
  const date = new Date(startDate);
  switch (groupBy) {
    case 'hour':
      return HOUR.format(date);
    case 'day':
      return DAY.format(date);
    case 'week':
      return `week of ${DAY.format(date)}`;
    case 'month':
      return MONTH.format(date);
  }
}

/** The mean of what has ended, ms; undefined where nothing has. */
export function meanMsOf(groups: readonly DailyExecutionsBody[]): number | undefined {
  const ended = groups.filter(({ duration }) => duration.count > 0);
  const count = ended.reduce((sum, { duration }) => sum + duration.count, 0);
  return count === 0 ? undefined : ended.reduce((sum, { duration }) => sum + msOf(duration.sum), 0) / count;
}

/** `PT1H2M3.5S` and `P1DT2H`, as the server writes durations. */
export function msOf(iso: string): number {
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] =
    /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(iso) ?? [];
  return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
}
