/** Metrics as REST shows them: one by one, and gathered by time. */
import type { MetricEntry } from '../../../lib/model/metric.ts';
import type { MetricBucket } from '../../../lib/repository/repository.ts';
import { iso } from './time.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_DAYS = 7;

/** A timer's value is in milliseconds. */
export const metricBody = (metric: MetricEntry): object => ({
  namespace: metric.namespace,
  flowId: metric.flowId,
  executionId: metric.executionId,
  taskId: metric.taskId,
  taskRunId: metric.taskRunId,
  type: metric.type,
  name: metric.name,
  value: metric.value,
  timestamp: iso(metric.atMs),
  tags: metric.tags,
});

export const AGGREGATIONS = ['SUM', 'AVG', 'MIN', 'MAX'] as const;
export type Aggregation = (typeof AGGREGATIONS)[number];
export type GroupBy = 'hour' | 'day' | 'week' | 'month';

/** As long as a chart of that span has bars that can be told apart. */
export function groupByOf(spanMs: number): GroupBy {
  const days = spanMs / DAY_MS;
  return days > 365 ? 'month' : days > 180 ? 'week' : days > 1 ? 'day' : 'hour';
}

/** What the repository gathers by: months are put together from days. */
export const widthOf = (groupBy: GroupBy): number => (groupBy === 'hour' ? HOUR_MS : DAY_MS);

/** Every group from the first to the last, those in which nothing was measured with 0. */
export function aggregationsBody(
  buckets: readonly MetricBucket[],
  {
    name,
    aggregation,
    groupBy,
    fromMs,
    untilMs,
  }: {
    readonly name: string;
    readonly aggregation: Aggregation;
    readonly groupBy: GroupBy;
    readonly fromMs: number;
    readonly untilMs: number;
  },
): object {
  const groups = Map.groupBy(buckets, (bucket) => beginOf(bucket.fromMs, groupBy));
  const aggregations: object[] = [];
  for (let at = beginOf(fromMs, groupBy); at <= untilMs; at = nextOf(at, groupBy))
    aggregations.push({ name, value: gathered(groups.get(at) ?? [], aggregation), date: iso(at) });
  return { groupBy, aggregations };
}

function gathered(buckets: readonly MetricBucket[], aggregation: Aggregation): number {
  if (buckets.length === 0) return 0;
  const sum = buckets.reduce((all, bucket) => all + bucket.sum, 0);
  switch (aggregation) {
    case 'SUM':
      return sum;
    case 'AVG':
      return sum / buckets.reduce((all, { count }) => all + count, 0);
    case 'MIN':
      return Math.min(...buckets.map(({ min }) => min));
    case 'MAX':
      return Math.max(...buckets.map(({ max }) => max));
  }
}

/** In UTC; weeks begin on Monday. */
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
