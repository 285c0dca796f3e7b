/** Log lines asked for, in the order of time: of an execution along its key, of a namespace along the index of time. */
import { type Kysely, type Selectable, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { Level, LogLine } from '../../model/log-line.ts';
import type { LineSearch, Page } from '../repository.ts';
import { anywhere, cut, keyOf, limited, totalOf } from './page.ts';
import type { LogsTable, Tables } from './schema.ts';

type Asked = SelectQueryBuilder<Tables, 'logs', object>;

export async function searchLines(db: Kysely<Tables>, search: LineSearch): Promise<Page<LogLine>> {
  const limit = limited(search.limit);
  const asked = matching(db.selectFrom('logs'), search);
  const keys = ['at_ms', 'execution_id', 'seq', 'id'] as const;
  let page = keys.reduce((query, key) => query.orderBy(key), asked.selectAll().limit(limit + 1));
  if (search.after !== undefined) {
    const [atMs, executionId, seq, id] = keyOf(search.after, 4);
    page = page.where(sql<SqlBool>`(at_ms, execution_id, seq, id) > (${atMs}, ${executionId}, ${seq}, ${id})`);
  } else if (search.offset) page = page.offset(search.offset);
  const rows = await page.execute();
  const total = await totalOf(db, asked);
  return cut(rows, limit, total, lineOf, (row) => [row.at_ms, row.execution_id, row.seq, row.id]);
}

function matching(all: Asked, search: LineSearch): Asked {
  let asked = all;
  if (search.executionId !== undefined) asked = asked.where('execution_id', '=', search.executionId);
  if (search.namespace !== undefined) asked = asked.where('namespace', '=', search.namespace);
  if (search.flowId !== undefined) asked = asked.where('flow_id', '=', search.flowId);
  if (search.taskRunId !== undefined) asked = asked.where('task_run_id', '=', search.taskRunId);
  if (search.taskId !== undefined) asked = asked.where('task_id', '=', search.taskId);
  if (search.attempt !== undefined) asked = asked.where('attempt', '=', search.attempt);
  if (search.levels) asked = asked.where('level', 'in', [...search.levels]);
  if (search.text) asked = asked.where(sql<SqlBool>`message like ${anywhere(search.text)} escape '\\'`);
  return asked;
}

const lineOf = (row: Selectable<LogsTable>): LogLine => ({
  id: row.id,
  executionId: row.execution_id,
  namespace: row.namespace,
  flowId: row.flow_id,
  ...(row.task_id === null ? {} : { taskId: row.task_id }),
  ...(row.task_run_id === null ? {} : { taskRunId: row.task_run_id }),
  ...(row.attempt === null ? {} : { attempt: row.attempt }),
  ...(row.value === null ? {} : { value: row.value }),
  level: row.level as Level,
  atMs: row.at_ms,
  message: row.message,
});
