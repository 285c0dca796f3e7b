/** Flows asked for: a revision, all of them, or a page of those that are there. The latest revision says whether it is. */
import { type Kysely, type Selectable, type SqlBool, sql } from 'kysely';
import type { FlowRow, FlowSearch, Page, Repository } from '../repository.ts';
import type { Database } from './database.ts';
import { below } from './execution-filter.ts';
import { cut, limited, totalOf } from './page.ts';
import type { FlowsTable, Tables } from './schema.ts';
import { anyOf, conditionOf, type Searched } from './where.ts';

type Name = Parameters<Repository['flow']>[0];

const SEARCHED: Searched = {
  columns: { id: sql`id`, namespace: sql`namespace`, source: sql`source` },
  texts: [sql`id`, sql`namespace`, sql`source`],
};

const rowOf = ({ deleted, at_ms, ...row }: Selectable<FlowsTable>): FlowRow => ({
  ...row,
  deleted: deleted !== 0,
  atMs: at_ms,
});

const named = (db: Kysely<Tables>, { tenant, namespace, id }: Name) =>
  db
    .selectFrom('flows')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('namespace', '=', namespace)
    .where('id', '=', id);

export async function readFlow(db: Kysely<Tables>, name: Name, revision?: number): Promise<FlowRow | undefined> {
  const revisions = named(db, name);
  const asked =
    revision === undefined
      ? revisions.orderBy('revision', 'desc').limit(1)
      : revisions.where('revision', '=', revision);
  const row = await asked.executeTakeFirst();
  return row && rowOf(row);
}

export const readRevisions = async (db: Kysely<Tables>, name: Name): Promise<readonly FlowRow[]> =>
  (await named(db, name).orderBy('revision').execute()).map(rowOf);

const present = (db: Kysely<Tables>, tenant: string) =>
  db
    .selectFrom('flows')
    .where('tenant', '=', tenant)
    .where('deleted', '=', 0)
    .where(
      sql<SqlBool>`revision = (select max(revision) from flows f where f.tenant = flows.tenant and f.namespace = flows.namespace and f.id = flows.id)`,
    );

export async function searchFlows(
  { db, idiom }: Pick<Database, 'db' | 'idiom'>,
  search: FlowSearch,
): Promise<Page<FlowRow>> {
  const limit = limited(search.limit);
  let asked = present(db, search.tenant);
  if (search.namespace !== undefined) asked = asked.where('namespace', '=', search.namespace);
  if (search.namespacePrefix !== undefined) asked = asked.where(below(search.namespacePrefix));
  if (search.text) asked = asked.where(anyOf(SEARCHED.texts, search.text, idiom));
  if (search.where) asked = asked.where(conditionOf(search.where, SEARCHED, idiom));
  const { by, descending } = search.sort ?? { by: 'namespace', descending: false };
  const direction = descending ? 'desc' : 'asc';
  const rows = await asked
    .selectAll()
    .orderBy(by === 'id' ? 'id' : 'namespace', direction)
    .orderBy(by === 'id' ? 'namespace' : 'id', direction)
    .limit(limit + 1)
    .offset(search.offset ?? 0)
    .execute();
  const total = await totalOf(db, asked);
  // Pages of flows are asked for by number alone: no cursor.
  const { rows: shown } = cut(rows, limit, total, rowOf, () => []);
  return { rows: shown, total };
}

export async function readNamespaces(db: Kysely<Tables>, tenant: string): Promise<readonly string[]> {
  const rows = await present(db, tenant).select('namespace').distinct().orderBy('namespace').execute();
  return rows.map(({ namespace }) => namespace);
}

export async function readFlowNames(
  db: Kysely<Tables>,
  tenant: string,
): Promise<readonly { readonly namespace: string; readonly id: string }[]> {
  const names = db.selectFrom('flows').select(['namespace', 'id']).distinct().where('tenant', '=', tenant);
  const rows = await names.orderBy('namespace').orderBy('id').execute();
  return rows.map(({ namespace, id }) => ({ namespace, id }));
}
