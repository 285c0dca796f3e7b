/** Executions asked for: one with its task runs, or a page of a search without them. */
import { type Kysely, type RawBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { Execution, ExecutionHead, ExecutionStart, TaskRun } from '../../model/execution.ts';
import { type ExecutionSearch, type Page, TOTAL_MAX } from '../repository.ts';
import type { Database } from './database.ts';
import { executionsNarrowing } from './execution-parts.ts';
import { narrowed } from './narrow.ts';
import { cut, keyOf, limited, totalOfPage } from './page.ts';
import type { Tables } from './schema.ts';

/** An execution that runs ends after all others: the largest time of a date. */
const NEVER_MS = 8_640_000_000_000_000;

const SORTS: Readonly<Record<NonNullable<ExecutionSearch['sort']>['by'], RawBuilder<string | number>>> = {
  startDate: sql<number>`start_ms`,
  endDate: sql<number>`coalesce(ended_ms, ${sql.lit(NEVER_MS)})`,
  id: sql<string>`id`,
  namespace: sql<string>`namespace`,
  flowId: sql<string>`flow_id`,
  state: sql<string>`state`,
  duration: sql<number>`coalesce(ended_ms, ${sql.lit(NEVER_MS)}) - start_ms`,
};

export async function readExecution(db: Kysely<Tables>, id: string): Promise<Execution | undefined> {
  const row = await db
    .selectFrom('executions')
    .select(['no', 'version', 'start_json', 'head_json'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row?.start_json || !row.head_json) return undefined;
  const taskRuns = await db
    .selectFrom('task_runs')
    .select('json')
    .where('execution_no', '=', row.no)
    .orderBy('idx')
    .execute();
  const taskRunList = JSON.parse(`[${taskRuns.map(({ json }) => json).join(',')}]`) as TaskRun[];
  return { ...shown({ version: row.version, start_json: row.start_json, head_json: row.head_json }), taskRunList };
}

/** Counts no further than it must: the largest are the ones that are left out. */
export async function readTaskRuns(
  db: Kysely<Tables>,
  ids: readonly string[],
  max: number,
): Promise<ReadonlyMap<string, readonly TaskRun[]>> {
  if (ids.length === 0) return new Map();
  const few = sql<SqlBool>`(select count(*) from (
    select 1 as one from task_runs as counted where counted.execution_no = executions.no limit ${sql.lit(max + 1)}) as counted_runs) <= ${max}`;
  const rows = await db
    .selectFrom('executions')
    .innerJoin('task_runs', 'task_runs.execution_no', 'executions.no')
    .select(['executions.id', 'task_runs.json'])
    .where('executions.id', 'in', [...ids])
    .where(few)
    .orderBy('executions.no')
    .orderBy('task_runs.idx')
    .execute();
  const all = new Map<string, TaskRun[]>();
  for (const { id, json } of rows) {
    const some = all.get(id);
    if (some) some.push(JSON.parse(json) as TaskRun);
    else all.set(id, [JSON.parse(json) as TaskRun]);
  }
  return all;
}

/** Flows of one question: SQLite joins no more than 500. */
const FLOWS_AT_ONCE = 100;

/** Each along the index of its flow: the first row of it. */
export async function readLatest(
  db: Kysely<Tables>,
  tenant: string,
  flows: readonly { readonly namespace: string; readonly id: string }[],
): Promise<readonly Omit<Execution, 'taskRunList'>[]> {
  const latest = ({ namespace, id }: (typeof flows)[number]) =>
    db
      .selectFrom('executions')
      .select(['version', 'start_json', 'head_json'])
      .where('tenant', '=', tenant)
      .where('namespace', '=', namespace)
      .where('flow_id', '=', id)
      .where('head_json', 'is not', null)
      .orderBy('start_ms', 'desc')
      .limit(1);
  const found: Omit<Execution, 'taskRunList'>[] = [];
  for (let from = 0; from < flows.length; from += FLOWS_AT_ONCE) {
    const each = flows.slice(from, from + FLOWS_AT_ONCE).map((flow, n) => {
      const one = latest(flow).as('one');
      return db.selectFrom(one).selectAll().select(sql.lit(n).as('place'));
    });
    const all = each.reduce((joined, one) => joined.unionAll(one));
    const rows = await db.selectFrom(all.as('latest')).selectAll().orderBy('place').execute();
    found.push(...rows.map(shown));
  }
  return found;
}

interface Shown {
  readonly version: string;
  readonly start_json: string | null;
  readonly head_json: string | null;
}

const shown = ({ version, start_json, head_json }: Shown): Omit<Execution, 'taskRunList'> => ({
  ...(JSON.parse(start_json!) as ExecutionStart),
  ...(JSON.parse(head_json!) as ExecutionHead),
  version,
});

export async function searchExecutions(
  asking: Pick<Database, 'db' | 'idiom' | 'reach' | 'isTextIndexed'>,
  search: ExecutionSearch,
): Promise<Page<Omit<Execution, 'taskRunList'>>> {
  const { by, descending } = search.sort ?? { by: 'startDate', descending: true };
  const isInTime = by === 'startDate';
  const narrowing = await executionsNarrowing(asking, search);
  if (!narrowing) return { rows: [], total: 0 };
  const bounded = { bounded: search.bounded === true, isInTime, descending: !isInTime || descending };
  const { asked, reachedMs, total } = await narrowed(asking, { ...narrowing, ...bounded });
  const rows = await pageOf(asking, asked, search);
  const limit = limited(search.limit);
  const counted = await totalOfPage(asking.db, { asked, search, total, rows, limit });
  const page = cut(rows, limit, counted, shown, ({ sort, id }) => [sort, id]);
  const isWhole = reachedMs === undefined || (isInTime && page.total === TOTAL_MAX && rows.length > limit);
  return isWhole ? page : { ...page, reachedMs };
}

/** Names first: what is sorted are entries of an index where it can be, and not rows. */
async function pageOf(
  { db, idiom: { named } }: Pick<Database, 'db' | 'idiom'>,
  asked: SelectQueryBuilder<Tables, 'executions', object>,
  { sort: given, limit, after, offset }: ExecutionSearch,
) {
  const { by, descending } = given ?? { by: 'startDate', descending: true };
  const sort = SORTS[by];
  const direction = descending ? 'desc' : 'asc';
  let names = asked
    .select(sql<number>`${sql.ref(named)}`.as('page_name'))
    .orderBy(sort, direction)
    .orderBy('id', direction)
    .limit(limited(limit) + 1);
  if (after !== undefined) {
    const [value, id] = keyOf(after, 2);
    const beyond = descending ? sql`<` : sql`>`;
    names = names.where(sql<SqlBool>`(${sort}, id) ${beyond} (${value}, ${id})`);
  } else if (offset) names = names.offset(offset);
  return db
    .selectFrom(names.as('page'))
    .innerJoin('executions', `executions.${named}`, 'page.page_name')
    .select(['id', 'version', 'start_json', 'head_json', sort.as('sort')])
    .orderBy(sort, direction)
    .orderBy('id', direction)
    .execute();
}
