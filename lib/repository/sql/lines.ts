/** Log lines asked for, by time: of an execution along its key, of a namespace along the index of time. */
import { type Kysely, type Selectable, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { Level, LogLine } from '../../model/log-line.ts';
import { type LineDeletion, type LineSearch, type Page, TOTAL_MAX } from '../repository.ts';
import type { Database } from './database.ts';
import { linesNarrowing } from './line-parts.ts';
import { narrowed } from './narrow.ts';
import { cut, keyOf, limited, totalOfPage } from './page.ts';
import type { LogsTable, Tables } from './schema.ts';

export async function searchLines(
  asking: Pick<Database, 'db' | 'idiom' | 'reach' | 'isTextIndexed'>,
  search: LineSearch,
): Promise<Page<LogLine>> {
  const limit = limited(search.limit);
  const narrowing = await linesNarrowing(asking, search);
  if (!narrowing) return { rows: [], total: 0 };
  const descending = search.descending === true;
  const { asked, reachedMs, total } = await narrowed(asking, {
    ...narrowing,
    ...{ descending, isInTime: true, bounded: search.bounded === true },
  });
  const isHeld = narrowing.parts.every(({ needsRow }) => !needsRow);
  const isOfEntries = asking.idiom.kind === 'postgres' && isHeld && (narrowing.parts.length > 0 || search.offset);
  const placed = search.after === undefined && isOfEntries ? between(asked, search, limit) : place(asked, search);
  const direction = descending ? 'desc' : 'asc';
  const rows = await KEYS.reduce((query, key) => query.orderBy(key, direction), placed.select([...COLUMNS]))
    .limit(limit + 1)
    .execute();
  const counted = await totalOfPage(asking.db, { asked, search, total, rows, limit });
  const found = cut(rows, limit, counted, lineOf, (row) => [row.at_ms, row.execution_id, row.seq, row.id]);
  const isWhole = reachedMs === undefined || (counted === TOTAL_MAX && rows.length > limit);
  return isWhole ? found : { ...found, reachedMs };
}

const KEYS = ['at_ms', 'execution_id', 'seq', 'id'] as const;

type AskedLines = SelectQueryBuilder<Tables, 'logs', object>;

function place(asked: AskedLines, { after, offset, descending }: LineSearch): AskedLines {
  if (after === undefined) return offset ? asked.offset(offset) : asked;
  const [atMs, executionId, seq, id] = keyOf(after, 4);
  const beyond = descending ? sql`<` : sql`>`;
  return asked.where(sql<SqlBool>`(at_ms, execution_id, seq, id) ${beyond} (${atMs}, ${executionId}, ${seq}, ${id})`);
}

/**
 * Postgres judges what an index holds on its entries only where it needs nothing else: so the times between which the page lies are
 * asked for first, and rows of these alone. Those of the first time may belong to the page before.
 */
function between(asked: AskedLines, { offset = 0, descending }: LineSearch, limit: number): AskedLines {
  const entries = asked
    .select('at_ms')
    .orderBy('at_ms', descending ? 'desc' : 'asc')
    .offset(offset)
    .limit(limit + 1);
  const least = sql<number>`(select min(at_ms) from ${entries.as('least')})`;
  const most = sql<number>`(select max(at_ms) from ${entries.as('most')})`;
  const page = asked.where(descending ? sql<SqlBool>`at_ms >= ${least}` : sql<SqlBool>`at_ms <= ${most}`);
  if (offset === 0) return page;
  const first = descending ? sql<SqlBool>`at_ms <= ${most}` : sql<SqlBool>`at_ms >= ${least}`;
  const before = asked.where(sql<SqlBool>`not ${first}`);
  return page
    .where(first)
    .offset(sql<number>`${sql.lit(offset)} - (${before.select(({ fn }) => fn.countAll().as('count'))})`);
}

const COLUMNS = [
  ...(['execution_id', 'at_ms', 'seq', 'id', 'namespace', 'flow_id', 'task_id', 'task_run_id'] as const),
  ...(['attempt', 'value', 'level', 'message'] as const),
];

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
