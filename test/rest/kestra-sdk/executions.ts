/** What users of Kestra's own JavaScript client do with executions. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { aFlow, returns, says, sleeps } from '../../support/flow-source.ts';
import { type SdkBody, statusOf } from '../../support/kestra-sdk.ts';
import { type Page, type Place, type Run, TENANT } from './place.ts';

const FAIL = 'io.kestra.plugin.core.execution.Fail';
const PAUSE = 'io.kestra.plugin.core.flow.Pause';

export function executions(place: () => Place): void {
  test('starting with labels and inputs, waiting, and finding it by filters, sorted', async () => {
    const { sdk, found } = place();
    const namespace = 'tests.sdk.search';
    const flow = aFlow('found', [says('x')], { inputs: [{ id: 'key', type: 'STRING', defaults: 'none' }] }, namespace);
    await sdk.call('flowsApi', 'createFlow', TENANT, flow);
    const started: string[] = [];
    for (const label of ['a', 'b', 'a']) {
      const opts = { labels: [`team:${label}`] };
      const run = await sdk.body<Run>('executionsApi', 'createExecution', namespace, 'found', true, TENANT, opts);
      assert.equal(run.state.current, 'SUCCESS');
      started.push(run.id);
    }
    await found({ namespace }, 3, 'SUCCESS');
    const search = (opts: object) => sdk.read<Page>('executionsApi', 'searchExecutions', 1, 2, TENANT, opts);
    const filters = [{ field: 'NAMESPACE', operation: 'EQUALS', value: namespace }];
    const sorted = await search({ filters, sort: ['state.startDate:asc'] });
    assert.deepEqual([sorted.total, sorted.results.map(({ id }) => id)], [3, started.slice(0, 2)]);
    assert.equal((await search({ namespace, labels: ['team:a'] })).total, 2);
    const plain = { q: 'found', scope: ['USER'], namespace, flowId: 'found', state: ['SUCCESS', 'FAILED'] };
    const times = { startDate: new Date(Date.now() - 3_600_000), endDate: new Date(Date.now() + 3_600_000) };
    assert.equal((await search({ ...plain, ...times, childFilter: 'MAIN' })).total, 3);
    assert.equal((await search({ ...plain, timeRange: 'PT1H', childFilter: 'CHILD' })).total, 0);
    assert.equal((await search({ namespace, triggerExecutionId: 'none' })).total, 0);
    const args = [namespace, 'found', 1, 10, TENANT];
    assert.equal((await sdk.read<Page>('executionsApi', 'searchExecutionsByFlowId', ...args)).total, 3);
    const latest = await sdk.body<readonly SdkBody[]>('executionsApi', 'getLatestExecutions', TENANT, [
      { namespace, id: 'found' },
    ]);
    assert.deepEqual([latest.length, latest[0]?.id, latest[0]?.status], [1, started[2], 'SUCCESS']);
  });

  test('killing, pausing and resuming what runs', async () => {
    const { sdk, save, start, reached } = place();
    await save('long', [sleeps('PT10M')]);
    await save('waits', [{ id: 'wait', type: PAUSE }, says('after')]);
    const [killed, paused] = [await start('long', false), await start('long', false)];
    await reached(killed.id, 'RUNNING');
    await sdk.call('executionsApi', 'killExecution', killed.id, true, TENANT);
    await reached(killed.id, 'KILLED');
    await reached(paused.id, 'RUNNING');
    await sdk.call('executionsApi', 'pauseExecution', paused.id, TENANT);
    await reached(paused.id, 'PAUSED');
    assert.equal((await sdk.read<SdkBody>('executionsApi', 'killExecutionsByIds', TENANT, [paused.id])).count, 1);
    await reached(paused.id, 'KILLED');
    const waits = await start('waits', false);
    await reached(waits.id, 'PAUSED');
    await sdk.call('executionsApi', 'resumeExecution', waits.id, TENANT);
    await reached(waits.id, 'SUCCESS');
  });

  test('replaying, restarting, changing states and labels, deleting', async () => {
    const { sdk, save, start, execution, reached } = place();
    await save('fails', [{ id: 'fail', type: FAIL }]);
    const { id } = await start('fails');
    const replayed = await sdk.body<Run>('executionsApi', 'replayExecution', id, TENANT, {});
    await reached(replayed.id, 'FAILED');
    const restarted = await sdk.body<Run>('executionsApi', 'restartExecution', id, TENANT, {});
    assert.equal(restarted.id, id);
    await reached(id, 'FAILED');
    const labels = [{ key: 'team', value: 'red' }];
    await sdk.call('executionsApi', 'setLabelsOnTerminatedExecution', id, TENANT, labels);
    assert.ok((await execution(id)).labels.some(({ key, value }) => key === 'team' && value === 'red'));
    const changed = await sdk.body<Run>('executionsApi', 'updateExecutionStatus', id, 'SUCCESS', TENANT);
    assert.equal(changed.state.current, 'SUCCESS');
    await sdk.call('executionsApi', 'deleteExecution', id, true, true, true, TENANT);
    assert.equal(await statusOf(sdk.call('executionsApi', 'getExecution', id, TENANT)), 404);
    const filters = [{ field: 'FLOW_ID', operation: 'EQUALS', value: 'fails' }];
    const deleted = await eventually(async () => {
      const args = [true, true, true, TENANT, { filters }, {}];
      const { count } = await sdk.read<SdkBody>('executionsApi', 'deleteExecutionsByQuery', ...args);
      return count === 1;
    });
    assert.ok(deleted);
  });

  test('finding what can be started, judging its inputs, and starting it as clients before 0.23 did', async () => {
    const { sdk, save, execution } = place();
    const namespace = 'tests.sdk.startable';
    const inputs = [{ id: 'key', type: 'STRING', defaults: 'none' }];
    await save('asks', [returns('gives', '{{ inputs.key }}')], namespace, { inputs });
    const namespaces = await sdk.read<readonly string[]>('executionsApi', 'listExecutableDistinctNamespaces', TENANT);
    assert.ok(namespaces.includes(namespace), namespaces.join(' '));
    const listed = await sdk.read<readonly SdkBody[]>(
      ...(['executionsApi', 'listFlowExecutionsByNamespace', namespace, TENANT] as const),
    );
    assert.deepEqual(
      listed.map(({ id }) => id),
      ['asks'],
    );
    const flow = await sdk.read<SdkBody & { readonly inputs: readonly SdkBody[] }>(
      ...(['executionsApi', 'getFlowFromExecution', namespace, 'asks', TENANT, { revision: 1 }] as const),
    );
    assert.deepEqual([flow.id, flow.inputs[0]?.id], ['asks', 'key']);
    const judged = await sdk.body<{ readonly inputs: readonly SdkBody[] }>(
      ...(['executionsApi', 'validateNewExecutionInputs', namespace, 'asks', ['team:a'], TENANT, {}] as const),
    );
    assert.deepEqual([judged.inputs[0]?.value, judged.inputs[0]?.enabled], ['none', true]);
    const opts = { labels: ['team:a'], revision: 1 };
    const { id } = await sdk.body<Run>('executionsApi', 'triggerExecution', namespace, 'asks', true, TENANT, opts);
    const run = await execution(id);
    assert.equal(run.state.current, 'SUCCESS');
    assert.ok(run.labels.some(({ key, value }) => key === 'team' && value === 'a'));
  });

  test('judging what a Pause asks for, beginning what waits, and giving a task run another state', async () => {
    const { sdk, save, start, reached } = place();
    const onResume = [{ id: 'note', type: 'STRING', defaults: 'fine' }];
    await save('asks-later', [{ id: 'wait', type: PAUSE, onResume }, says('after')]);
    const { id } = await start('asks-later', false);
    await reached(id, 'PAUSED');
    const judged = await sdk.body<{ readonly inputs: readonly SdkBody[] }>(
      ...(['executionsApi', 'validateResumeExecutionInputs', id, TENANT] as const),
    );
    assert.deepEqual([judged.inputs[0]?.value, judged.inputs[0]?.enabled], ['fine', true]);
    const forced = await sdk.read<Run>('executionsApi', 'forceRunExecution', id, TENANT);
    assert.equal(forced.id, id);
    await reached(id, 'SUCCESS');
    await save('fails-first', [{ id: 'fail', type: FAIL }, says('after')]);
    const failed = await start('fails-first');
    const change = { taskRunId: failed.taskRunList![0]!.id, state: 'SUCCESS' };
    const changed = await sdk.read<Run>('executionsApi', 'updateTaskRunState', failed.id, TENANT, change);
    assert.equal(changed.id, failed.id);
    const ended = await reached(failed.id, 'SUCCESS');
    assert.deepEqual(
      ended.taskRunList!.map(({ taskId }) => taskId),
      ['fail', 'say'],
    );
  });
}
