/** What every adapter of the repository must do. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFault } from '../../lib/errors.ts';
import { versionOf } from '../../lib/model/version.ts';
import type { ExecutionSearch, Repository } from '../../lib/repository/repository.ts';
import { aBatch, aFlow, aHead, aLine, anExecution, aStart, aTaskRun, rowsOf, T0 } from '../support/rows.ts';

const ids = (page: { readonly rows: readonly { readonly id: string }[] }) => page.rows.map(({ id }) => id);
const search = (repository: Repository, given: Partial<ExecutionSearch>) =>
  repository.searchExecutions({ tenant: 'main', limit: 50, ...given });

export function holdsRepositoryContract(name: string, open: () => Promise<Repository>): void {
  describe(`keeping executions in ${name}`, () => executions(open));
  describe(`searching executions in ${name}`, () => searches(open));
  describe(`keeping flows in ${name}`, () => flows(open));
  describe(`keeping log lines in ${name}`, () => lines(open));
  describe(`deleting from ${name}`, () => deletes(open));
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
    await assert.rejects(search(repository, { after: 'nonsense' }), (error) => isFault(error, 'request.invalid'));
  });
}

function flows(open: () => Promise<Repository>): void {
  const name = { tenant: 'main', namespace: 'company.team', id: 'hello' };

  it('giving the latest revision, one by number, and all', async () => {
    const repository = await open();
    await repository.write(aBatch({ flows: [aFlow('hello', 1), aFlow('hello', 2), aFlow('other', 1)] }));
    assert.deepEqual(await repository.flow(name), aFlow('hello', 2));
    assert.deepEqual(await repository.flow(name, 1), aFlow('hello', 1));
    assert.equal(await repository.flow(name, 3), undefined);
    assert.deepEqual(
      (await repository.revisions(name)).map(({ revision }) => revision),
      [1, 2],
    );
  });

  it('hiding a deleted flow from searches, with its sources kept, until it is made again', async () => {
    const repository = await open();
    await repository.write(aBatch({ flows: [aFlow('hello', 1), aFlow('hello', 2)] }));
    await repository.write(
      aBatch({ flows: [aFlow('hello', 2, { deleted: true, source: '', version: versionOf(1, 9) })] }),
    );
    await repository.write(aBatch({ flows: [aFlow('hello', 2)] }));
    assert.equal((await repository.searchFlows({ tenant: 'main', limit: 10 })).total, 0);
    assert.deepEqual(await repository.namespaces('main'), []);
    const deleted = await repository.flow(name);
    assert.equal(deleted?.deleted, true);
    assert.equal(deleted?.source, aFlow('hello', 2).source);
    await repository.write(aBatch({ flows: [aFlow('hello', 3, { version: versionOf(1, 10) })] }));
    assert.deepEqual(ids(await repository.searchFlows({ tenant: 'main', limit: 10 })), ['hello']);
  });

  it('searching by namespace and text, sorted, by pages', async () => {
    const repository = await open();
    await repository.write(
      aBatch({
        flows: [
          aFlow('c', 1, { namespace: 'a' }),
          aFlow('b', 1, { namespace: 'a.b' }),
          aFlow('a', 1, { namespace: 'b' }),
        ],
      }),
    );
    const found = async (given: object) =>
      ids(await repository.searchFlows({ tenant: 'main', limit: 10, ...given })).join('');
    assert.equal(await found({}), 'cba');
    assert.equal(await found({ sort: { by: 'id', descending: false } }), 'abc');
    assert.equal(await found({ sort: { by: 'namespace', descending: true } }), 'abc');
    assert.equal(await found({ namespacePrefix: 'a' }), 'cb');
    assert.equal(await found({ namespace: 'a.b' }), 'b');
    assert.equal(await found({ text: 'id: c' }), 'c');
    assert.equal(await found({ limit: 1, offset: 1 }), 'b');
    assert.equal((await repository.searchFlows({ tenant: 'main', limit: 1 })).total, 3);
    assert.deepEqual(await repository.namespaces('main'), ['a', 'a.b', 'b']);
  });
}

function lines(open: () => Promise<Repository>): void {
  const messages = (page: { readonly rows: readonly { readonly message: string }[] }) =>
    page.rows.map(({ message }) => message);

  it('keeping each line once, in the order of time and of its number', async () => {
    const repository = await open();
    const given = [
      aLine('e1', 10),
      aLine('e1', 9),
      aLine('e1', 1, { atMs: T0 + 5 }),
      aLine('e2', 1, { taskRunId: undefined, taskId: undefined, attempt: undefined }),
    ];
    for (let n = 0; n < 2; n++) await repository.write(aBatch({ lines: given }));
    const page = await repository.lines({ executionId: 'e1', limit: 10 });
    assert.deepEqual(messages(page), ['line 9', 'line 10', 'line 1']);
    assert.equal(page.total, 3);
    assert.deepEqual(page.rows[0], aLine('e1', 9));
    const bare = (await repository.lines({ executionId: 'e2', limit: 1 })).rows[0]!;
    assert.deepEqual(
      Object.keys(bare).filter((key) => key.startsWith('task') || key === 'attempt'),
      [],
    );
  });

  it('finding by each property, by pages', async () => {
    const repository = await open();
    const given = [
      aLine('e1', 1, { level: 'ERROR', message: 'it is 50% done' }),
      aLine('e1', 2, { taskRunId: 't2', taskId: 'other', atMs: T0 + 1 }),
      aLine('e2', 3, { namespace: 'elsewhere', flowId: 'f', attempt: 2, atMs: T0 + 2 }),
    ];
    await repository.write(aBatch({ lines: given }));
    const found = async (search: object) =>
      (await repository.lines({ limit: 10, ...search })).rows.map(({ id }) => id.at(-1)).join('');
    assert.equal(await found({}), '123');
    assert.equal(await found({ levels: ['ERROR'] }), '1');
    assert.equal(await found({ text: '50%' }), '1');
    assert.equal(await found({ text: '5_%' }), '');
    assert.equal(await found({ taskRunId: 't2' }), '2');
    assert.equal(await found({ taskId: 'other' }), '2');
    assert.equal(await found({ attempt: 2 }), '3');
    assert.equal(await found({ namespace: 'elsewhere', flowId: 'f' }), '3');
    assert.equal(await found({ limit: 1, offset: 1 }), '2');
    const first = await repository.lines({ limit: 2 });
    assert.deepEqual(messages(await repository.lines({ limit: 2, after: first.next })), ['line 3']);
  });
}

function deletes(open: () => Promise<Repository>): void {
  it('deleting an execution with its task runs and lines', async () => {
    const repository = await open();
    await repository.write(
      aBatch({
        executions: [anExecution('e1', 1, { taskRuns: rowsOf(aTaskRun('a', 0)) }), anExecution('e2', 2)],
        lines: [aLine('e1', 1), aLine('e2', 1)],
      }),
    );
    assert.equal(await repository.deleteExecution('e1'), true);
    assert.equal(await repository.deleteExecution('e1'), false);
    assert.equal(await repository.execution('e1'), undefined);
    assert.deepEqual(
      (await repository.lines({ limit: 10 })).rows.map(({ executionId }) => executionId),
      ['e2'],
    );
    await repository.write(aBatch({ executions: [anExecution('e3', 3)] }));
    assert.deepEqual((await repository.execution('e3'))?.taskRunList, []);
  });

  it('keeping what runs and what ended lately, the oldest ends going first', async () => {
    const repository = await open();
    const ended = (id: string, number: number, endMs: number) =>
      anExecution(id, number, {
        head: {
          ...aHead([]),
          history: [
            ['CREATED', T0],
            ['SUCCESS', endMs],
          ],
        },
      });
    const many = Array.from({ length: 70 }, (_, n) => ended(`old${n}`, n + 1, T0 + n));
    const live = anExecution('live', 80, { head: aHead(['CREATED', 'RUNNING']) });
    await repository.write(
      aBatch({ executions: [...many, live, ended('new', 81, T0 + 9_000)], lines: [aLine('old3', 1)] }),
    );
    assert.equal(await repository.retain(T0 + 5_000, 60), 60);
    assert.equal((await search(repository, { text: 'old' })).total, 10);
    assert.equal(await repository.execution('old3'), undefined);
    assert.equal((await repository.lines({ limit: 1 })).total, 0);
    assert.equal(await repository.retain(T0 + 5_000, 60), 10);
    assert.deepEqual(ids(await search(repository, { sort: { by: 'id', descending: false } })), ['live', 'new']);
  });
}
