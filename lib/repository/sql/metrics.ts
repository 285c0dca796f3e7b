/** Metrics asked for: of an execution, in the order of time, along the key. */
import { type Kysely, type Selectable, type SqlBool, sql } from 'kysely';
import type { MetricEntry, MetricType } from '../../model/metric.ts';
import type { MetricSearch, Page } from '../repository.ts';
import { cut, keyOf, limited, totalOf } from './page.ts';
import type { MetricsTable, Tables } from './schema.ts';

export async function searchMetrics(db: Kysely<Tables>, search: MetricSearch): Promise<Page<MetricEntry>> {
  const limit = limited(search.limit);
  let asked = db.selectFrom('metrics').where('execution_id', '=', search.executionId);
  if (search.taskRunId !== undefined) asked = asked.where('task_run_id', '=', search.taskRunId);
  if (search.taskId !== undefined) asked = asked.where('task_id', '=', search.taskId);
  let page = asked
    .selectAll()
    .orderBy('at_ms')
    .orderBy('id')
    .limit(limit + 1);
  if (search.after !== undefined) {
    const [atMs, id] = keyOf(search.after, 2);
    page = page.where(sql<SqlBool>`(at_ms, id) > (${atMs}, ${id})`);
  } else if (search.offset) page = page.offset(search.offset);
  const rows = await page.execute();
  return cut(rows, limit, await totalOf(db, asked), entryOf, ({ at_ms, id }) => [at_ms, id]);
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
