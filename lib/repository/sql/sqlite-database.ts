/**
 * The repository on SQLite: one file (or `:memory:`), shared by the processes of a machine through its write-ahead log. Each
 * process holds one handle; whoever writes waits for the other's transaction, readers wait for nobody.
 */
import type { SQLInputValue } from 'node:sqlite';
import { Kysely, sql } from 'kysely';
import type { Database, Idiom } from './database.ts';
import { migrateHandle } from './migrate.ts';
import { REACH } from './reach.ts';
import type { Tables } from './schema.ts';
import { asRepository, asWrite, inOne, openHandle, sqliteDialect } from './sqlite.ts';
import { batchWriter } from './write.ts';

export const SQLITE: Idiom = {
  kind: 'sqlite',
  types: { name: sql`text`, text: sql`text`, integer: sql`integer`, double: sql`double precision` },
  numbered: sql`integer`,
  named: 'no',
  keyed: sql`without rowid`,
  partialIndexes: true,
  like: (column, pattern) => sql`${column} like ${pattern} escape '!'`,
  // Of executions: the index of labels tells it without a look at the row.
  labelled: (_, key, value) =>
    sql`exists (select 1 from execution_labels where name = ${key} and value = ${value}
      and execution_labels.start_ms = executions.start_ms and execution_no = executions.no)`,
  numbersOf: {
    label: ({ label, value }) =>
      sql<{ no: number }>`select execution_no as no from execution_labels where name = ${label} and value = ${value}`,
    text: (index, text) =>
      sql<{ no: number }>`select rowid as no from ${sql.table(index)} where ${sql.ref(index)} match ${groupsOf(text)}`,
  },
};

/** Of a long text the beginning names candidates well enough. */
const GROUPS_MAX = 60;

/** All groups of three letters, as FTS5 asks for them. */
function groupsOf(text: string): string {
  const letters = [...text].slice(0, GROUPS_MAX + 2);
  const groups = letters.slice(2).map((_, n) => letters.slice(n, n + 3).join(''));
  return [...new Set(groups)].map((group) => `"${group.replaceAll('"', '""')}"`).join(' ');
}

export function openSqliteDatabase(file: string, reach = REACH): Database {
  const handle = openHandle(file);
  try {
    const db = new Kysely<Tables>({ dialect: sqliteDialect(handle) });
    migrateHandle(handle, db, SQLITE);
    const write = asRepository(() => batchWriter(handle));
    return {
      idiom: SQLITE,
      db,
      isTextIndexed: true,
      reach,
      write: async (batch) => write(batch),
      inOne: async (statements) =>
        inOne(handle, () => {
          const changed = statements.map((statement) => {
            const { sql, parameters } = statement.compile();
            return Number(asWrite(handle.prepare(sql)).run(...(parameters as SQLInputValue[])).changes);
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
