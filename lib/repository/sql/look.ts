/** A repository looked at as it is: nothing is created, migrated or written. Throws `repository.unavailable`. */
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { type Dialect, Kysely, sql } from 'kysely';
import { silentLog } from '../../log.ts';
import type { Kind } from './database.ts';
import { STEPS } from './migrations.ts';
import { serverAt } from './open.ts';
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
    if (url !== undefined) {
      const { idiom, dialect } = await serverAt(url, silentLog);
      return lookBy(dialect, idiom.kind);
    }
    if (!existsSync(file)) return nothingIn('sqlite');
    const handle = new DatabaseSync(file, { readOnly: true });
    try {
      return await lookBy(sqliteDialect(handle), 'sqlite');
    } finally {
      handle.close();
    }
  });

async function lookBy(dialect: Dialect, kind: Kind): Promise<Look> {
  const db = new Kysely<Tables>({ dialect });
  try {
    const tables = await db.introspection.getTables();
    if (!tables.some(({ name }) => name === 'windhover_schema')) return nothingIn(kind);
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
}

const nothingIn = (kind: Kind): Look => ({ kind, version: 0, needs: 0, cursors: new Map() });
