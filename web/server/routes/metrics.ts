/** What tasks have measured: of one execution, and of a flow over time. */
import { systemClock } from '../../../lib/clock.ts';
import type { Repository } from '../../../lib/repository/repository.ts';
import { AGGREGATIONS, aggregationsBody, metricBody } from '../views/metric.ts';
import { widthOf } from '../views/time-groups.ts';
import { pageOf, sortOf } from './paging.ts';
import { spanOf, textOf } from './query.ts';
import type { Asked, Handlers } from './register.ts';
import { oneOf } from './terms.ts';

const METRIC_SORTS = { timestamp: 'timestamp', name: 'name', value: 'value', taskId: 'taskId' } as const;

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
    const { groupBy, ...times } = spanOf(asked.query, systemClock.now());
    const span = { name, ...times };
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
        sort: sortOf(asked.query, METRIC_SORTS),
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
