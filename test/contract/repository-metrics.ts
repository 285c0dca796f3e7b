/** What every adapter of the repository must do with metrics. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Repository } from '../../lib/repository/repository.ts';
import { aBatch, aMetric, anExecution, T0 } from '../support/rows.ts';

const valuesOf = (page: { readonly rows: readonly { readonly value: number }[] }) =>
  page.rows.map(({ value }) => value);

export function holdsMetrics(open: () => Promise<Repository>): void {
  it('keeping each metric once, in the order of time and of its number', async () => {
    const repository = await open();
    const metrics = [aMetric('e1', 3), aMetric('e1', 2), aMetric('e1', 1, { atMs: T0 + 5 }), aMetric('e2', 4)];
    for (let n = 0; n < 2; n++) await repository.write(aBatch({ metrics }));
    assert.deepEqual(valuesOf(await repository.metrics({ executionId: 'e1', limit: 9 })), [2, 3, 1]);
    const timer = aMetric('e3', 1, { type: 'timer', value: 0.25, tags: { table: 'a"b' } });
    await repository.write(aBatch({ metrics: [timer] }));
    assert.deepEqual((await repository.metrics({ executionId: 'e3', limit: 9 })).rows, [timer]);
  });

  it('finding metrics of a task or a task run, by pages', async () => {
    const repository = await open();
    const metrics = [
      aMetric('e1', 1),
      aMetric('e1', 2, { taskRunId: 't2' }),
      aMetric('e1', 3, { taskId: 'task-1', taskRunId: 't3' }),
      aMetric('e1', 4),
    ];
    await repository.write(aBatch({ metrics }));
    const found = (more: object) => repository.metrics({ executionId: 'e1', limit: 9, ...more });
    assert.deepEqual(valuesOf(await found({ taskId: 'task-0' })), [1, 2, 4]);
    assert.deepEqual(valuesOf(await found({ taskRunId: 't2' })), [2]);
    const first = await found({ limit: 3 });
    assert.deepEqual([valuesOf(first), first.total], [[1, 2, 3], 4]);
    const second = await found({ limit: 3, after: first.next });
    assert.deepEqual([valuesOf(second), second.next], [[4], undefined]);
    assert.deepEqual(valuesOf(await found({ limit: 2, offset: 2 })), [3, 4]);
  });

  it('sorting metrics by name, value or task, by pages', async () => {
    const repository = await open();
    const metrics = [
      aMetric('e1', 1, { name: 'b', value: 20 }),
      aMetric('e1', 2, { name: 'a', value: 30, taskId: 'task-1' }),
      aMetric('e1', 3, { name: 'b', value: 10 }),
      aMetric('e1', 4, { name: 'a', value: 40 }),
    ];
    await repository.write(aBatch({ metrics }));
    const sorted = async (by: 'name' | 'value' | 'taskId' | 'timestamp', descending: boolean) => {
      const asked = { executionId: 'e1', limit: 3, sort: { by, descending } };
      const first = await repository.metrics(asked);
      return [...valuesOf(first), ...valuesOf(await repository.metrics({ ...asked, after: first.next }))];
    };
    assert.deepEqual(await sorted('name', false), [30, 40, 20, 10]);
    assert.deepEqual(await sorted('name', true), [10, 20, 40, 30]);
    assert.deepEqual(await sorted('value', false), [10, 20, 30, 40]);
    assert.deepEqual(await sorted('taskId', true), [30, 40, 10, 20]);
    assert.deepEqual(await sorted('timestamp', true), [40, 10, 30, 20]);
  });

  it('forgetting metrics with their execution', async () => {
    const repository = await open();
    const executions = [anExecution('e1', 1), anExecution('e2', 2)];
    await repository.write(aBatch({ executions, metrics: [aMetric('e1', 1), aMetric('e2', 2)] }));
    await repository.deleteExecution('e1');
    assert.equal((await repository.metrics({ executionId: 'e1', limit: 9 })).total, 0);
    assert.equal((await repository.metrics({ executionId: 'e2', limit: 9 })).total, 1);
    await repository.retain(T0 * 2, 10);
    assert.equal((await repository.metrics({ executionId: 'e2', limit: 9 })).total, 0);
  });
}
