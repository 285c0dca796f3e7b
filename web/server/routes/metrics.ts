/** What tasks have measured: of one execution, and of a flow over time. */
import { systemClock } from '../../../lib/clock.ts';
import type { Repository } from '../../../lib/repository/repository.ts';
import { AGGREGATIONS, aggregationsBody, groupByOf, metricBody, widthOf } from '../views/metric.ts';
import { pageOf } from './paging.ts';
import { refused, textOf, timesOf } from './query.ts';
import type { Asked, Handlers } from './register.ts';
import { oneOf } from './terms.ts';

const DAY_MS = 86_400_000;
const SPAN_DAYS = 30;
/** Ten years: a chart of more has nothing to show. */
const SPAN_DAYS_MAX = 3_660;

export function metricHandlers(repository: Repository) {
  const scopeOf = ({ params: { namespace = '', flowId = '', taskId } }: Asked) => ({
    namespace,
    flowId,
    ...(taskId === undefined ? {} : { taskId }),
  });
  const names = async (asked: Asked) => asked.json(await repository.metricNames(scopeOf(asked)));
  const aggregates = async (asked: Asked) => {
    const name = asked.params.metric!;
    const aggregation = oneOf(textOf(asked.query, 'aggregation') ?? 'sum', AGGREGATIONS, 'aggregation');
    const nowMs = systemClock.now();
    const { fromMs: from, untilMs = nowMs } = timesOf(asked.query, nowMs);
    const fromMs = from ?? Math.min(untilMs, nowMs) - SPAN_DAYS * DAY_MS;
    if (untilMs - fromMs > SPAN_DAYS_MAX * DAY_MS)
      throw refused(
        'startDate',
        `at most ${SPAN_DAYS_MAX} days before endDate`,
        textOf(asked.query, 'startDate') ?? '',
      );
    const groupBy = groupByOf(untilMs - fromMs);
    const span = { name, fromMs, untilMs };
    const buckets = await repository.metricBuckets({ ...scopeOf(asked), ...span, widthMs: widthOf(groupBy) });
    asked.json(aggregationsBody(buckets, { ...span, aggregation, groupBy }));
  };
  return {
    readMetrics: async (asked) => {
      const { rows, total } = await repository.metrics({
        ...pageOf(asked.query),
        executionId: asked.params.executionId!,
        taskRunId: textOf(asked.query, 'taskRunId'),
        taskId: textOf(asked.query, 'taskId'),
      });
      asked.json({ results: rows.map(metricBody), total });
    },
    metricNames: names,
    metricNamesOfTask: names,
    metricTasks: async (asked) => asked.json(await repository.metricTasks(scopeOf(asked))),
    metricAggregates: aggregates,
    metricAggregatesOfTask: aggregates,
  } satisfies Partial<Handlers>;
}
