/**
 * The repository on SQLite: one file (or `:memory:`), shared by the processes of a machine through its write-ahead log. Each
 * process holds one handle; whoever writes waits for the other's transaction, readers wait for nobody.
 */
import type { SQLInputValue } from 'node:sqlite';
import { Kysely, sql } from 'kysely';
import type { Database, Idiom } from './database.ts';
import { migrateHandle } from './migrate.ts';
import type { Tables } from './schema.ts';
import { asRepository, inOne, openHandle, sqliteDialect } from './sqlite.ts';
import { batchWriter } from './write.ts';

export const SQLITE: Idiom = {
  kind: 'sqlite',
  types: { name: sql`text`, text: sql`text`, integer: sql`integer`, double: sql`double precision` },
  numbered: sql`integer`,
  keyed: sql`without rowid`,
  partialIndexes: true,
  like: (column, pattern) => sql`${column} like ${pattern} escape '!'`,
  labelled: (column, key, value) =>
    sql`exists (select 1 from json_each(${column}) where key = ${key} and value = ${value})`,
};

export function openSqliteDatabase(file: string): Database {
  const handle = openHandle(file);
  try {
    const db = new Kysely<Tables>({ dialect: sqliteDialect(handle) });
    migrateHandle(handle, db, SQLITE);
    const write = asRepository(() => batchWriter(handle));
    return {
      idiom: SQLITE,
      db,
      write: async (batch) => write(batch),
      inOne: async (statements) =>
        inOne(handle, () => {
          const changed = statements.map((statement) => {
            const { sql, parameters } = statement.compile();
            return Number(handle.prepare(sql).run(...(parameters as SQLInputValue[])).changes);
          });
          return changed[0] ?? 0;
        }),
      close: async () => {
        await db.destroy();
        handle.close();
      },
    };
  } catch (error) {
    handle.close();
    throw error;
  }
}
