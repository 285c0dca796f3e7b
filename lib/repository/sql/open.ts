/**
 * The repository on any database. SQLite's file is opened at once or not at all; a server may be away, also when we start:
 * then each question fails with `repository.unavailable`, until one finds it and brings its schema up to date.
 */
import { Fault, isFault, textOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { Repository } from '../repository.ts';
import type { Database } from './database.ts';
import { readExecution, readLatest, readTaskRuns, searchExecutions } from './executions.ts';
import { readFlow, readFlowNames, readNamespaces, readRevisions, searchFlows } from './flows.ts';
import { deleteLines, searchLines } from './lines.ts';
import { readMetricBuckets, readMetricNames, readMetricTasks, searchMetrics } from './metrics.ts';
import type { Reach } from './reach.ts';
import { deleteExecution, retain } from './retain.ts';
import { asRepository, openServerDatabase, type Server } from './server-database.ts';
import { openSqliteDatabase } from './sqlite-database.ts';
import { countExecutions, countLines } from './statistics.ts';

export interface RepositoryOptions {
  /** Of SQLite; or `:memory:`. */
  readonly file: string;
  /** `postgres://…` or `mysql://…`: a server instead of the file. */
  readonly url?: string;
  readonly log: Log;
  /** How many rows a search looks at. */
  readonly reach?: Reach;
}

export function openSqlRepository({ file, url, log, reach }: RepositoryOptions): Repository {
  const held = holder(
    url === undefined
      ? async () => openSqliteDatabase(file, reach)
      : async () => openServerDatabase(await serverAt(url, log), reach),
  );
  const asking = <T>(work: (database: Database) => Promise<T>): Promise<T> =>
    asRepository(async () => work(await held.get()));
  return {
    open: async () => {
      held.reopen();
      try {
        await asking(async () => {});
        log.debug(url === undefined ? { file } : {}, 'the repository is open');
      } catch (error) {
        if (url === undefined || !isFault(error, 'repository.unavailable')) throw error;
        log.warn({ reason: textOf(error) }, 'the database cannot be reached; executions go on without it');
      }
    },
    write: (batch) => asking((database) => database.write(batch)),
    cursors: () =>
      asking(async ({ db }) => {
        const rows = await db.selectFrom('cursors').selectAll().execute();
        return new Map(rows.map(({ name, value }) => [name, value]));
      }),
    execution: (id) => asking(({ db }) => readExecution(db, id)),
    searchExecutions: (search) => asking((database) => searchExecutions(database, search)),
    latestExecutions: (tenant, flows) => asking(({ db }) => readLatest(db, tenant, flows)),
    countExecutions: (asked) => asking((database) => countExecutions(database, asked)),
    countLines: (asked) => asking((database) => countLines(database, asked)),
    taskRuns: (ids, max) => asking(({ db }) => readTaskRuns(db, ids, max)),
    flow: (name, revision) => asking(({ db }) => readFlow(db, name, revision)),
    revisions: (name) => asking(({ db }) => readRevisions(db, name)),
    searchFlows: (search) => asking((database) => searchFlows(database, search)),
    namespaces: (tenant) => asking(({ db }) => readNamespaces(db, tenant)),
    flowNames: (tenant) => asking(({ db }) => readFlowNames(db, tenant)),
    lines: (search) => asking((database) => searchLines(database, search)),
    deleteLines: (deletion) => asking(({ db }) => deleteLines(db, deletion)),
    metrics: (search) => asking(({ db }) => searchMetrics(db, search)),
    metricNames: (scope) => asking(({ db }) => readMetricNames(db, scope)),
    metricTasks: (scope) => asking(({ db }) => readMetricTasks(db, scope)),
    metricBuckets: (asked) => asking(({ db }) => readMetricBuckets(db, asked)),
    deleteExecution: (id, keeps) => asking((database) => deleteExecution(database, id, keeps)),
    retain: (beforeMs, limit) => asking((database) => retain(database, beforeMs, limit)),
    // What is wrong is told where it is used; here it is only not ready.
    ready: () =>
      asking(({ db }) => db.selectFrom('cursors').select('name').limit(1).execute()).then(
        () => true,
        () => false,
      ),
    close: held.close,
  };
}

/** One database, opened by the first who asks; who could not opens it again when asked again. */
function holder(open: () => Promise<Database>) {
  let opening: Promise<Database> | undefined;
  let closed = true;
  return {
    reopen: () => {
      closed = false;
    },
    get: async (): Promise<Database> => {
      if (closed) throw new Fault('repository.unavailable', 'expected an open repository, got a closed one');
      const mine = (opening ??= open());
      try {
        return await mine;
      } catch (error) {
        if (opening === mine) opening = undefined;
        throw error;
      }
    },
    close: async (): Promise<void> => {
      closed = true;
      const closing = opening;
      opening = undefined;
      // What could not be opened needs no closing.
      await (await closing?.catch(() => undefined))?.close();
    },
  };
}

/** Clients are loaded where they are used: an installation on SQLite needs none. */
export async function serverAt(url: string, log: Log): Promise<Server> {
  if (/^mysql:/.test(url)) return (await import('./mysql.ts')).mysqlServer(url);
  return (await import('./postgres.ts')).postgresServer(url, log);
}
