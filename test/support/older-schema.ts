/** The schema as an older server has left it: what its statements are, from no tables at all. */
import { type Dialect, Kysely } from 'kysely';
import type { Idiom } from '../../lib/repository/sql/database.ts';
import { STEPS } from '../../lib/repository/sql/migrations.ts';
import type { Tables } from '../../lib/repository/sql/schema.ts';

/** `version`: how many steps it knew. */
export async function olderSchema(
  { idiom, dialect }: { readonly idiom: Idiom; readonly dialect: Dialect },
  version: number,
): Promise<string> {
  const db = new Kysely<Tables>({ dialect });
  const steps = STEPS.slice(0, version).flatMap(({ make }) => make(db, idiom));
  const texts = steps.map((statement) => statement.compile().sql);
  await db.destroy();
  return [
    ...texts,
    'create table windhover_schema (id integer primary key, version integer, needs integer)',
    `insert into windhover_schema values (1, ${version}, 0)`,
  ].join(';\n');
}
