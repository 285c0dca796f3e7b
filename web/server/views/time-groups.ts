/** Time in groups that a chart shows side by side: hours, days, weeks from Monday, months; all in UTC. */

const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
const WEEK_DAYS = 7;

export type GroupBy = 'hour' | 'day' | 'week' | 'month';

/** As long as a chart of that span has bars that can be told apart. */
export function groupByOf(spanMs: number): GroupBy {
  const days = spanMs / DAY_MS;
  return days > 365 ? 'month' : days > 180 ? 'week' : days > 1 ? 'day' : 'hour';
}

/** What the repository gathers by: weeks and months are put together from days. */
export const widthOf = (groupBy: GroupBy): number => (groupBy === 'hour' ? HOUR_MS : DAY_MS);

/** Every group of the span with what falls into it, in order. */
export function grouped<T extends { readonly fromMs: number }>(
  all: readonly T[],
  { fromMs, untilMs, groupBy }: { readonly fromMs: number; readonly untilMs: number; readonly groupBy: GroupBy },
): readonly (readonly [beginMs: number, inside: readonly T[]])[] {
  const groups = Map.groupBy(all, (each) => beginOf(each.fromMs, groupBy));
  const found: (readonly [number, readonly T[]])[] = [];
  for (let at = beginOf(fromMs, groupBy); at <= untilMs; at = nextOf(at, groupBy))
    found.push([at, groups.get(at) ?? []]);
  return found;
}

function beginOf(ms: number, groupBy: GroupBy): number {
  const date = new Date(ms);
  const day = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  switch (groupBy) {
    case 'hour':
      return ms - (ms % HOUR_MS);
    case 'day':
      return day;
    case 'week':
      return day - ((date.getUTCDay() + WEEK_DAYS - 1) % WEEK_DAYS) * DAY_MS;
    case 'month':
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  }
}

function nextOf(ms: number, groupBy: GroupBy): number {
  const date = new Date(ms);
  switch (groupBy) {
    case 'hour':
      return ms + HOUR_MS;
    case 'day':
      return ms + DAY_MS;
    case 'week':
      return ms + WEEK_DAYS * DAY_MS;
    case 'month':
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  }
}
