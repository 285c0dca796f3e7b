/**
 * Kysely over `node:sqlite`: one synchronous handle as the one connection of a driver. Transactions that wait in the
 * middle would let another caller's statements into them, so the driver offers none: what must be one is either a
 * statement, or runs on the handle without a pause (`inOne`).
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { Fault, textOf } from '../../errors.ts';

/** How long a writer waits for the writer of another process. */
export const BUSY_MS = 5_000;
/** Pages (4 KB) in the write-ahead log before they are copied back, with the only fsyncs: seldom enough to be cheap. */
const CHECKPOINT_PAGES = 8_000;
const CACHE_KB = 16_000;
const WAL_TRIES = 50;
const WAL_PAUSE_MS = 20;

export function openHandle(file: string): DatabaseSync {
  const handle = asRepository(() => new DatabaseSync(file, { timeout: BUSY_MS }));
  try {
    asRepository(() => {
      if (file !== ':memory:') enterWal(handle);
      handle.exec(
        `pragma synchronous = normal; pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}; pragma cache_size = -${CACHE_KB}`,
      );
    });
  } catch (error) {
    handle.close();
    throw error;
  }
  return handle;
}

/** The switch to the write-ahead log asks for the file alone and does not wait for it by itself. */
function enterWal(handle: DatabaseSync): void {
  for (let tries = 1; ; tries++) {
    try {
      handle.exec('pragma journal_mode = wal');
      return;
    } catch (error) {
      if (tries === WAL_TRIES || !/locked|busy/.test(textOf(error))) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAL_PAUSE_MS);
    }
  }
}

/**
 * A statement that gives no rows. An index of texts has row numbers beyond 2^53, and each run tells the last one: from Node 26 on
 * that throws unless they may be bigints.
 */
export function asWrite(statement: StatementSync): StatementSync {
  statement.setReadBigInts(true);
  return statement;
}

/** One transaction, taken for writing from the start: a reader that turns writer could not wait for another one. */
export function inOne<T>(handle: DatabaseSync, work: () => T): T {
  return asRepository(() => {
    handle.exec('begin immediate');
    try {
      const result = work();
      handle.exec('commit');
      return result;
    } catch (error) {
      if (handle.isTransaction) handle.exec('rollback');
      throw error;
    }
  });
}

/** What SQLite throws (locked, disk full, no such folder) as our Fault; bugs in our SQL too, which the contract tests find. */
export function asRepository<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_SQLITE'))
      throw new Fault('repository.unavailable', textOf(error), { cause: error });
    if (error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_STATE')
      throw new Fault('repository.unavailable', 'expected an open database, got a closed one', { cause: error });
    throw error;
  }
}

export const sqliteDialect = (handle: DatabaseSync): Dialect => ({
  createAdapter: () => new SqliteAdapter(),
  createQueryCompiler: () => new SqliteQueryCompiler(),
  createIntrospector: (db) => new SqliteIntrospector(db),
  createDriver: () => driverOf(handle),
});

function driverOf(handle: DatabaseSync): Driver {
  const connection: DatabaseConnection = {
    executeQuery: async <R>(query: CompiledQuery): Promise<QueryResult<R>> =>
      asRepository(() => {
        const statement = handle.prepare(query.sql);
        const parameters = query.parameters as SQLInputValue[];
        if (statement.columns().length > 0) return { rows: statement.all(...parameters) as R[] };
        const { changes } = asWrite(statement).run(...parameters);
        return { rows: [], numAffectedRows: BigInt(changes) };
      }),
    streamQuery: () => {
      throw new Error('expected a page of rows, got a stream');
    },
  };
  const refused = async (): Promise<never> => {
    throw new Error('expected inOne, got a transaction of kysely');
  };
  return {
    init: async () => {},
    acquireConnection: async () => connection,
    releaseConnection: async () => {},
    beginTransaction: refused,
    commitTransaction: refused,
    rollbackTransaction: refused,
    destroy: async () => {},
  };
}
