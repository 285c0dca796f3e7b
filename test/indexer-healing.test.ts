/** The indexer where a feed does not continue: roll-backs, a wiped bus, a repository that was put back. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { heal } from '../actors/indexer/heal.ts';
import type { Bus } from '../lib/bus/bus.ts';
import { silentLog } from '../lib/log.ts';
import type { Attempt } from '../lib/model/execution.ts';
import { flowPartition } from '../lib/model/partition.ts';
import { versionOf } from '../lib/model/version.ts';
import type { Repository } from '../lib/repository/repository.ts';
import { eventually } from './support/eventually.ts';
import { anIndexer, aRepository, flow, flowHome, home, stateIn, stopIndexing } from './support/indexing.ts';
import { aBatch, aHead, anExecution, aStart, aTaskRun, T0 } from './support/rows.ts';
import { PARTITIONS, ScriptedFeeds } from './support/scripted-feeds.ts';

afterEach(stopIndexing);

const open: Attempt = { history: [['SUBMITTED', T0]], delivery: '1.1', token: 'held' };

describe('healing what a broken history left', () => {
  const indexed = async (feeds: ScriptedFeeds, repository: Repository) => {
    const events = (states: readonly ['CREATED', ...('RUNNING' | 'SUCCESS')[]], taskRuns: readonly object[]) => ({
      head: aHead(states),
      taskRuns,
    });
    for (const id of ['e1', 'e2', 'e3'])
      feeds.commit(home(id), (feeds.entries.get(home(id))?.length ?? 0) + 1, [
        [
          id,
          {
            start: aStart(id),
            ...events(['CREATED', 'RUNNING'], [{ ...aTaskRun('a', 0, 'RUNNING'), attempts: [open] }]),
          },
        ],
      ]);
    const number = feeds.entries.get(home('e1'))!.length + 1;
    feeds.commit(home('e1'), number, [
      ['e1', events(['CREATED', 'RUNNING', 'SUCCESS'], [aTaskRun('a', 0), aTaskRun('lost', 1)])],
    ]);
    const indexer = await anIndexer(feeds, repository);
    await eventually(async () => (await stateIn(repository, 'e1')) === 'SUCCESS' && (await repository.execution('e3')));
    await eventually(() => feeds.told.get(home('e1')) === versionOf(1, number));
    return { indexer, number };
  };

  it('reading a partition anew when a new epoch counts again from below', async () => {
    const [feeds, repository] = [new ScriptedFeeds(), await aRepository()];
    const { number } = await indexed(feeds, repository);
    feeds.rollBack(home('e1'), number - 1);
    for (const id of ['e1', 'e2', 'e3'])
      feeds.document(home(id), id, {
        start: aStart(id),
        head: aHead(['CREATED', 'RUNNING']),
        't:a': aTaskRun('a', 0, 'RUNNING'),
      });
    feeds.commit(home('e1'), number, [['e2x', { start: aStart('e2x'), head: aHead(['CREATED']) }]], 2);
    await eventually(async () => (await stateIn(repository, 'e1')) === 'RUNNING');
    assert.deepEqual((await repository.execution('e1'))?.taskRunList, [aTaskRun('a', 0, 'RUNNING')]);
    assert.equal((await repository.execution('e1'))?.version, versionOf(2, number));
    feeds.commit(home('e1'), number + 1, [['e1', { head: aHead(['CREATED', 'RUNNING', 'SUCCESS']) }]], 2);
    await eventually(async () => (await stateIn(repository, 'e1')) === 'SUCCESS');
  });

  it('ending as its tombstone says what the partition let go, and marking lost what it does not know', async () => {
    const [feeds, repository] = [new ScriptedFeeds(), await aRepository()];
    const { indexer } = await indexed(feeds, repository);
    await indexer.stop(5_000);
    feeds.entries.clear();
    feeds.documents.clear();
    feeds.tombstones.set(
      home('e2'),
      new Map([['e2', JSON.stringify({ state: 'WARNING', version: 'v', endedAtMs: T0 + 7_000, untilMs: 0 })]]),
    );
    await anIndexer(feeds, repository);
    await eventually(
      async () => (await stateIn(repository, 'e3')) === 'FAILED' && (await stateIn(repository, 'e2')) === 'WARNING',
    );
    const lost = await repository.execution('e3');
    assert.match(lost?.reason ?? '', /lost/);
    assert.equal(lost?.taskRunList[0]?.history.at(-1)?.[0], 'FAILED');
    assert.equal(lost?.taskRunList[0]?.attempts.at(-1)?.history.at(-1)?.[0], 'FAILED');
    assert.equal(lost?.taskRuns, 1, 'as many as are shown');
    assert.deepEqual((await repository.execution('e2'))?.history.at(-1), ['WARNING', T0 + 7_000]);
    assert.equal(await stateIn(repository, 'e1'), 'SUCCESS', 'what had ended stays');
    feeds.commit(home('e3'), 1, [['new', { start: aStart('new'), head: aHead(['CREATED']) }]], 9);
    await eventually(() => repository.execution('new'));
  });

  it('marking lost what a roll-back took away, also where the next owner commits just then', async () => {
    const [feeds, repository] = [new ScriptedFeeds(), await aRepository()];
    const row = anExecution('e1', 5, { head: aHead(['CREATED', 'RUNNING']) });
    await repository.write(aBatch({ executions: [row] }));
    feeds.commit(home('e1'), 3, [['other', { start: aStart('other'), head: aHead(['CREATED']) }]]);
    let asked = 0;
    const newest: Bus['feeds']['newest'] = async (partitions) => {
      const answer = await feeds.bus.feeds.newest(partitions);
      if (asked++ === 0) feeds.commit(home('e1'), 4, [['other', { head: aHead(['CREATED', 'RUNNING']) }]], 2);
      return answer;
    };
    const bus = { ...feeds.bus, feeds: { ...feeds.bus.feeds, newest } };
    await heal({ bus, repository, log: silentLog, signal: new AbortController().signal }, [home('e1')]);
    assert.equal(await stateIn(repository, 'e1'), 'FAILED');
    assert.match((await repository.execution('e1'))?.reason ?? '', /lost/);
  });

  it('filling a repository that was put back, from documents where entries are trimmed', async () => {
    const [feeds, repository] = [new ScriptedFeeds(), await aRepository()];
    feeds.commit(home('e1'), 9, [['e1', { taskRuns: [aTaskRun('b', 1)] }]]);
    const gone = { ...flow, id: 'gone' };
    feeds.told
      .set(home('e1'), versionOf(1, 8))
      .set(flowHome, versionOf(1, 3))
      .set(flowPartition(gone, PARTITIONS), versionOf(1, 3));
    feeds.document(home('e1'), 'e1', {
      start: aStart('e1'),
      head: aHead(['CREATED', 'RUNNING']),
      't:b': aTaskRun('b', 1),
      't:a': aTaskRun('a', 0),
    });
    feeds.document(flowHome, 'main/company.team/hello', {
      head: { revision: 2, deleted: false, atMs: T0 },
      'r:1': { revision: 1, source: 'one', atMs: T0 },
      'r:2': { revision: 2, source: 'two', atMs: T0 },
    });
    await repository.write(
      aBatch({ flows: [{ ...gone, revision: 1, source: 'x', deleted: false, atMs: T0, version: versionOf(1, 1) }] }),
    );
    await anIndexer(feeds, repository);
    const execution = await eventually(() => repository.execution('e1'));
    assert.deepEqual(execution.taskRunList, [aTaskRun('a', 0), aTaskRun('b', 1)]);
    assert.equal((await eventually(() => repository.flow(flow))).source, 'two');
    assert.equal(await eventually(async () => (await repository.flow(gone))?.deleted), true);
    assert.deepEqual(
      (await repository.revisions(flow)).map(({ source }) => source),
      ['one', 'two'],
    );
  });
});
