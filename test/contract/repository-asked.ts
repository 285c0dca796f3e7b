/** What every adapter of the repository must do with what is asked in terms: executions, flows, lines; and metrics gathered. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Repository } from '../../lib/repository/repository.ts';
import type { ExecutionWhere, FlowWhere, LineWhere, TextComparison } from '../../lib/repository/where.ts';
import { aBatch, aFlow, aHead, aLine, aMetric, anExecution, aStart, T0 } from '../support/rows.ts';

const MINUTE_MS = 60_000;

export function holdsTerms(open: () => Promise<Repository>): void {
  it('finding executions by terms, and by what joins them', async () => {
    const repository = await open();
    const head = (given: object) => ({ ...aHead(['CREATED', 'RUNNING', 'SUCCESS']), ...given });
    await repository.write(
      aBatch({
        executions: [
          anExecution('a', 1, { start: aStart('a', { namespace: 'company', flowId: 'top' }) }),
          anExecution('b', 2, {
            start: aStart('b', { namespace: 'company.team', flowId: '50%!_off', parentId: 'a' }),
            head: head({ labels: { team: 'red' } }),
          }),
          anExecution('c', 3, {
            start: aStart('c', { namespace: 'companys', flowId: 'stop' }),
            head: { ...aHead([]), history: [['RUNNING', T0 + 5_000]] },
          }),
        ],
      }),
    );
    const found = async (where: ExecutionWhere) => {
      const sort = { by: 'id', descending: false } as const;
      return (await repository.searchExecutions({ tenant: 'main', limit: 9, where, sort })).rows
        .map(({ id }) => id)
        .join('');
    };
    const text = (is: TextComparison, value: string, field: 'namespace' | 'flowId' = 'namespace') =>
      found({ field, is, value });
    assert.equal(await text('equal', 'company'), 'a');
    assert.equal(await text('below', 'company'), 'ab');
    assert.equal(await text('startingWith', 'company'), 'abc');
    assert.equal(await text('endingWith', 'op', 'flowId'), 'ac');
    assert.equal(await text('containing', '%!_', 'flowId'), 'b');
    assert.equal(await text('containing', 'a_y'), '');
    assert.equal(await found({ label: 'team', value: 'red' }), 'b');
    assert.equal(await found({ present: 'triggerExecutionId' }), 'b');
    assert.equal(await found({ anywhere: 'TEAM' }), 'b');
    assert.equal(await found({ field: 'startMs', is: 'atLeast', value: T0 + 5_000 }), 'c');
    assert.equal(await found({ field: 'startMs', is: 'under', value: T0 + 5_000 }), 'ab');
    assert.equal(await found({ field: 'endMs', is: 'above', value: T0 }), 'ab');
    assert.equal(await found({ field: 'endMs', is: 'atMost', value: T0 }), '');
    assert.equal(await found({ field: 'startMs', is: 'equal', value: T0 }), 'ab');

    const flow = (value: string): ExecutionWhere => ({ field: 'flowId', is: 'equal', value });
    assert.equal(await found({ any: [flow('top'), flow('stop')] }), 'ac');
    assert.equal(await found({ all: [{ field: 'state', is: 'equal', value: 'SUCCESS' }, { not: flow('top') }] }), 'b');
    assert.equal(await found({ all: [] }), 'abc');
    assert.equal(await found({ any: [] }), '');
    const unlike: ExecutionWhere = { not: { field: 'triggerExecutionId', is: 'equal', value: 'a' } };
    assert.equal(await found(unlike), 'ac', 'what has none is unlike it');
    assert.equal(await found({ not: { field: 'endMs', is: 'atLeast', value: T0 } }), 'c');
  });

  it('finding what labels say now, however often they have changed', async () => {
    const repository = await open();
    // An index of texts folds itself together on the way, into rows of huge numbers.
    for (let n = 1; n <= 60; n++) {
      const head = aHead(['CREATED'], { labels: { turn: `turn-${n}` } });
      await repository.write(aBatch({ executions: [anExecution(`e${n % 3}`, n, { head })] }));
    }
    const found = async (anywhere: string) =>
      (await repository.searchExecutions({ tenant: 'main', limit: 9, where: { anywhere } })).rows.length;
    assert.deepEqual([await found('turn-60'), await found('turn-57')], [1, 0]);
  });

  it('finding a text of wide letters, and one that no database takes as it is', async () => {
    const repository = await open();
    const head = aHead(['CREATED'], { labels: { mood: '😀a', odd: 'x\0y\uD800' } });
    const executions = [anExecution('a', 1, { head }), anExecution('b', 2)];
    await repository.write(aBatch({ executions, lines: [aLine('a', 1, { message: 'so 😀a far' }), aLine('b', 2)] }));
    const found = async (where: ExecutionWhere) =>
      (await repository.searchExecutions({ tenant: 'main', limit: 9, where })).rows.map(({ id }) => id).join('');
    const lines = async (text: string) => (await repository.lines({ limit: 9, text })).total;
    assert.equal(await found({ anywhere: '😀a' }), 'a');
    assert.equal(await found({ anywhere: '😀😀' }), '');
    assert.equal(await found({ anywhere: 'a\0b' }), '');
    assert.equal(await found({ anywhere: 'x\0y' }), 'a');
    assert.equal(await found({ label: 'odd', value: 'x\0y\uD800' }), 'a');
    assert.equal(await found({ field: 'flowId', is: 'containing', value: 'a\0b' }), '');
    assert.equal(await lines('😀a'), 1);
    assert.equal(await lines('😀😀'), 0);
    assert.equal(await lines('a\0b'), 0);
  });

  it('finding flows by terms, and all names that there ever were', async () => {
    const repository = await open();
    const flows = [aFlow('one', 1), aFlow('two', 1, { namespace: 'x' }), aFlow('gone', 1), aFlow('gone', 2)];
    await repository.write(aBatch({ flows }));
    await repository.write(aBatch({ flows: [aFlow('gone', 2, { deleted: true, source: '', version: '9' })] }));
    const found = async (where: FlowWhere) =>
      (await repository.searchFlows({ tenant: 'main', limit: 9, where })).rows.map(({ id }) => id);
    assert.deepEqual(await found({ field: 'id', is: 'endingWith', value: 'o' }), ['two']);
    assert.deepEqual(await found({ field: 'id', is: 'startingWith', value: 'TW' }), ['two']);
    assert.deepEqual(await found({ not: { field: 'namespace', is: 'equal', value: 'x' } }), ['one']);
    assert.deepEqual(await found({ field: 'source', is: 'containing', value: 'one # 1' }), ['one']);
    assert.deepEqual(await found({ anywhere: 'TWO' }), ['two']);
    assert.deepEqual(await repository.flowNames('main'), [
      { namespace: 'company.team', id: 'gone' },
      { namespace: 'company.team', id: 'one' },
      { namespace: 'x', id: 'two' },
    ]);
    assert.deepEqual(await repository.flowNames('other'), []);
  });

  it('finding lines by terms, the newest first, by pages', async () => {
    const repository = await open();
    const lines = [
      aLine('e1', 1, { level: 'ERROR' }),
      aLine('e1', 2, { atMs: T0 + 1, namespace: 'x' }),
      aLine('e2', 3, { atMs: T0 + 2, taskId: undefined }),
    ];
    await repository.write(aBatch({ lines }));
    const found = async (where: LineWhere) =>
      (await repository.lines({ limit: 9, where, descending: true })).rows.map(({ id }) => id.at(-1)).join('');
    assert.equal(await found({ field: 'atMs', is: 'atMost', value: T0 + 1 }), '21');
    assert.equal(await found({ not: { field: 'level', is: 'equal', value: 'ERROR' } }), '32');
    assert.equal(await found({ field: 'executionId', is: 'equal', value: 'e1' }), '21');
    assert.equal(await found({ not: { field: 'taskId', is: 'startingWith', value: 'task' } }), '3');
    assert.equal(await found({ anywhere: 'Line 2' }), '2');
    const first = await repository.lines({ limit: 2, descending: true });
    const second = await repository.lines({ limit: 2, descending: true, after: first.next });
    assert.deepEqual(
      [...first.rows, ...second.rows].map(({ id }) => id.at(-1)),
      ['3', '2', '1'],
    );
  });

  it('deleting lines by what they have, and none where nothing is named', async () => {
    const repository = await open();
    const lines = [
      aLine('e1', 1, { level: 'ERROR' }),
      aLine('e1', 2, { taskRunId: 't2', attempt: 2 }),
      aLine('e2', 3),
      aLine('e3', 4, { flowId: 'other' }),
    ];
    await repository.write(aBatch({ lines }));
    const left = async () => (await repository.lines({ limit: 9 })).rows.map(({ id }) => id.at(-1)).join('');
    assert.equal(await repository.deleteLines({ executionId: 'e1', levels: ['ERROR', 'WARN'] }), 1);
    assert.equal(await left(), '234');
    assert.equal(await repository.deleteLines({ executionId: 'e1', taskRunId: 't2', attempt: 1 }), 0);
    assert.equal(await repository.deleteLines({ executionId: 'e1', taskRunId: 't2', attempt: 2 }), 1);
    assert.equal(await repository.deleteLines({ namespace: 'company.team', flowId: 'hello' }), 1);
    assert.equal(await left(), '4');
    await assert.rejects(repository.deleteLines({}));
    assert.equal(await left(), '4');
  });
}

export function holdsGatheredMetrics(open: () => Promise<Repository>): void {
  it('naming what was measured of a flow, and gathering it by time', async () => {
    const repository = await open();
    const from = T0 - (T0 % MINUTE_MS);
    const metrics = [
      aMetric('e1', 1, { value: 2, atMs: from }),
      aMetric('e1', 2, { value: 4, atMs: from + MINUTE_MS - 1, taskId: 'other' }),
      aMetric('e2', 3, { value: 0.5, atMs: from + 2 * MINUTE_MS }),
      aMetric('e2', 4, { name: 'bytes', atMs: from }),
      aMetric('e3', 5, { flowId: 'another', name: 'else', atMs: from }),
    ];
    await repository.write(aBatch({ metrics }));
    const flow = { namespace: 'company.team', flowId: 'hello' };
    assert.deepEqual(await repository.metricNames(flow), ['bytes', 'rows']);
    assert.deepEqual(await repository.metricNames({ ...flow, taskId: 'other' }), ['rows']);
    assert.deepEqual(await repository.metricTasks(flow), ['other', 'task-0']);
    const span = { fromMs: from, untilMs: from + 2 * MINUTE_MS, widthMs: MINUTE_MS, name: 'rows' };
    assert.deepEqual(await repository.metricBuckets({ ...flow, ...span }), [
      { fromMs: from, count: 2, sum: 6, min: 2, max: 4 },
      { fromMs: from + 2 * MINUTE_MS, count: 1, sum: 0.5, min: 0.5, max: 0.5 },
    ]);
    const early = { ...span, untilMs: from + MINUTE_MS };
    assert.deepEqual(await repository.metricBuckets({ ...flow, ...early, taskId: 'task-0' }), [
      { fromMs: from, count: 1, sum: 2, min: 2, max: 2 },
    ]);
    assert.deepEqual(await repository.metricBuckets({ ...flow, ...span, name: 'nothing' }), []);
  });
}
