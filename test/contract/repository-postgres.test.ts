/** The repository contract, held against Postgres; and what a server makes possible: several writers, and going away. */
import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import pg from 'pg';
import { isFault } from '../../lib/errors.ts';
import { silentLog } from '../../lib/log.ts';
import type { Repository } from '../../lib/repository/repository.ts';
import { lookAtRepository, SCHEMA_VERSION } from '../../lib/repository/sql/look.ts';
import { openSqlRepository } from '../../lib/repository/sql/open.ts';
import { postgresServer } from '../../lib/repository/sql/postgres.ts';
import type { Reach } from '../../lib/repository/sql/reach.ts';
import { eventually } from '../support/eventually.ts';
import { anIndexer, home, stateIn, stopIndexing } from '../support/indexing.ts';
import { olderSchema } from '../support/older-schema.ts';
import { hasPostgres, startPostgres } from '../support/postgres.ts';
import { aBatch, aFlow, aHead, aLine, anExecution, aStart, aTaskRun, rowsOf, T0 } from '../support/rows.ts';
import { ScriptedFeeds } from '../support/scripted-feeds.ts';
import { holdsRepositoryContract } from './repository.ts';

const skip = !hasPostgres();
const postgres = skip ? undefined : await startPostgres();
const opened: Repository[] = [];
const open = async (url: string, reach?: Reach): Promise<Repository> => {
  const repository = openSqlRepository({ file: '', url, log: silentLog, reach });
  opened.push(repository);
  await repository.open();
  return repository;
};
const fresh = () => postgres!.database();
after(async () => {
  for (const repository of opened) await repository.close();
  await postgres?.stop();
});

if (!skip) holdsRepositoryContract('Postgres', async (reach) => open(await fresh(), reach));

it('being opened and written by several at the same moment', { skip }, async () => {
  const url = await fresh();
  const writers = await Promise.all([open(url), open(url), open(url)]);
  const write = async (repository: Repository, n: number) => {
    const ids = Array.from({ length: 40 }, (_, k) => `e${(k * 7 + n * 3) % 40}`);
    for (let round = 0; round < 5; round++)
      await repository.write(
        aBatch({
          executions: ids.map((id) =>
            anExecution(id, round * 10 + n, {
              head: aHead(['CREATED'], { labels: { by: String(round * 10 + n) } }),
              taskRuns: rowsOf(aTaskRun(`${id}-a`, 0)),
            }),
          ),
          flows: [aFlow('f', 1)],
          lines: [aLine('e1', round)],
        }),
      );
  };
  await Promise.all(writers.map(write));
  const { rows, total } = await writers[0]!.searchExecutions({ tenant: 'main', limit: 100 });
  assert.equal(total, 40);
  assert.ok(
    rows.every(({ labels }) => labels.by === '42'),
    'the highest version is what stays',
  );
});

it('going on when the database comes back, also when it was away at the start', { skip }, async () => {
  const url = await fresh();
  const repository = await open(url);
  await repository.write(aBatch({ executions: [anExecution('e1', 1)] }));
  await postgres!.kill();
  const early = await open(url);
  for (const each of [repository, early]) {
    await assert.rejects(each.execution('e1'), (error) => isFault(error, 'repository.unavailable'));
    assert.equal(await each.ready(), false);
  }
  await postgres!.restart();
  for (const each of [repository, early]) {
    await eventually(() => each.ready(), 30_000);
    assert.equal((await each.execution('e1'))?.id, 'e1');
  }
});

it('copying what happened while the database was away', { skip }, async (t) => {
  t.after(stopIndexing);
  const repository = await open(await fresh());
  const feeds = new ScriptedFeeds();
  const indexer = await anIndexer(feeds, repository);
  feeds.commit(home('e1'), 1, [['e1', { start: aStart('e1'), head: aHead(['CREATED']) }]]);
  await eventually(async () => (await stateIn(repository, 'e1')) === 'CREATED', 30_000);
  await postgres!.kill();
  feeds.commit(home('e1'), 2, [['e1', { head: aHead(['CREATED', 'RUNNING', 'SUCCESS']) }]]);
  await eventually(async () => !indexer.health().ok, 30_000);
  await postgres!.restart();
  await eventually(async () => (await stateIn(repository, 'e1').catch(() => undefined)) === 'SUCCESS', 30_000);
  await eventually(async () => indexer.health().ok, 30_000);
});

