/** `flow validate` and `doctor`: what they find, and how they say it. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openRedisBus } from '../lib/bus/redis/open.ts';
import { parseFlow } from '../lib/flow/parse.ts';
import { silentLog } from '../lib/log.ts';
import type { Catalogue, TypeEntry } from '../lib/model/catalogue.ts';
import { openSqlRepository } from '../lib/repository/sql/open.ts';
import { examine, examineRepository } from '../web/cli/commands/doctor.ts';
import { problemLine, validateFiles } from '../web/cli/commands/flow-validate.ts';
import { aCommit, aLease } from './support/bus-parts.ts';
import { aFolder } from './support/folder.ts';
import { startRedis } from './support/redis.ts';

test('printing problems as compilers do, with 1 for an error and 0 for warnings', async (t) => {
  const file = join(aFolder(t), 'flow.yaml');
  writeFileSync(file, 'id: x\n');
  const error = {
    message: 'expected a namespace, got none',
    severity: 'error',
    path: 'namespace',
    line: 1,
    column: 1,
  } as const;
  const warning = { message: 'old name', severity: 'warning', path: 'tasks[0].type', line: 4, column: 11 } as const;
  const said: string[] = [];
  assert.equal(
    await validateFiles(
      [file],
      async () => [error, warning],
      (line) => said.push(line),
    ),
    1,
  );
  assert.deepEqual(said, [
    `${file}:1:1 namespace: expected a namespace, got none`,
    `${file}:4:11 warning: tasks[0].type: old name`,
  ]);
  assert.equal(
    await validateFiles(
      [file],
      async () => [warning],
      () => {},
    ),
    0,
  );
  assert.equal(problemLine('a.yaml', { message: 'empty', severity: 'error', path: '' }), 'a.yaml empty');
});

test('pointing at the line and column of a mistyped task, with what was meant', async (t) => {
  const entry: TypeEntry = {
    type: 'io.kestra.plugin.core.log.Log',
    aliases: [],
    kind: 'runnable',
    title: 'Log',
    lists: [],
    properties: ['message'],
    schema: {},
    check: () => [],
  };
  const catalogue: Catalogue = { entries: [entry], find: (type) => (type === entry.type ? entry : undefined) };
  const file = join(aFolder(t), 'flow.yaml');
  writeFileSync(
    file,
    `id: hello\nnamespace: company.team\ntasks:\n  - id: greet\n    type: ${entry.type.replace('Log', 'Lag')}\n`,
  );
  const said: string[] = [];
  const validate = async (source: string) => parseFlow(source, catalogue, { tenant: 'main' }).problems;
  assert.equal(await validateFiles([file], validate, (line) => said.push(line)), 1);
  assert.equal(said.length, 1);
  assert.ok(said[0]!.startsWith(`${file}:5:11 tasks[0].type: expected`), said[0]);
  assert.match(said[0]!, /did you mean io\.kestra\.plugin\.core\.log\.Log\?/);
});

test('examining a Redis that nobody serves, then one with an executor and a worker', async (t) => {
  const redis = await startRedis();
  const bus = await openRedisBus({ url: redis.url, partitions: 2, log: silentLog });
  t.after(async () => {
    await bus.close();
    await redis.stop();
  });
  const empty = await examine(bus);
  assert.ok(empty.problems.some((problem) => problem.includes('at least one worker')));
  assert.ok(empty.problems.some((problem) => problem.includes('got none for 4 of 4')));
  const member = { host: 'h', pid: 1, version: '0.1.0', startedAtMs: 0, format: 1 };
  await bus.members.beat({ ...member, id: 'e1', role: 'executor' });
  await bus.members.beat({ ...member, id: 'w1', role: 'worker', group: 'default', threads: 4, free: 3 });
  for (const partition of ['x:0', 'x:1', 'f:0', 'f:1'] as const) await bus.ownership.acquire(partition, 'e1');
  const served = await examine(bus);
  const { warnings } = await bus.report();
  assert.deepEqual(served.problems, warnings);
  assert.ok(served.lines.includes('     4  e1'));
  assert.ok(served.lines.some((line) => line.includes('worker     w1') && line.includes('3 of 4 threads free')));
});

test('telling what the repository is, its schema, and how far it is behind', async (t) => {
  const redis = await startRedis();
  const bus = await openRedisBus({ url: redis.url, partitions: 2, log: silentLog });
  t.after(async () => {
    await bus.close();
    await redis.stop();
  });
  const file = join(aFolder(t), 'windhover.db');
  const { lines, problems } = await examineRepository(bus, file);
  assert.deepEqual(problems, []);
  assert.deepEqual(lines, [
    `repository      SQLite, ${file}`,
    'schema          none yet: the first server that starts makes it',
    'indexed         all commits',
  ]);
  const repository = openSqlRepository({ file, log: silentLog });
  await repository.open();
  t.after(() => repository.close());
  const lease = await aLease(bus, 'x:1');
  await bus.ownership.commit(lease, aCommit(0, { events: [['e1', '{}']] }));
  const behind = await examineRepository(bus, file);
  assert.match(behind.lines[1]!, /^schema {10}version \d+$/);
  assert.equal(behind.lines[2], 'indexed         all but 1 of the latest commits');
  assert.match(behind.problems.join(), /^expected an indexer, got none/);
  const handle = new DatabaseSync(file);
  handle.exec('update windhover_schema set version = 99, needs = 98');
  handle.close();
  const newer = await examineRepository(bus, file);
  assert.match(newer.lines[1]!, /version 99 .*newer than this Windhover/);
  assert.match(newer.problems.join(), /got 99: update Windhover/);
  const away = await examineRepository(bus, file, 'postgres://ada:secret@127.0.0.1:1/windhover');
  assert.match(
    away.problems.join(),
    /^expected the repository at postgres:\/\/ada:\*\*\*@127.0.0.1:1\/windhover to answer/,
  );
});
