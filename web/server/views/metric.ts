/** Metrics as REST shows them: one by one, and gathered by time. */
import type { MetricEntry } from '../../../lib/model/metric.ts';
import type { MetricBucket } from '../../../lib/repository/repository.ts';
import { iso } from './time.ts';
import { type GroupBy, grouped } from './time-groups.ts';

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
  const groups = grouped(buckets, { fromMs, untilMs, groupBy });
  const aggregations = groups.map(([at, inside]) => ({ name, value: gathered(inside, aggregation), date: iso(at) }));
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