it('being looked at as it is, without a schema and with one', { skip }, async () => {
  const url = await fresh();
  const bare = { kind: 'postgres', version: 0, needs: 0, cursors: new Map() };
  assert.deepEqual(await lookAtRepository({ file: '', url }), bare);
  await (await open(url)).write(aBatch({ cursors: new Map([['feed:x:0', 'v']]) }));
  const { version, cursors } = await lookAtRepository({ file: '', url });
  assert.equal(version, SCHEMA_VERSION);
  assert.deepEqual(cursors, new Map([['feed:x:0', 'v']]));
});

it('working with a newer schema, and refusing one that it cannot know', { skip }, async () => {
  const url = await fresh();
  await (await open(url)).write(aBatch({ executions: [anExecution('e1', 1)] }));
  const ask = async (text: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(text);
    await client.end();
  };
  await ask('alter table executions add column later text; update windhover_schema set version = 99');
  const older = await open(url);
  await older.write(aBatch({ executions: [anExecution('e2', 1)] }));
  assert.equal((await older.searchExecutions({ tenant: 'main', limit: 5 })).total, 2);
  await ask('update windhover_schema set needs = 99');
  await assert.rejects(open(url), (error) => isFault(error, 'repository.newer'));
});

it('keeping a text that Postgres cannot hold', { skip }, async () => {
  const repository = await open(await fresh());
  const labels = { by: 'a\0b', to: '\uD800' };
  const executions = [anExecution('e1', 1, { head: aHead(['CREATED'], { labels }) })];
  await repository.write(aBatch({ executions, lines: [aLine('e1', 1, { message: 'a\0b\uD800' })] }));
  assert.equal((await repository.lines({ executionId: 'e1', limit: 1 })).rows[0]?.message, 'a\uFFFDb\uFFFD');
  assert.deepEqual((await repository.execution('e1'))?.labels, labels);
});

it('bringing a schema up to date whose labels hold what its index would refuse', { skip }, async () => {
  const url = await fresh();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(await olderSchema(postgresServer(url, silentLog), 2));
  const values = `values ('e1', '1', 'main', 'company', 'hello', '{"by":"a\\u0000\\u0000b","to":"\\ud800","of":"\\\\u0000","in":"\\\\\\u0000"}', 'RUNNING', 1)`;
  await client.query(
    `insert into executions (id, version, tenant, namespace, flow_id, labels, state, start_ms) ${values}`,
  );
  await open(url);
  const { rows } = await client.query('select labels::jsonb as labels from executions');
  assert.deepEqual(rows, [{ labels: { by: 'a\uFFFD\uFFFDb', to: '\uFFFD', of: '\\u0000', in: '\\\uFFFD' } }]);
  await client.end();
});

it('looking on rows for what Postgres thinks that many have', { skip }, async () => {
  const url = await fresh();
  const repository = await open(url, { rows: 2, entries: 4, scannedEntries: 20, scannedRows: 15 });
  const ids = Array.from({ length: 100 }, (_, n) => `e${n + 100}`);
  const executions = ids.map((id, n) => {
    const start = aStart(id, { createdAtMs: T0 + n });
    const history = [['CREATED', T0 + n] as const, [n % 2 ? 'FAILED' : 'SUCCESS', T0 + n + 1] as const];
    return anExecution(id, n + 1, { start, head: aHead([], { history, labels: { team: 'red' } }) });
  });
  const lines = ids.map((id, n) => aLine(id, n, { atMs: T0 + n, message: `loaded ${n}` }));
  await repository.write(aBatch({ executions, lines }));
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('analyze');
  await client.end();
  for (const asked of [{ text: 'hello' }, { text: '"red"' }, { labels: { team: 'red' } }]) {
    const all = { tenant: 'main', ...asked, states: ['FAILED', 'SUCCESS'], limit: 100 };
    const { rows, reachedMs } = await repository.searchExecutions({ ...all, bounded: true });
    assert.deepEqual([rows.length, rows[0]?.id, reachedMs], [16, 'e199', T0 + 84]);
    assert.equal((await repository.searchExecutions(all)).rows.length, 100);
  }
  const { rows, reachedMs } = await repository.lines({ text: 'LOADED', descending: true, limit: 100, bounded: true });
  assert.deepEqual([rows.length, rows[0]?.executionId, reachedMs], [16, 'e199', T0 + 84]);
});
