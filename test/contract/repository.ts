/** What every adapter of the repository must do. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFault } from '../../lib/errors.ts';
import { versionOf } from '../../lib/model/version.ts';
import type { ExecutionSearch, Repository } from '../../lib/repository/repository.ts';
import type { Reach } from '../../lib/repository/sql/reach.ts';
import { aBatch, aHead, aLine, anExecution, aStart, aTaskRun, rowsOf, T0 } from '../support/rows.ts';
import { holdsGatheredMetrics, holdsTerms } from './repository-asked.ts';
import { holdsDeletes, holdsFlows, holdsLines } from './repository-kept.ts';
import { holdsMetrics } from './repository-metrics.ts';
import { holdsReach } from './repository-reach.ts';
import { holdsStatistics } from './repository-statistics.ts';

const ids = (page: { readonly rows: readonly { readonly id: string }[] }) => page.rows.map(({ id }) => id);
const search = (repository: Repository, given: Partial<ExecutionSearch>) =>
  repository.searchExecutions({ tenant: 'main', limit: 50, ...given });

export function holdsRepositoryContract(name: string, open: (reach?: Reach) => Promise<Repository>): void {
  describe(`keeping executions in ${name}`, () => executions(open));
  describe(`searching executions in ${name}`, () => searches(open));
  describe(`keeping flows in ${name}`, () => holdsFlows(open));
  describe(`keeping log lines in ${name}`, () => holdsLines(open));
  describe(`keeping metrics in ${name}`, () => holdsMetrics(open));
  describe(`gathering metrics in ${name}`, () => holdsGatheredMetrics(open));
  describe(`searching by terms in ${name}`, () => holdsTerms(open));
  describe(`looking at few rows in ${name}`, () => holdsReach(open));
  describe(`counting in ${name}`, () => holdsStatistics(open));
  describe(`deleting from ${name}`, () => holdsDeletes(open));
}

function executions(open: () => Promise<Repository>): void {
  it('putting an execution together from what came in pieces', async () => {
    const repository = await open();
    const [one, two] = [aTaskRun('b', 1), aTaskRun('a', 0, 'RUNNING')];
    await repository.write(
      aBatch({ executions: [anExecution('e1', 1, { head: aHead(['CREATED']), taskRuns: rowsOf(one, two) })] }),
    );
    const ended = aTaskRun('a', 0, 'SUCCESS', { value: 'é"\\' });
    const head = aHead(['CREATED', 'RUNNING', 'SUCCESS'], { labels: { team: 'x' }, outputs: { n: 1 } });
    await repository.write(
      aBatch({ executions: [anExecution('e1', 2, { start: undefined, head, taskRuns: rowsOf(ended) })] }),
    );
    assert.deepEqual(await repository.execution('e1'), {
      ...aStart('e1'),
      ...head,
      taskRunList: [ended, one],
      version: versionOf(1, 2),
    });
    assert.equal(await repository.execution('e2'), undefined);
  });

  it('not showing an execution of which the start or the head is still unknown', async () => {
    const repository = await open();
    await repository.write(
      aBatch({ executions: [anExecution('e1', 2, { start: undefined }), anExecution('e2', 2, { head: undefined })] }),
    );
    assert.equal(await repository.execution('e1'), undefined);
    assert.equal(await repository.execution('e2'), undefined);
    assert.equal((await search(repository, {})).total, 0);
    await repository.write(aBatch({ executions: [anExecution('e1', 3, { head: undefined })] }));
    assert.equal((await repository.execution('e1'))?.history.length, 3);
  });

  it('changing nothing when a batch, or an older one, is written again', async () => {
    const repository = await open();
    const first = anExecution('e1', 1, { head: aHead(['CREATED']), taskRuns: rowsOf(aTaskRun('a', 0, 'RUNNING')) });
    const second = anExecution('e1', 2, {
      start: undefined,
      taskRuns: rowsOf(aTaskRun('a', 0)),
      removedTaskRuns: ['z'],
    });
    for (const row of [first, second]) await repository.write(aBatch({ executions: [row] }));
    const expected = await repository.execution('e1');
    for (const row of [second, first]) await repository.write(aBatch({ executions: [row] }));
    assert.deepEqual(await repository.execution('e1'), expected);
    assert.equal(expected?.taskRunList[0]?.history[1]?.[0], 'SUCCESS');
  });

  it('taking the higher epoch for newer, and removing task runs that were taken back', async () => {
    const repository = await open();
    await repository.write(
      aBatch({ executions: [anExecution('e1', 900, { taskRuns: rowsOf(aTaskRun('a', 0), aTaskRun('b', 1)) })] }),
    );
    const newer = anExecution('e1', 0, {
      version: versionOf(2, 3),
      start: aStart('e1', { incarnation: 2 }),
      head: aHead(['CREATED', 'RUNNING', 'FAILED', 'RESTARTED']),
      removedTaskRuns: ['b'],
    });
    await repository.write(aBatch({ executions: [newer] }));
    const execution = await repository.execution('e1');
    assert.deepEqual(
      execution?.taskRunList.map(({ id }) => id),
      ['a'],
    );
    assert.equal(execution?.incarnation, 2);
    assert.deepEqual(ids(await search(repository, { states: ['RESTARTED'] })), ['e1']);
    assert.equal(await repository.retain(T0 * 2, 10), 0, 'a restarted one has not ended');
  });

  it('storing cursors with the rows, and neither when the batch cannot be written', async () => {
    const repository = await open();
    await repository.write(
      aBatch({
        cursors: new Map([
          ['feed:x:0', 'a'],
          ['lines:x:0', '1-0'],
        ]),
      }),
    );
    await repository.write(aBatch({ cursors: new Map([['feed:x:0', 'b']]) }));
    const broken = aBatch({
      executions: [anExecution('e1', 1)],
      lines: [{ ...aLine('e1', 1), message: undefined as unknown as string }],
      cursors: new Map([['feed:x:0', 'c']]),
    });
    await assert.rejects(() => repository.write(broken));
    assert.deepEqual(
      await repository.cursors(),
      new Map([
        ['feed:x:0', 'b'],
        ['lines:x:0', '1-0'],
      ]),
    );
    assert.equal(await repository.execution('e1'), undefined);
  });
}

function searches(open: () => Promise<Repository>): void {
  it('finding the task runs of several executions, save of those that have many', async () => {
    const repository = await open();
    const runs = Array.from({ length: 4 }, (_, n) => aTaskRun(`r${n}`, n));
    await repository.write(
      aBatch({
        executions: [
          anExecution('e1', 1, { taskRuns: rowsOf(runs[1]!, runs[0]!) }),
          anExecution('e2', 2, { taskRuns: rowsOf(...runs) }),
          anExecution('e3', 3, {}),
        ],
      }),
    );
    const found = await repository.taskRuns(['e1', 'e2', 'e3', 'e4'], 3);
    assert.deepEqual([...found], [['e1', [runs[0], runs[1]]]]);
    assert.deepEqual([...(await repository.taskRuns([], 3))], []);
  });

  const filled = async (): Promise<Repository> => {
    const repository = await open();
    const rows = [
      anExecution('a', 1, { start: aStart('a', { namespace: 'company', flowId: 'top', createdAtMs: T0 }) }),
      anExecution('b', 2, {
        start: aStart('b', { parentId: 'a' }),
        head: aHead(['CREATED', 'FAILED'], { labels: { team: 'red', 'with "quote': '1' } }),
      }),
      anExecution('c', 3, {
        start: aStart('c', { namespace: 'company.team.x', originalId: 'a' }),
        head: { ...aHead(['CREATED', 'RUNNING']), history: [['RUNNING', T0 + 5_000]] },
      }),
      anExecution('d', 4, {
        start: aStart('d', {
          namespace: 'company-other',
          flowId: '100%_real',
          trigger: { id: 't', type: 'x', variables: { executionId: 'a' } },
        }),
        head: {
          ...aHead(['SUCCESS']),
          history: [
            ['CREATED', T0 + 60_000],
            ['SUCCESS', T0 + 60_001],
          ],
        },
      }),
    ];
    await repository.write(aBatch({ executions: rows }));
    return repository;
  };

  it('finding by the labels that there are now', async () => {
    const repository = await open();
    const labelled = (version: number, labels: Readonly<Record<string, string>>) =>
      repository.write(
        aBatch({
          executions: [anExecution('a', version, { start: aStart('a'), head: aHead(['RUNNING'], { labels }) })],
        }),
      );
    await labelled(1, { team: 'red', kept: 'x' });
    await labelled(2, { team: 'blue', kept: 'x', more: 'y' });
    const found = async (labels: Readonly<Record<string, string>>) =>
      ids(await search(repository, { labels })).join('');
    assert.deepEqual(
      [await found({ kept: 'x' }), await found({ team: 'blue', more: 'y' }), await found({ team: 'red' })],
      ['a', 'a', ''],
    );
  });

  it('finding by each property', async () => {
    const repository = await filled();
    const found = async (given: Partial<ExecutionSearch>) =>
      ids(await search(repository, { sort: { by: 'id', descending: false }, ...given })).join('');
    assert.equal(await found({}), 'abcd');
    assert.equal(await found({ tenant: 'other' }), '');
    assert.equal(await found({ namespace: 'company' }), 'a');
    assert.equal(await found({ namespacePrefix: 'company' }), 'abc');
    assert.equal(await found({ flowId: 'hello' }), 'bc');
    assert.equal(await found({ states: ['SUCCESS', 'FAILED'] }), 'abd');
    assert.equal(await found({ labels: { team: 'red', 'with "quote': '1' } }), 'b');
    assert.equal(await found({ labels: { team: 'blue' } }), '');
    assert.equal(await found({ parentId: 'a' }), 'b');
    assert.equal(await found({ triggerExecutionId: 'a' }), 'bd');
    assert.equal(await found({ originalId: 'a' }), 'ac');
    assert.equal(await found({ text: '100%_' }), 'd');
    assert.equal(await found({ text: 'TEAM' }), 'bc');
    assert.equal(await found({ startedAfterMs: T0 + 5_000 }), 'cd');
    assert.equal(await found({ startedBeforeMs: T0 + 5_000 }), 'abc');
    assert.equal((await search(repository, { namespace: `x' or 1=1 --` })).total, 0);
  });

  it('finding by what an execution is called now, and not by what it was', async () => {
    const repository = await filled();
    const found = async (given: Partial<ExecutionSearch>) => ids(await search(repository, given)).join('');
    const kept = { team: 'red' };
    await repository.write(
      aBatch({ executions: [anExecution('b', 5, { head: aHead(['CREATED'], { labels: { ...kept, by: 'zebra' } }) })] }),
    );
    assert.equal(await found({ labels: { ...kept, by: 'zebra' } }), 'b');
    assert.equal(await found({ text: 'zebra' }), 'b');
    assert.equal(await found({ labels: { 'with "quote': '1' } }), '');
    // A start that was lost comes again, and is another one's.
    const start = aStart('b', { namespace: 'elsewhere', createdAtMs: T0 + 70_000 });
    await repository.write(
      aBatch({ executions: [anExecution('b', 6, { start, head: aHead(['CREATED'], { labels: kept }) })] }),
    );
    assert.equal(await found({ labels: kept }), 'b');
    assert.equal(await found({ text: 'elsewhere' }), 'b');
    assert.equal(await found({ text: 'zebra' }), '');
  });

  it('sorting by each name that is allowed, the newest first where none is given', async () => {
    const repository = await filled();
    const sorted = async (by: NonNullable<ExecutionSearch['sort']>['by'], descending = false) =>
      ids(await search(repository, { sort: { by, descending } })).join('');
    assert.equal(ids(await search(repository, {})).join(''), 'dcba');
    assert.equal(await sorted('startDate'), 'abcd');
    assert.equal(await sorted('endDate'), 'badc', 'what runs ends last');
    assert.equal(await sorted('duration'), 'dbac');
    assert.equal(await sorted('duration', true), 'cabd');
    assert.equal(await sorted('namespace'), 'adbc');
    assert.equal(await sorted('flowId'), 'dbca');
    assert.equal(await sorted('state'), 'bcad');
    assert.equal(await sorted('id', true), 'dcba');
  });

  it('paging by number and by cursor to the same rows, though new ones arrive', async () => {
    const repository = await open();
    const all = Array.from({ length: 25 }, (_, n) =>
      anExecution(`e${String(n).padStart(2, '0')}`, n + 1, { start: aStart(`e${n}`) }),
    );
    await repository.write(aBatch({ executions: all }));
    const byNumber: string[] = [];
    for (let offset = 0; offset < 25; offset += 10)
      byNumber.push(...ids(await search(repository, { limit: 10, offset })));
    const byCursor: string[] = [];
    for (let after: string | undefined, more = true; more; ) {
      const page = await search(repository, { limit: 10, after });
      byCursor.push(...ids(page));
      assert.equal(page.total >= 25, true);
      await repository.write(
        aBatch({
          executions: [
            anExecution(`new${byCursor.length}`, 90, {
              head: { ...aHead(['CREATED']), history: [['CREATED', T0 + 9_999_999]] },
            }),
          ],
        }),
      );
      after = page.next;
      more = after !== undefined;
    }
    assert.equal(new Set(byNumber).size, 25);
    assert.deepEqual(byCursor, byNumber);
    const { rows, total, next } = await search(repository, { limit: 10, uncounted: true });
    assert.deepEqual([rows.length, total, next !== undefined], [10, 10, true]);
    await assert.rejects(search(repository, { after: 'nonsense' }), (error) => isFault(error, 'request.invalid'));
  });
}
