/** The repository contract, held against SQLite; and what is SQLite's own: a file that several processes share. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, it } from 'node:test';
import { isFault } from '../../lib/errors.ts';
import { silentLog } from '../../lib/log.ts';
import type { Repository } from '../../lib/repository/repository.ts';
import { openSqlRepository } from '../../lib/repository/sql/open.ts';
import type { Reach } from '../../lib/repository/sql/reach.ts';
import { sqliteDialect } from '../../lib/repository/sql/sqlite.ts';
import { SQLITE } from '../../lib/repository/sql/sqlite-database.ts';
import { olderSchema } from '../support/older-schema.ts';
import { aBatch, aHead, aLine, anExecution, T0 } from '../support/rows.ts';
import { holdsRepositoryContract } from './repository.ts';

const opened: Repository[] = [];
const folders: string[] = [];
const fresh = async (): Promise<string> => {
  folders.push(await mkdtemp(join(tmpdir(), 'windhover-repository-')));
  return join(folders.at(-1)!, 'windhover.db');
};
const open = async (file: string, reach?: Reach): Promise<Repository> => {
  const repository = openSqlRepository({ file, log: silentLog, reach });
  await repository.open();
  opened.push(repository);
  return repository;
};
after(async () => {
  for (const repository of opened) await repository.close();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

holdsRepositoryContract('memory', (reach) => open(':memory:', reach));
holdsRepositoryContract('a file', async (reach) => open(await fresh(), reach));

it('finding everything again after it was closed', async () => {
  const file = await fresh();
  const first = await open(file);
  await first.write(aBatch({ executions: [anExecution('e1', 1)], cursors: new Map([['feed:x:0', 'v']]) }));
  await first.close();
  assert.equal(await first.ready(), false);
  await assert.rejects(first.cursors(), (error) => isFault(error, 'repository.unavailable'));
  const second = await open(file);
  assert.equal(await second.ready(), true);
  assert.equal((await second.execution('e1'))?.id, 'e1');
  assert.deepEqual(await second.cursors(), new Map([['feed:x:0', 'v']]));
});

it('refusing a file that a newer Windhover wrote, and telling what is no database', async () => {
  const file = await fresh();
  await (await open(file)).close();
  const handle = new DatabaseSync(file);
  handle.exec('update windhover_schema set version = 99, needs = 98');
  handle.close();
  await assert.rejects(open(file), (error) => isFault(error, 'repository.newer'));
  await assert.rejects(open(join(file, 'nowhere', 'x.db')), (error) => isFault(error, 'repository.unavailable'));
});

it('finding by text and counting what an older server has written', async () => {
  const file = await fresh();
  const repository = await open(file);
  await repository.write(aBatch({ executions: [anExecution('e1', 1)], lines: [aLine('e1', 1)] }));
  // An older server knows the tables, and nothing of what is kept beside them.
  const handle = new DatabaseSync(file);
  handle.exec(`insert into logs (execution_id, at_ms, seq, id, namespace, flow_id, level, message)
    values ('e1', ${T0}, 2, 'old', 'company.team', 'hello', 'INFO', 'quarantined')`);
  handle.exec(`insert into executions (id, version, tenant, namespace, flow_id, revision, start_json, start_ms, state, labels, head_json)
    select 'e0', version, tenant, namespace, 'elder', revision, start_json, start_ms, state, '{"team":"red"}', head_json from executions`);
  handle.close();
  await repository.write(aBatch({ executions: [anExecution('e2', 2)], lines: [aLine('e2', 3)] }));
  const found = async (search: object) =>
    (await repository.searchExecutions({ tenant: 'main', limit: 9, ...search })).total;
  assert.equal(await found({ text: 'elder' }), 1);
  assert.equal(await found({ labels: { team: 'red' } }), 1);
  assert.equal((await repository.lines({ text: 'quarant', limit: 9 })).total, 1);
  const day = { fromMs: 0, untilMs: T0 * 2, widthMs: 86_400_000 };
  const sum = (counts: readonly { readonly count: number }[]) => counts.reduce((all, { count }) => all + count, 0);
  assert.equal(sum(await repository.countExecutions({ tenant: 'main', ...day })), 3);
  assert.equal(sum(await repository.countLines(day)), 3);
  assert.equal(await repository.deleteLines({ executionId: 'e1' }), 2);
  assert.equal(sum(await repository.countLines(day)), 1);
});

it('finding and counting what a file of an older schema holds', async () => {
  for (const version of [2, 3, 4]) {
    const file = await fresh();
    const handle = new DatabaseSync(file);
    handle.exec(await olderSchema({ idiom: SQLITE, dialect: sqliteDialect(handle) }, version));
    handle.exec(`insert into logs (execution_id, at_ms, seq, id, namespace, flow_id, level, message)
      values ('e0', ${T0}, 1, 'e0/1', 'company.team', 'hello', 'INFO', 'quarantined')`);
    const { start, head } = anExecution('e0', 1, { head: aHead(['SUCCESS'], { labels: { team: 'red' } }) });
    handle
      .prepare(`insert into executions (id, version, tenant, namespace, flow_id, revision, start_json, start_ms, state, labels, head_json)
        values ('e0', '0', 'main', 'company.team', 'elder', 1, ?, ${T0}, 'SUCCESS', '{"team":"red"}', ?)`)
      .run(JSON.stringify(start), JSON.stringify(head));
    handle.close();
    const repository = await open(file);
    const found = async (search: object) =>
      (await repository.searchExecutions({ tenant: 'main', limit: 9, ...search })).total;
    const days = { fromMs: 0, untilMs: T0 * 2, widthMs: 86_400_000 };
    assert.equal(await found({ text: 'elder' }), 1);
    assert.equal(await found({ labels: { team: 'red' } }), 1);
    assert.equal((await repository.lines({ text: 'quarant', limit: 9 })).total, 1);
    assert.equal((await repository.countExecutions({ tenant: 'main', ...days }))[0]?.count, 1);
    assert.equal((await repository.countLines(days))[0]?.count, 1);
    const head2 = aHead(['SUCCESS'], { labels: { team: 'blue' } });
    await repository.write(aBatch({ executions: [anExecution('e0', 2, { head: head2 })] }));
    assert.equal(await found({ labels: { team: 'red' } }), 0);
    assert.equal(await found({ text: 'blue' }), 1);
    assert.equal(await found({ text: 'elder' }), 0);
  }
});

it('being opened and written by several processes at the same moment', async () => {
  const file = await fresh();
  const script = new URL('../support/repository-writer.ts', import.meta.url);
  const writers = ['a', 'b', 'c'].map((name) =>
    fork(script, [file, name], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
  );
  await Promise.all(writers.map((writer) => once(writer, 'message')));
  for (const writer of writers) writer.send('begin');
  const codes = await Promise.all(writers.map(async (writer) => (await once(writer, 'exit'))[0]));
  assert.deepEqual(codes, [0, 0, 0]);
  const repository = await open(file);
  assert.equal((await repository.searchExecutions({ tenant: 'main', limit: 1 })).total, 150);
});
