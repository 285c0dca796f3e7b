/** What users of Kestra's own JavaScript client read of an execution: files, log, metrics, values, and it while it runs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { returns, says } from '../../support/flow-source.ts';
import type { SdkBody } from '../../support/kestra-sdk.ts';
import { NAMESPACE, type Page, type Place, type Run, SUBFLOW, TENANT } from './place.ts';

const WRITE = 'io.kestra.plugin.core.storage.Write';
const writes = (content: string) => ({ id: 'write', type: WRITE, content, extension: '.txt' });
const fileOf = (run: Run): string => (run.taskRunList![0]!.outputs as { uri: string }).uri;

export function reading(place: () => Place): void {
  test('reading files, their previews and sizes, and what an expression gives', async () => {
    const { sdk, save, start } = place();
    await save('stores', [writes('Hello from file')]);
    const run = await start('stores');
    const uri = fileOf(run);
    const metas = await sdk.read<SdkBody>('executionsApi', 'getFileMetadatasFromExecution', run.id, uri, TENANT);
    assert.equal(metas.size, 15);
    const args = [run.id, uri, 10, 'UTF-8', TENANT];
    const preview = await sdk.body<SdkBody>('executionsApi', 'previewFileFromExecution', ...args);
    assert.deepEqual([preview.type, preview.content], ['TEXT', 'Hello from file']);
    const file = await sdk.call('executionsApi', 'downloadFileFromExecution', run.id, uri, TENANT);
    // Its models make nothing of bytes: how many came is what it tells.
    assert.deepEqual([file.answer.status, file.answer.headers['content-length']], [200, '15']);
    const flow = await sdk.read<SdkBody>('executionsApi', 'getFlowFromExecutionById', run.id, TENANT);
    assert.equal(flow.id, 'stores');
    const asked = [run.id, run.taskRunList![0]!.id, TENANT, '{{ taskrun.id }}'];
    const evaluated = await sdk.read<SdkBody>('executionsApi', 'evalTaskRunExpression', ...asked);
    assert.equal(evaluated.result, run.taskRunList![0]!.id);
  });

  test('reading, searching, downloading and deleting logs', async () => {
    const { sdk, save, start } = place();
    await save('talks', [says('a line', 'talk'), says('a warning', 'warn', { level: 'WARN' })]);
    const { id } = await start('talks');
    const linesOf = async (opts: object) =>
      (await sdk.read<readonly SdkBody[]>('logsApi', 'listLogsFromExecution', id, TENANT, opts)).map(
        ({ message }) => message,
      );
    assert.deepEqual(await linesOf({ minLevel: 'INFO' }), ['a line', 'a warning']);
    assert.deepEqual(await linesOf({ minLevel: 'WARN' }), ['a warning']);
    assert.deepEqual(await linesOf({ taskId: 'talk', attempt: 0 }), ['a line']);
    const text = await sdk.call('logsApi', 'downloadLogsFromExecution', id, TENANT, { minLevel: 'WARN' });
    assert.match(text.answer.headers['content-type']!, /^text\/plain/);
    assert.match(`${text.answer.text ?? text.answer.body}`, /WARN.*a warning\n?$/);
    const searched = (opts: object) => sdk.read<Page<SdkBody>>('logsApi', 'searchLogs', 1, 10, TENANT, opts);
    await eventually(async () => (await searched({ namespace: NAMESPACE, flowId: 'talks' })).total === 2);
    const times = { startDate: new Date(Date.now() - 3_600_000), endDate: new Date(Date.now() + 3_600_000) };
    const warned = await searched({ flowId: 'talks', minLevel: 'WARN', q: 'warn', sort: ['timestamp:desc'], ...times });
    assert.deepEqual(
      warned.results.map(({ message }) => message),
      ['a warning'],
    );
    await sdk.call('logsApi', 'deleteLogsFromExecution', id, TENANT, { minLevel: 'WARN' });
    await eventually(async () => (await linesOf({})).join() === 'a line');
    await sdk.call('logsApi', 'deleteLogsFromFlow', NAMESPACE, 'talks', 'none', TENANT);
    assert.deepEqual(await linesOf({}), ['a line']);
  });

  test('reading what was measured: of an execution, and of a flow and its tasks over time', async () => {
    const { sdk, save, start } = place();
    await save('measures', [says('x'), returns('return', 'x')]);
    const { id } = await start('measures');
    const ofExecution = (opts: object) =>
      sdk.read<Page<SdkBody>>('metricsApi', 'searchByExecution', 1, 10, id, TENANT, opts);
    await eventually(async () => (await ofExecution({})).total === 2);
    assert.equal((await ofExecution({ taskId: 'say' })).total, 0);
    assert.equal((await ofExecution({ taskId: 'return', sort: ['name:asc'] })).results[0]?.name, 'duration');
    const names = (method: string, ...more: string[]) =>
      sdk.read<readonly string[]>('metricsApi', method, NAMESPACE, 'measures', ...more, TENANT);
    assert.deepEqual(await names('listFlowMetrics'), ['duration', 'length']);
    assert.deepEqual(await names('listTaskMetrics', 'return'), ['duration', 'length']);
    assert.deepEqual(await names('listTasksWithMetrics'), ['return']);
    const sum = async (method: string, ...args: unknown[]) => {
      const { aggregations } = await sdk.body<{ aggregations: readonly { value: number }[] }>(
        ...(['metricsApi', method, NAMESPACE, 'measures', ...args, 'length', 'sum', TENANT] as const),
        { startDate: new Date(Date.now() - 3_600_000), endDate: new Date(Date.now() + 3_600_000) },
      );
      return aggregations.reduce((total, { value }) => total + value, 0);
    };
    assert.equal(await sum('aggregateMetricsFromFlow'), 1);
    assert.equal(await sum('aggregateMetricsFromTask', 'return'), 1);
  });

  test('following an execution, its log and what it sets going to their ends', async () => {
    const { sdk, save, start } = place();
    await save('callee', [says('a line that is followed', 'talk')]);
    await save('caller', [
      says('before it', 'talk'),
      { id: 'call', type: SUBFLOW, namespace: NAMESPACE, flowId: 'callee', wait: true },
    ]);
    const { id } = await start('caller');
    const { answer } = await sdk.call('executionsApi', 'followExecution', id, TENANT);
    assert.match(answer.text, /event: end/);
    const log = await sdk.call('logsApi', 'followLogsFromExecution', id, TENANT, { minLevel: 'INFO' });
    assert.match(log.answer.text, /before it[\s\S]*event: end/);
    const around = await sdk.call('executionsApi', 'followDependenciesExecutions', id, true, true, TENANT);
    assert.match(around.answer.text, /"flowId":"callee"[\s\S]*event: end/);
  });
}
