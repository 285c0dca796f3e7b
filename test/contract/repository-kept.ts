/** What every adapter of the repository must do with flows, log lines, and what is past its time. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { versionOf } from '../../lib/model/version.ts';
import type { Repository } from '../../lib/repository/repository.ts';
import { aBatch, aFlow, aHead, aLine, aMetric, anExecution, aTaskRun, rowsOf, T0 } from '../support/rows.ts';

const ids = (page: { readonly rows: readonly { readonly id: string }[] }) => page.rows.map(({ id }) => id);

export function holdsFlows(open: () => Promise<Repository>): void {
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

export function holdsLines(open: () => Promise<Repository>): void {
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

  it('keeping the ids of tasks, however long they may be', async () => {
    const repository = await open();
    const taskId = 'a'.repeat(256);
    const run = { ...aTaskRun('a', 0), taskId };
    await repository.write(
      aBatch({
        executions: [anExecution('e1', 1, { taskRuns: rowsOf(run) })],
        lines: [aLine('e1', 1, { taskId })],
        metrics: [aMetric('e1', 1, { taskId })],
      }),
    );
    assert.equal((await repository.lines({ taskId, limit: 1 })).rows[0]?.taskId, taskId);
    assert.deepEqual((await repository.execution('e1'))?.taskRunList, [run]);
    assert.deepEqual(await repository.metricTasks({ namespace: 'company.team', flowId: 'hello' }), [taskId]);
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

export function holdsDeletes(open: () => Promise<Repository>): void {
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
    assert.equal((await repository.searchExecutions({ tenant: 'main', limit: 50, text: 'old' })).total, 10);
    assert.equal(await repository.execution('old3'), undefined);
    assert.equal((await repository.lines({ limit: 1 })).total, 0);
    assert.equal(await repository.retain(T0 + 5_000, 60), 10);
    assert.deepEqual(
      ids(await repository.searchExecutions({ tenant: 'main', limit: 50, sort: { by: 'id', descending: false } })),
      ['live', 'new'],
    );
  });
}
