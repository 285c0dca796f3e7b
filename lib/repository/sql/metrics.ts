/** Metrics asked for: of an execution in the order of time, along the key, or sorted; of a flow by their names, and gathered by time. */
import { type Kysely, type Selectable, type SqlBool, sql } from 'kysely';
import type { MetricEntry, MetricType } from '../../model/metric.ts';
import type { MetricBucket, MetricScope, MetricSearch, Page, Repository } from '../repository.ts';
import { cut, keyOf, limited, totalOf } from './page.ts';
import type { MetricsTable, Tables } from './schema.ts';

const SORTS: Readonly<Record<NonNullable<MetricSearch['sort']>['by'], readonly (keyof MetricsTable)[]>> = {
  timestamp: ['at_ms', 'id'],
  name: ['name', 'at_ms', 'id'],
  value: ['value', 'at_ms', 'id'],
  taskId: ['task_id', 'at_ms', 'id'],
};

export async function searchMetrics(db: Kysely<Tables>, search: MetricSearch): Promise<Page<MetricEntry>> {
  const limit = limited(search.limit);
  let asked = db.selectFrom('metrics').where('execution_id', '=', search.executionId);
  if (search.taskRunId !== undefined) asked = asked.where('task_run_id', '=', search.taskRunId);
  if (search.taskId !== undefined) asked = asked.where('task_id', '=', search.taskId);
  const { by, descending } = search.sort ?? { by: 'timestamp', descending: false };
  const columns = SORTS[by];
  let page = asked.selectAll().limit(limit + 1);
  for (const column of columns) page = page.orderBy(column, descending ? 'desc' : 'asc');
  if (search.after !== undefined) {
    const place = sql.join(columns.map((column) => sql.ref(column)));
    const beyond = sql.raw(descending ? '<' : '>');
    page = page.where(sql<SqlBool>`(${place}) ${beyond} (${sql.join([...keyOf(search.after, columns.length)])})`);
  } else if (search.offset) page = page.offset(search.offset);
  const rows = await page.execute();
  return cut(rows, limit, await totalOf(db, asked), entryOf, (row) => columns.map((column) => row[column]));
}

const entryOf = (row: Selectable<MetricsTable>): MetricEntry => ({
  id: row.id,
  executionId: row.execution_id,
  namespace: row.namespace,
  flowId: row.flow_id,
  taskId: row.task_id,
  taskRunId: row.task_run_id,
  attempt: row.attempt,
  type: row.type as MetricType,
  name: row.name,
  value: row.value,
  tags: JSON.parse(row.tags) as MetricEntry['tags'],
  atMs: row.at_ms,
});

function scoped(db: Kysely<Tables>, { namespace, flowId, taskId }: MetricScope) {
  const all = db.selectFrom('metrics').where('namespace', '=', namespace).where('flow_id', '=', flowId);
  return taskId === undefined ? all : all.where('task_id', '=', taskId);
}

export async function readMetricNames(db: Kysely<Tables>, scope: MetricScope): Promise<readonly string[]> {
  const rows = await scoped(db, scope).select('name').distinct().orderBy('name').execute();
  return rows.map(({ name }) => name);
}

export async function readMetricTasks(db: Kysely<Tables>, scope: MetricScope): Promise<readonly string[]> {
  const rows = await scoped(db, scope).select('task_id').distinct().orderBy('task_id').execute();
  return rows.map(({ task_id }) => task_id);
}

export async function readMetricBuckets(
  db: Kysely<Tables>,
  asked: Parameters<Repository['metricBuckets']>[0],
): Promise<readonly MetricBucket[]> {
  const { name, fromMs, untilMs, widthMs } = asked;
  const from = sql<number>`at_ms - at_ms % ${sql.lit(widthMs)}`;
  const rows = await scoped(db, asked)
    .where('name', '=', name)
    .where('at_ms', '>=', fromMs)
    .where('at_ms', '<=', untilMs)
    .select(({ fn }) => [
      from.as('from_ms'),
      fn.countAll<number>().as('count'),
      fn.sum<number>('value').as('sum'),
      fn.min<number>('value').as('min'),
      fn.max<number>('value').as('max'),
    ])
    .groupBy(from)
    .orderBy(from)
    .execute();
  // Other databases give sums and counts as texts.
  return rows.map(({ from_ms, count, sum, min, max }) => ({
    fromMs: Number(from_ms),
    count: Number(count),
    sum: Number(sum),
    min: Number(min),
    max: Number(max),
  }));
}
