/**
 * The repository on a database server: a pool of connections, opened at the first question and mended by itself. What cannot
 * be reached is `repository.unavailable`, now; the next question tries again, the schema's migration with it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Dialect, Kysely } from 'kysely';
import { Fault, textOf } from '../../errors.ts';
import type { Database, Idiom } from './database.ts';
import { type MigrationLock, migrateServer } from './migrate.ts';
import { REACH } from './reach.ts';
import type { Tables } from './schema.ts';
import { writeRows } from './write-rows.ts';

export const POOL_MAX = 10;
export const CONNECT_MS = 5_000;
/** No answer for so long means that the other end is gone. */
export const ANSWER_MS = 60_000;
/** Two writers may hold what the other one wants: one of them is sent back. */
const WRITE_TRIES = 5;
const RETRY_MS = 20;

export interface Server {
  readonly idiom: Idiom;
  readonly dialect: Dialect;
  /** Waits for an answer as long as it takes: a step over millions of rows takes minutes. */
  readonly patient?: Dialect;
  readonly lock: MigrationLock;
  /** The indexes of texts could be made. */
  readonly hasTextIndex: (db: Kysely<Tables>) => Promise<boolean>;
  /** The database gave up this transaction for another one's sake: it can be tried again. */
  readonly isConflict: (error: unknown) => boolean;
}

/** Resolves when the schema is there. */
export async function openServerDatabase(
  { idiom, dialect, patient, lock, isConflict, hasTextIndex }: Server,
  reach = REACH,
): Promise<Database> {
  const db = new Kysely<Tables>({ dialect });
  let isTextIndexed: boolean;
  try {
    await migrate(patient ? new Kysely<Tables>({ dialect: patient }) : db, db, idiom, lock);
    isTextIndexed = await hasTextIndex(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  const insisting = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let tries = 1; ; tries++) {
      try {
        return await work();
      } catch (error) {
        if (tries === WRITE_TRIES || !isConflict(error)) throw error;
        await sleep(RETRY_MS * tries * Math.random());
      }
    }
  };
  return {
    idiom,
    db,
    isTextIndexed,
    reach,
    write: (batch) => insisting(() => db.transaction().execute((open) => writeRows(open, idiom, batch))),
    inOne: (statements) =>
      insisting(() =>
        db.transaction().execute(async (open) => {
          const changed: bigint[] = [];
          for (const statement of statements)
            changed.push((await open.executeQuery(statement.compile())).numAffectedRows ?? 0n);
          return Number(changed[0] ?? 0n);
        }),
      ),
    close: () => db.destroy(),
  };
}

async function migrate(by: Kysely<Tables>, db: Kysely<Tables>, idiom: Idiom, lock: MigrationLock): Promise<void> {
  try {
    await migrateServer(by, idiom, lock);
  } finally {
    if (by !== db) await by.destroy();
  }
}

/** Whatever the client throws as our Fault; what is a mistake in our own code stays what it is. */
export async function asRepository<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Fault || error instanceof TypeError || error instanceof RangeError) throw error;
    throw new Fault('repository.unavailable', textOf(error) || 'no connection to the database', { cause: error });
  }
}
