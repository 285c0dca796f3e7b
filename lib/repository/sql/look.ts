/** A repository looked at as it is: nothing is created, migrated or written. Throws `repository.unavailable`. */
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Kysely, sql } from 'kysely';
import { silentLog } from '../../log.ts';
import type { Kind } from './database.ts';
import { STEPS } from './migrations.ts';
import type { Tables } from './schema.ts';
import { asRepository } from './server-database.ts';
import { sqliteDialect } from './sqlite.ts';

export interface Look {
  readonly kind: Kind;
  /** Steps that its schema has taken; 0 where there is none yet. */
  readonly version: number;
  /** The oldest version that a server must know. */
  readonly needs: number;
  /** How far feeds and lines were copied, by the names of `cursor.ts`. */
  readonly cursors: ReadonlyMap<string, string>;
}

/** The steps that this Windhover knows. */
export const SCHEMA_VERSION = STEPS.length;

export const lookAtRepository = ({ file, url }: { readonly file: string; readonly url?: string }): Promise<Look> =>
  asRepository(async () => {
    const kind: Kind = url === undefined ? 'sqlite' : /^mysql:/.test(url) ? 'mysql' : 'postgres';
    if (url === undefined && !existsSync(file)) return { kind, version: 0, needs: 0, cursors: new Map() };
    const db = new Kysely<Tables>({ dialect: await dialectOf(file, url) });
    try {
      const tables = await db.introspection.getTables();
      if (!tables.some(({ name }) => name === 'windhover_schema'))
        return { kind, version: 0, needs: 0, cursors: new Map() };
      const { rows } = await sql<{
        version: number;
        needs: number;
      }>`select version, needs from windhover_schema`.execute(db);
      const cursors = await db.selectFrom('cursors').selectAll().execute();
      const { version = 0, needs = 0 } = rows[0] ?? {};
      return { kind, version, needs, cursors: new Map(cursors.map(({ name, value }) => [name, value])) };
    } finally {
      await db.destroy();
    }
  });

async function dialectOf(file: string, url: string | undefined) {
  if (url === undefined) return sqliteDialect(new DatabaseSync(file, { readOnly: true }));
  if (/^mysql:/.test(url)) return (await import('./mysql.ts')).mysqlServer(url).dialect;
  return (await import('./postgres.ts')).postgresServer(url, silentLog).dialect;
}
