/**
 * The flows that rows are of: what a search says of namespaces and flows is judged on these, each once, along an index that
 * begins with them. A flow that stands alone is then looked for by its whole name.
 */
import { type Expression, type SqlBool, sql } from 'kysely';
import type { Database, Idiom } from './database.ts';
import { inIndex, type Part } from './narrow.ts';

export interface Pair {
  readonly namespace: string;
  readonly flow_id: string;
}

/** More flows than this say little about how many rows they have. */
const PAIRS_MAX = 50;

export interface Pairs {
  /** Those that fit; PAIRS_MAX + 1 where there are more. */
  readonly fitting: readonly Pair[];
  /** There is none that does not fit. */
  readonly isAll: boolean;
}

export async function pairsIn(
  { db, idiom }: Pick<Database, 'db' | 'idiom'>,
  table: 'executions' | 'logs',
  tenant: string | undefined,
  fits: Expression<SqlBool>,
): Promise<Pairs> {
  const name = sql.table(table);
  const index = idiom.kind === 'sqlite' ? sql` indexed by ${sql.ref(`${table}_of_flow`)}` : sql``;
  const own = tenant === undefined ? sql`1 = 1` : sql`tenant = ${tenant}`;
  const all = (columns: string) =>
    sql`select ${sql.raw(columns)} from ${name}${index} where ${own} and namespace is not null`;
  const first = sql`${all('namespace, flow_id')} order by namespace, flow_id limit 1`;
  // SQLite looks up the first column of a pair alone, and would pass over all rows of a namespace.
  const next =
    idiom.kind === 'sqlite'
      ? sql`select ${name}.namespace, ${name}.flow_id from pairs join ${name} on ${name}.no = coalesce(
          (${all('no')} and namespace = pairs.ns and flow_id > pairs.flow order by flow_id limit 1),
          (${all('no')} and namespace > pairs.ns order by namespace, flow_id limit 1))`
      : sql`select one.namespace, one.flow_id from pairs cross join lateral (${all('namespace, flow_id')}
          and (namespace, flow_id) > (pairs.ns, pairs.flow) order by namespace, flow_id limit 1) as one`;
  const { rows } = await sql<Pair & { readonly fits: unknown }>`
    with recursive pairs (ns, flow) as (select * from (${first}) as begin union all ${next}),
      named as (select ns as namespace, flow as flow_id from pairs),
      judged as (select namespace, flow_id, case when ${fits} then 1 else 0 end as fits from named),
      fitting as (select namespace, flow_id, fits from judged where fits = 1 limit ${sql.lit(PAIRS_MAX + 1)}),
      others as (select namespace, flow_id, fits from judged where fits = 0 limit 1)
    select * from fitting union all select * from others`.execute(db);
  const fitting = rows.filter(({ fits }) => Number(fits) === 1);
  return { fitting, isAll: fitting.length === rows.length };
}

export const isOneOf = (pairs: readonly Pair[]): Expression<SqlBool> =>
  pairs.length === 1
    ? sql<SqlBool>`namespace = ${pairs[0]!.namespace} and flow_id = ${pairs[0]!.flow_id}`
    : sql<SqlBool>`(namespace, flow_id) in (values ${sql.join(pairs.map((pair) => sql`(${pair.namespace}, ${pair.flow_id})`))})`;

/** What is left to be asked of the rows' flows: nothing where all fit, or where one is looked for by its name. */
export function namesPart(
  pairs: Pairs | undefined,
  asked: Expression<SqlBool>,
  idiom: Idiom,
  index: string,
): readonly Part[] {
  if (!pairs || pairs.isAll || pairs.fitting.length === 1) return [];
  if (pairs.fitting.length > PAIRS_MAX) return [{ condition: asked, needsRow: false }];
  return [{ ...inIndex(asked, idiom, isOneOf(pairs.fitting)), index, few: 'entries', needsRow: false }];
}
