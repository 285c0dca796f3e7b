/** Retention beside an indexer: what goes on while it is about to be deleted stays, with all that is its own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { versionOf } from '../lib/model/version.ts';
import { retain } from '../lib/repository/sql/retain.ts';
import { openSqliteDatabase } from '../lib/repository/sql/sqlite-database.ts';
import { aBatch, aHead, anExecution, aTaskRun, rowsOf, T0 } from './support/rows.ts';

test('keeping an execution that is restarted between being found and being deleted', async () => {
  const database = openSqliteDatabase(':memory:');
  const executions = ['gone', 'again'].map((id, n) =>
    anExecution(id, n + 1, { taskRuns: rowsOf(aTaskRun(`of-${id}`, 0)) }),
  );
  await database.write(aBatch({ executions }));
  const restarted = anExecution('again', 0, {
    version: versionOf(2, 1),
    head: aHead(['CREATED', 'RUNNING', 'FAILED', 'RESTARTED']),
  });
  const overtaken = {
    ...database,
    inOne: async (statements: Parameters<typeof database.inOne>[0]) => {
      await database.write(aBatch({ executions: [restarted] }));
      return database.inOne(statements);
    },
  };
  assert.equal(await retain(overtaken, T0 * 2, 10), 1);
  const kept = async (table: 'executions' | 'task_runs') =>
    (await database.db.selectFrom(table).select('id').execute()).map(({ id }) => id);
  assert.deepEqual([await kept('executions'), await kept('task_runs')], [['again'], ['of-again']]);
  await database.close();
});
