/** MySQL (8.0.17 or newer): how it is reached, and what it says in its own way. */
import { MysqlDialect, sql } from 'kysely';
import { createPool } from 'mysql2';
import { Fault } from '../../errors.ts';
import type { Idiom } from './database.ts';
import { CONNECT_MS, POOL_MAX, type Server } from './server-database.ts';

const LOCK = 'windhover.schema';
const LOCK_SECONDS = 600;
const DEADLOCK = 1213;
const LOCK_TIMEOUT = 1205;
/** Table, column or index that is there already: its statements are no transaction, and a migration may have stopped in between. */
const THERE: ReadonlySet<unknown> = new Set([1050, 1060, 1061]);

const numberOf = (error: unknown): unknown => (error instanceof Error && 'errno' in error ? error.errno : undefined);

/** Texts compare by their bytes, as in SQLite. */
const MYSQL: Idiom = {
  kind: 'mysql',
  types: { name: sql`varchar(191)`, text: sql`longtext`, integer: sql`bigint`, double: sql`double` },
  numbered: sql`bigint auto_increment`,
  named: 'no',
  keyed: sql`character set utf8mb4 collate utf8mb4_bin`,
  partialIndexes: false,
  like: (column, pattern) => sql`${column} collate utf8mb4_0900_as_ci like ${pattern} escape '!'`,
  labelled: (column, key, value) => sql`json_contains(${column}, ${JSON.stringify({ [key]: value })})`,
};

export function mysqlServer(url: string): Server {
  const pool = createPool({
    uri: url,
    connectionLimit: POOL_MAX,
    connectTimeout: CONNECT_MS,
    enableKeepAlive: true,
    charset: 'utf8mb4_bin',
    decimalNumbers: true,
    // Its own REPEATABLE READ locks gaps between keys, on which writers would meet.
    flags: [],
  });
  pool.on('connection', (connection) => connection.query('set session transaction isolation level read committed'));
  return {
    idiom: MYSQL,
    dialect: new MysqlDialect({ pool }),
    lock: {
      take: async (db) => {
        const { rows } = await sql<{ got: number | null }>`select get_lock(${LOCK}, ${LOCK_SECONDS}) as got`.execute(
          db,
        );
        if (rows[0]?.got !== 1) throw new Fault('repository.unavailable', 'expected to migrate, got no lock in time');
      },
      release: async (db) => void (await sql`select release_lock(${LOCK})`.execute(db)),
      isThere: (error) => THERE.has(numberOf(error)),
    },
    hasTextIndex: async () => false,
    isConflict: (error) => numberOf(error) === DEADLOCK || numberOf(error) === LOCK_TIMEOUT,
  };
}
