/** Log lines asked for, by time: of an execution along its key, of a namespace along the index of time. */
import { type Kysely, type Selectable, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { Level, LogLine } from '../../model/log-line.ts';
import type { LineDeletion, LineSearch, Page } from '../repository.ts';
import type { Database, Idiom } from './database.ts';
import { cut, keyOf, limited, totalOf } from './page.ts';
import type { LogsTable, Tables } from './schema.ts';
import { anyOf, conditionOf, type Searched } from './where.ts';

type Asked = SelectQueryBuilder<Tables, 'logs', object>;

export async function searchLines(
  { db, idiom }: Pick<Database, 'db' | 'idiom'>,
  search: LineSearch,
): Promise<Page<LogLine>> {
  const limit = limited(search.limit);
  const asked = matching(db.selectFrom('logs'), search, idiom);
  const keys = ['at_ms', 'execution_id', 'seq', 'id'] as const;
  const direction = search.descending ? 'desc' : 'asc';
  let page = keys.reduce((query, key) => query.orderBy(key, direction), asked.selectAll().limit(limit + 1));
  if (search.after !== undefined) {
    const [atMs, executionId, seq, id] = keyOf(search.after, 4);
    const beyond = search.descending ? sql`<` : sql`>`;
    page = page.where(sql<SqlBool>`(at_ms, execution_id, seq, id) ${beyond} (${atMs}, ${executionId}, ${seq}, ${id})`);
  } else if (search.offset) page = page.offset(search.offset);
  const rows = await page.execute();
  const total = await totalOf(db, asked);
  return cut(rows, limit, total, lineOf, (row) => [row.at_ms, row.execution_id, row.seq, row.id]);
}

function matching(all: Asked, search: LineSearch, idiom: Idiom): Asked {
  let asked = all;
  if (search.executionId !== undefined) asked = asked.where('execution_id', '=', search.executionId);
  if (search.namespace !== undefined) asked = asked.where('namespace', '=', search.namespace);
  if (search.flowId !== undefined) asked = asked.where('flow_id', '=', search.flowId);
  if (search.taskRunId !== undefined) asked = asked.where('task_run_id', '=', search.taskRunId);
  if (search.taskId !== undefined) asked = asked.where('task_id', '=', search.taskId);
  if (search.attempt !== undefined) asked = asked.where('attempt', '=', search.attempt);
  if (search.levels) asked = asked.where('level', 'in', [...search.levels]);
  if (search.text) asked = asked.where(anyOf([sql`message`], search.text, idiom));
  if (search.where) asked = asked.where(conditionOf(search.where, SEARCHED, idiom));
  return asked;
}

export const SEARCHED: Searched = {
  columns: {
    executionId: sql`execution_id`,
    namespace: sql`namespace`,
    flowId: sql`flow_id`,
    taskId: sql`task_id`,
    level: sql`level`,
    atMs: sql`at_ms`,
  },
  texts: [sql`message`, sql`namespace`, sql`flow_id`, sql`task_id`, sql`execution_id`],
};

export async function deleteLines(db: Kysely<Tables>, deletion: LineDeletion): Promise<number> {
  const { executionId, namespace, flowId, taskRunId, taskId, attempt, levels } = deletion;
  const equal = {
    execution_id: executionId,
    namespace,
    flow_id: flowId,
    task_run_id: taskRunId,
    task_id: taskId,
    attempt,
  };
  let asked = db.deleteFrom('logs');
  let bounded = false;
  for (const [column, value] of Object.entries(equal) as [keyof LogsTable, string | number | undefined][])
    if (value !== undefined) {
      asked = asked.where(column, '=', value);
      bounded = true;
    }
  if (levels) asked = asked.where('level', 'in', [...levels]);
  // A mistake in a caller must not empty the table.
  if (!bounded && !levels) throw new Error('expected lines to be named, got none');
  const { numDeletedRows } = await asked.executeTakeFirst();
  return Number(numDeletedRows);
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
