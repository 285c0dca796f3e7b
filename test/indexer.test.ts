/** The indexer against scripted feeds and a repository in memory. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { foldExecutions, rowOf } from '../actors/indexer/fold.ts';
import { buildIndexer } from '../actors/indexer/indexer.ts';
import { clean } from '../actors/indexer/retention.ts';
import { openRedisBus } from '../lib/bus/redis/open.ts';
import { systemClock } from '../lib/clock.ts';
import { Fault } from '../lib/errors.ts';
import { silentLog } from '../lib/log.ts';
import { versionOf } from '../lib/model/version.ts';
import type { Repository } from '../lib/repository/repository.ts';
import { aCommit, aLease } from './support/bus-parts.ts';
import { eventually } from './support/eventually.ts';
import { anIndexer, aRepository, flow, flowHome, home, running, stateIn, stopIndexing } from './support/indexing.ts';
import { startRedis } from './support/redis.ts';
import { aBatch, aHead, aLine, aMeasured, anExecution, aStart, aTaskRun, rowsOf, T0 } from './support/rows.ts';
import { PARTITIONS, ScriptedFeeds } from './support/scripted-feeds.ts';

afterEach(stopIndexing);

const flowEvent = (outcome: string, given: object) =>
  ['main/company.team/hello', { request: 'r', outcome, ...flow, atMs: T0, ...given }] as const;

describe('folding entries of a feed', () => {
  it('fetching each field once, as of the last entry, and dropping what went', () => {
    const event = (names: string) => [['e1', names]] as const;
    const folded = foldExecutions([
      { version: versionOf(1, 1), events: [['', ''], ...event('start head t:a t:b')] },
      { version: versionOf(1, 2), events: event('t:a t:c') },
      { version: versionOf(1, 3), events: event('head -t:b -t:z') },
      { version: versionOf(1, 4), events: event('t:z') },
    ]);
    assert.deepEqual([...folded.keys()], ['e1']);
    const changed = folded.get('e1')!;
    assert.equal(changed.version, versionOf(1, 4));
    assert.deepEqual([...changed.fields], ['start', 'head', 't:a', 't:c', 't:z']);
    const texts = [aStart('e1'), aHead(['CREATED', 'RUNNING']), aTaskRun('a', 0), { index: 2, taskId: 'c"', id: 'c"' }];
    const row = rowOf('e1', changed, [...texts.map((text) => JSON.stringify(text)), undefined]);
    assert.deepEqual(row?.head, aHead(['CREATED', 'RUNNING']));
    assert.deepEqual(
      row?.taskRuns.map(([{ id, index }]) => `${id}${index}`),
      ['a0', 'c"2'],
    );
    assert.equal(row?.taskRuns[0]?.[1], JSON.stringify(aTaskRun('a', 0)));
    assert.deepEqual(row?.removedTaskRuns, ['b']);
  });

  it('leaving out an execution that has left', () => {
    const [changed] = foldExecutions([{ version: versionOf(1, 1), events: [['e1', 'head t:a']] }]).values();
    assert.equal(rowOf('e1', changed!, [undefined, undefined]), undefined);
  });
});

describe('copying what was committed', () => {
  it('bringing executions, flows and lines into the repository, and telling the bus how far', async () => {
    const [feeds, repository] = [new ScriptedFeeds(), await aRepository()];
    feeds.commit(home('e1'), 1, [
      ['e1', { start: aStart('e1'), head: aHead(['CREATED']), taskRuns: [aTaskRun('a', 0, 'RUNNING')] }],
    ]);
    const indexer = await anIndexer(feeds, repository);
    await eventually(async () => (await stateIn(repository, 'e1')) === 'CREATED');
    feeds.commit(home('e1'), 3, [
      ['e1', { head: aHead(['CREATED', 'RUNNING', 'SUCCESS']), taskRuns: [aTaskRun('a', 0)] }],
    ]);
    feeds.commit(flowHome, 7, [
      flowEvent('saved', { revision: 1, source: 'one' }),
      flowEvent('exists', { revision: 1 }),
    ]);
    feeds.log(
      home('e1'),
      '5-0',
      'e1',
      [aLine('e1', 1), aLine('e1', 2)],
      [aMeasured('e1', [1, T0, 'counter', 'rows', 1])],
    );
    await eventually(
      async () =>
        (await stateIn(repository, 'e1')) === 'SUCCESS' &&
        (await repository.flow(flow)) &&
        (await repository.lines({ limit: 9 })).total === 2 &&
        (await repository.metrics({ executionId: 'e1', limit: 9 })).total === 1,
    );
    await eventually(
      () =>
        feeds.told.get(home('e1')) === versionOf(1, 3) &&
        feeds.told.get(flowHome) === versionOf(1, 7) &&
        feeds.trimmed.get(home('e1')) === '5-0',
    );
    assert.deepEqual((await repository.execution('e1'))?.taskRunList, [aTaskRun('a', 0)]);
    feeds.commit(flowHome, 8, [flowEvent('deleted', { revision: 1 })]);
    const deleted = await eventually(async () => {
      const row = await repository.flow(flow);
      return row?.deleted && row;
    });
    assert.equal(deleted.source, 'one');
    assert.deepEqual(indexer.health(), { ok: true });
  });

  it('going on at the stored cursors after it was stopped in the middle of a wait', async () => {
    const [feeds, repository] = [new ScriptedFeeds(), await aRepository()];
    feeds.commit(home('e1'), 1, [['e1', { start: aStart('e1'), head: aHead(['CREATED']) }]]);
    const first = await anIndexer(feeds, repository);
    await eventually(() => repository.execution('e1'));
    const began = performance.now();
    await first.stop(5_000);
    assert.ok(performance.now() - began < 2_000, 'a blocking read ends when it is asked to');
    assert.equal(feeds.told.get(home('e1')), versionOf(1, 1), 'what was copied is told before the end');
    assert.equal(feeds.vault.size, 0, 'the lead is given up');
    feeds.entries.get(home('e1'))!.length = 0;
    feeds.commit(home('e1'), 2, [['e1', { head: aHead(['CREATED', 'FAILED']) }]]);
    await anIndexer(feeds, repository);
    await eventually(async () => (await stateIn(repository, 'e1')) === 'FAILED');
  });

  it('reading no more often than something happens', async () => {
    const [feeds, repository] = [new ScriptedFeeds(), await aRepository()];
    await anIndexer(feeds, repository);
    await eventually(() => feeds.reads === 2);
    feeds.commit(home('e1'), 1, [['e1', { start: aStart('e1'), head: aHead(['CREATED']) }]]);
    await eventually(() => feeds.told.has(home('e1')));
    assert.ok(feeds.reads <= 6, `${feeds.reads} reads for one commit`);
  });

  it('leaving out an event that cannot be read, and copying those beside it', async () => {
    const [feeds, repository] = [new ScriptedFeeds(), await aRepository()];
    feeds.commit(home('e1'), 1, [
      ['bad', { start: aStart('bad'), head: aHead(['CREATED']) }],
      ['e1', { start: aStart('e1'), head: aHead(['CREATED']) }],
    ]);
    feeds.documents.get(home('e1'))!.set('bad', new Map([['head', '{"history":']]));
    await anIndexer(feeds, repository);
    await eventually(() => repository.execution('e1'));
    assert.equal(await repository.execution('bad'), undefined);
  });
});

describe('standing what others do', () => {
  it('keeping its place while the repository cannot be written, and saying so', async () => {
    const [feeds, repository] = [new ScriptedFeeds(), await aRepository()];
    let broken = true;
    const write: Repository['write'] = async (batch) => {
      if (broken) throw new Fault('repository.unavailable', 'scripted');
      await repository.write(batch);
    };
    const indexer = await anIndexer(feeds, { ...repository, write });
    feeds.commit(home('e1'), 1, [['e1', { start: aStart('e1'), head: aHead(['CREATED']) }]]);
    await eventually(() => !indexer.health().ok);
    assert.match(indexer.health().detail ?? '', /repository cannot be reached/);
    assert.equal(feeds.told.size, 0);
    broken = false;
    await eventually(() => repository.execution('e1'));
    await eventually(() => indexer.health().ok);
  });

  it('going on after the bus was away', async () => {
    const [feeds, repository] = [new ScriptedFeeds(), await aRepository()];
    const indexer = await anIndexer(feeds, repository);
    await eventually(() => feeds.reads === 2);
    feeds.away = true;
    feeds.commit(home('e1'), 1, [['e1', { start: aStart('e1'), head: aHead(['CREATED']) }]]);
    await eventually(() => !indexer.health().ok);
    feeds.away = false;
    await eventually(() => repository.execution('e1'));
    await eventually(() => indexer.health().ok);
  });

  it('standing by while another works, and taking over when it gives up', async () => {
    const [feeds, repository] = [new ScriptedFeeds(), await aRepository()];
    const first = await anIndexer(feeds, repository);
    await eventually(() => feeds.reads === 2);
    const second = await anIndexer(feeds, repository);
    assert.match(second.health().detail ?? '', /standing by/);
    await first.stop(5_000);
    feeds.commit(home('e1'), 1, [['e1', { start: aStart('e1'), head: aHead(['CREATED']) }]]);
    await eventually(() => repository.execution('e1'));
    assert.equal(second.health().detail, undefined);
  });
});

it('copying from Redis, and not stopping where Redis is started again', async (t) => {
  const [redis, repository] = [await startRedis(), await aRepository()];
  const bus = await openRedisBus({ url: redis.url, partitions: PARTITIONS, log: silentLog });
  t.after(async () => {
    for (const service of running.splice(0)) await service.stop(5_000);
    await bus.close();
    await redis.stop();
  });
  const indexer = buildIndexer({ bus, repository, retentionMs: 0, log: silentLog });
  running.push(indexer);
  await indexer.start();
  const lease = await aLease(bus, home('e1'));
  await bus.lines.append(home('e1'), [{ executionId: 'e1', lines: [aLine('e1', 1)] }]);
  const written = (fields: Readonly<Record<string, object>>) => ({
    documents: [
      { id: 'e1', set: Object.entries(fields).map(([name, value]) => [name, JSON.stringify(value)] as const) },
    ],
    events: [['e1', Object.keys(fields).join(' ')] as const],
  });
  const begun = written({ start: aStart('e1'), head: aHead(['CREATED']), 't:a': aTaskRun('a', 0) });
  assert.equal(await bus.ownership.commit(lease, aCommit(0, begun)), 'APPLIED');
  const execution = await eventually(() => repository.execution('e1'));
  assert.deepEqual(execution.taskRunList, [aTaskRun('a', 0)]);
  await eventually(async () => (await repository.lines({ limit: 1 })).total === 1);
  await eventually(async () => (await bus.feeds.durable([home('e1')])).get(home('e1')) === execution.version);
  await redis.kill();
  await redis.restart();
  const again = await eventually(() => bus.ownership.acquire(home('e1'), 'owner'));
  const ended = written({ head: aHead(['CREATED', 'SUCCESS']) });
  assert.equal(await bus.ownership.commit(again, aCommit(1, ended)), 'APPLIED');
  await eventually(async () => (await stateIn(repository, 'e1')) === 'SUCCESS');
  await eventually(() => indexer.health().ok);
});

it('deleting what ended longer ago than it is kept', async () => {
  const repository = await aRepository();
  const lately = anExecution('new', 2, { head: { ...aHead([]), history: [['SUCCESS', Date.now()]] } });
  await repository.write(
    aBatch({ executions: [anExecution('old', 1, { taskRuns: rowsOf(aTaskRun('a', 0)) }), lately] }),
  );
  await clean({ repository, retentionMs: 60_000, clock: systemClock, log: silentLog });
  assert.equal(await repository.execution('old'), undefined);
  assert.ok(await repository.execution('new'));
});
