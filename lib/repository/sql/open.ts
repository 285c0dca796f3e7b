/**
 * The repository on SQLite: one file (or `:memory:`), shared by the processes of a machine through its write-ahead log. Each
 * process holds one handle; whoever writes waits for the other's transaction, readers wait for nobody.
 */
import type { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { Fault } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { Batch, Repository } from '../repository.ts';
import { asRepository, openHandle, sqliteDialect } from './dialect.ts';
import { readExecution, readTaskRuns, searchExecutions } from './executions.ts';
import { readFlow, readFlowNames, readNamespaces, readRevisions, searchFlows } from './flows.ts';
import { deleteLines, searchLines } from './lines.ts';
import { readMetricBuckets, readMetricNames, readMetricTasks, searchMetrics } from './metrics.ts';
import { migrate } from './migrations.ts';
import { deleteExecution, retain } from './retain.ts';
import type { Tables } from './schema.ts';
import { batchWriter } from './write.ts';

interface Opened {
  readonly handle: DatabaseSync;
  readonly db: Kysely<Tables>;
  readonly write: (batch: Batch) => void;
}

export function openSqlRepository({ file, log }: { readonly file: string; readonly log: Log }): Repository {
  let opened: Opened | undefined;
  const held = (): Opened => {
    if (!opened) throw new Fault('repository.unavailable', `expected ${file} to be open, got a closed one`);
    return opened;
  };
  return {
    open: async () => {
      opened ??= openFile(file);
      log.debug({ file }, 'the repository is open');
    },
    write: async (batch) => held().write(batch),
    cursors: async () => {
      const rows = await held().db.selectFrom('cursors').selectAll().execute();
      return new Map(rows.map(({ name, value }) => [name, value]));
    },
    execution: async (id) => readExecution(held().db, id),
    searchExecutions: async (search) => searchExecutions(held().db, search),
    taskRuns: (ids, max) => readTaskRuns(held().db, ids, max),
    flow: async (name, revision) => readFlow(held().db, name, revision),
    revisions: async (name) => readRevisions(held().db, name),
    searchFlows: async (search) => searchFlows(held().db, search),
    namespaces: async (tenant) => readNamespaces(held().db, tenant),
    flowNames: async (tenant) => readFlowNames(held().db, tenant),
    lines: async (search) => searchLines(held().db, search),
    deleteLines: async (deletion) => deleteLines(held().db, deletion),
    metrics: async (search) => searchMetrics(held().db, search),
    metricNames: async (scope) => readMetricNames(held().db, scope),
    metricTasks: async (scope) => readMetricTasks(held().db, scope),
    metricBuckets: async (asked) => readMetricBuckets(held().db, asked),
    deleteExecution: async (id, keeps) => deleteExecution(held().handle, id, keeps),
    retain: async (beforeMs, limit) => retain(held().handle, beforeMs, limit),
    ready: async () => opened !== undefined && answers(opened.handle),
    close: async () => {
      const closing = opened;
      opened = undefined;
      await closing?.db.destroy();
      closing?.handle.close();
    },
  };
}

function openFile(file: string): Opened {
  const handle = openHandle(file);
  try {
    const db = new Kysely<Tables>({ dialect: sqliteDialect(handle) });
    migrate(handle, db);
    return asRepository(() => ({ handle, db, write: batchWriter(handle) }));
  } catch (error) {
    handle.close();
    throw error;
  }
}

function answers(handle: DatabaseSync): boolean {
  try {
    handle.prepare('select 1 from cursors limit 1').get();
    return true;
  } catch {
    // What is wrong is told where it is used; here it is only not ready.
    return false;
  }
}
