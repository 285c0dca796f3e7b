/** Executions asked for: one with its task runs, or a page of a search without them. */
import {
  type Expression,
  type ExpressionBuilder,
  type Kysely,
  type RawBuilder,
  type SelectQueryBuilder,
  type SqlBool,
  sql,
} from 'kysely';
import type { Execution, ExecutionHead, ExecutionStart, TaskRun } from '../../model/execution.ts';
import type { ExecutionSearch, Page } from '../repository.ts';
import type { Database, Idiom } from './database.ts';
import { cut, keyOf, limited, totalOf } from './page.ts';
import type { Tables } from './schema.ts';
import { anyOf, belowIn, conditionOf, type Searched } from './where.ts';

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

type Asked = SelectQueryBuilder<Tables, 'executions', object>;

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
  { db, idiom }: Pick<Database, 'db' | 'idiom'>,
  search: ExecutionSearch,
): Promise<Page<Omit<Execution, 'taskRunList'>>> {
  const { by, descending } = search.sort ?? { by: 'startDate', descending: true };
  const sort = SORTS[by];
  const limit = limited(search.limit);
  const direction = descending ? 'desc' : 'asc';
  const asked = matching(db.selectFrom('executions'), search, idiom);
  let page = asked
    .select(['id', 'version', 'start_json', 'head_json', sort.as('sort')])
    .orderBy(sort, direction)
    .orderBy('id', direction)
    .limit(limit + 1);
  if (search.after !== undefined) {
    const [value, id] = keyOf(search.after, 2);
    page = page.where(
      descending ? sql<SqlBool>`(${sort}, id) < (${value}, ${id})` : sql<SqlBool>`(${sort}, id) > (${value}, ${id})`,
    );
  } else if (search.offset) page = page.offset(search.offset);
  const rows = await page.execute();
  return cut(rows, limit, await totalOf(db, asked), shown, ({ sort, id }) => [sort, id]);
}

/** What is asked of executions, without the order and the page. */
export type ExecutionFilter = Omit<ExecutionSearch, 'limit' | 'offset' | 'after' | 'sort'>;

/** Those of which start and head are known, and that fit. */
export function matching(all: Asked, search: ExecutionFilter, idiom: Idiom): Asked {
  let asked = all.where('tenant', '=', search.tenant).where('head_json', 'is not', null);
  if (search.namespace !== undefined) asked = asked.where('namespace', '=', search.namespace);
  if (search.namespacePrefix !== undefined) asked = asked.where(below(search.namespacePrefix));
  if (search.flowId !== undefined) asked = asked.where('flow_id', '=', search.flowId);
  if (search.states) asked = asked.where('state', 'in', [...search.states]);
  if (search.triggerExecutionId !== undefined)
    asked = asked.where('trigger_execution_id', '=', search.triggerExecutionId);
  if (search.parentId !== undefined) asked = asked.where('parent_id', '=', search.parentId);
  if (search.originalId !== undefined) asked = asked.where(ofOriginal(search.originalId));
  if (search.startedAfterMs !== undefined) asked = asked.where('start_ms', '>=', search.startedAfterMs);
  if (search.startedBeforeMs !== undefined) asked = asked.where('start_ms', '<=', search.startedBeforeMs);
  for (const [key, value] of Object.entries(search.labels ?? {}))
    asked = asked.where(idiom.labelled(LABELS, key, value));
  if (search.text) asked = asked.where(anyOf(SEARCHED.texts, search.text, idiom));
  if (search.where) asked = asked.where(conditionOf(search.where, SEARCHED, idiom));
  return asked;
}

const LABELS = sql`labels`;

const SEARCHED: Searched = {
  columns: {
    id: sql`id`,
    namespace: sql`namespace`,
    flowId: sql`flow_id`,
    state: sql`state`,
    triggerExecutionId: sql`trigger_execution_id`,
    startMs: sql`start_ms`,
    endMs: sql`ended_ms`,
  },
  texts: [sql`id`, sql`namespace`, sql`flow_id`, LABELS],
  labels: LABELS,
};

/** A namespace and all below it. */
export const below = (prefix: string): Expression<SqlBool> => belowIn(sql`namespace`, prefix);

const ofOriginal =
  (id: string) =>
  (where: ExpressionBuilder<Tables, 'executions'>): Expression<SqlBool> =>
    where.or([where('original_id', '=', id), where('id', '=', id)]);
