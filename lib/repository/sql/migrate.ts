/**
 * Bringing a schema up to date: whoever comes first does it, under a lock. The table `windhover_schema` tells the version, and
 * the oldest one that a server must know to work with it (`needs`): steps only add, so that in a rolling upgrade older servers
 * go on, and are refused only behind a step that is marked as breaking.
 */
import type { DatabaseSync } from 'node:sqlite';
import { type Kysely, sql } from 'kysely';
import { Fault } from '../../errors.ts';
import type { Idiom } from './database.ts';
import { STEPS } from './migrations.ts';
import type { Tables } from './schema.ts';
import { inOne } from './sqlite.ts';

export interface MigrationLock {
  take(db: Kysely<Tables>): Promise<void>;
  release(db: Kysely<Tables>): Promise<void>;
  /** What the statement was to add is there. */
  isThere(error: unknown): boolean;
}

interface Found {
  readonly version: number;
  readonly needs: number;
}

/** The oldest version that a server must know to work with all steps. */
export const NEEDS = STEPS.findLastIndex(({ breaking }) => breaking) + 1;
const TABLE = 'create table if not exists windhover_schema (id integer primary key, version integer, needs integer)';
const READ = 'select version, needs from windhover_schema';

/** Whether there is something to do. Throws `repository.newer`. */
function isBehind({ version, needs }: Found): boolean {
  if (needs > STEPS.length)
    throw new Fault(
      'repository.newer',
      `expected a schema that version ${STEPS.length} can work with, got ${version}, which needs ${needs}`,
    );
  return version < STEPS.length;
}

/** Statements are built by kysely and run on the handle, so that all steps are one transaction. */
export function migrateHandle(handle: DatabaseSync, db: Kysely<Tables>, idiom: Idiom): void {
  const found = (): Found => {
    const known = handle.prepare("select 1 from sqlite_master where name = 'windhover_schema'").get();
    const row = known && handle.prepare(READ).get();
    if (row) return { version: Number(row.version), needs: Number(row.needs) };
    // The first versions kept their number there.
    return { version: Number(handle.prepare('pragma user_version').get()!.user_version), needs: 0 };
  };
  const current = inOne(handle, found);
  if (!isBehind(current)) return;
  inOne(handle, () => {
    const { version } = found();
    if (!isBehind({ version, needs: 0 })) return;
    handle.exec(TABLE);
    for (const step of STEPS.slice(version))
      for (const statement of step.make(db, idiom)) handle.exec(statement.compile().sql);
    handle.exec(`insert or replace into windhover_schema values (1, ${STEPS.length}, ${NEEDS})`);
  });
}

/** Each step has its number when it is done: MySQL cannot take a half-done one back, and goes on in the middle. */
export async function migrateServer(all: Kysely<Tables>, idiom: Idiom, lock: MigrationLock): Promise<void> {
  await all.connection().execute(async (db) => {
    const found = async (): Promise<Found> => {
      const { rows } = await sql<Found>`${sql.raw(READ)}`.execute(db);
      return rows[0] ?? { version: 0, needs: 0 };
    };
    await lock.take(db);
    try {
      await sql.raw(TABLE).execute(db);
      const from = await found();
      if (!isBehind(from)) return;
      if (from.version === 0)
        await sql`insert into windhover_schema (id, version, needs) select 1, 0, 0 where not exists (select 1 from windhover_schema)`.execute(
          db,
        );
      for (const [n, step] of STEPS.entries()) {
        if (n < from.version) continue;
        const needs = step.breaking ? n + 1 : from.needs;
        await run(db, idiom, lock, n, needs);
      }
    } finally {
      await lock.release(db);
    }
  });
}

async function run(db: Kysely<Tables>, idiom: Idiom, lock: MigrationLock, n: number, needs: number): Promise<void> {
  const work = async (open: Kysely<Tables>) => {
    for (const statement of STEPS[n]!.make(open, idiom))
      try {
        await open.executeQuery(statement.compile());
      } catch (error) {
        if (!lock.isThere(error)) throw error;
      }
    await sql`update windhover_schema set version = ${n + 1}, needs = greatest(needs, ${needs})`.execute(open);
  };
  await (idiom.kind === 'postgres' ? db.transaction().execute(work) : work(db));
}
