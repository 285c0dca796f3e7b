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
import { aBatch, anExecution } from '../support/rows.ts';
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
