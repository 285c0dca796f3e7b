/** What users of Kestra's own JavaScript client do with many executions at once: by ids, and by filters in the body. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { says, sleeps } from '../../support/flow-source.ts';
import type { SdkBody } from '../../support/kestra-sdk.ts';
import { type Place, TENANT } from './place.ts';

const FAIL = 'io.kestra.plugin.core.execution.Fail';
const PAUSE = 'io.kestra.plugin.core.flow.Pause';

const within = (namespace: string) => ({ filters: [{ field: 'NAMESPACE', operation: 'EQUALS', value: namespace }] });

export function manyExecutions(place: () => Place): void {
  /** Failed as often. */
  const tried = (id: string, times: number) =>
    eventually(async () => {
      const { state, taskRunList } = await place().execution(id);
      return state.current === 'FAILED' && (taskRunList![0]!.attempts as readonly unknown[]).length === times;
    });
  const countOf = async (method: string, ...args: unknown[]) =>
    (await place().sdk.read<SdkBody>('executionsApi', method, ...args)).count;

  test('killing, pausing and resuming many', async () => {
    const { save, start, reached, found } = place();
    const namespace = 'tests.sdk.many.live';
    await save('long', [sleeps('PT10M')], namespace);
    const ids = [];
    for (let n = 0; n < 3; n++) ids.push((await start('long', false, namespace)).id);
    const all = within(namespace);
    await found(all, 3, 'RUNNING');
    assert.equal(await countOf('pauseExecutionsByIds', TENANT, ids.slice(0, 1)), 1);
    await reached(ids[0]!, 'PAUSED');
    assert.equal(await countOf('pauseExecutionsByQuery', TENANT, all, { state: ['RUNNING', 'CREATED'] }), 2);
    await found(all, 3, 'PAUSED');
    assert.equal(await countOf('resumeExecutionsByIds', TENANT, ids.slice(0, 2)), 2);
    await reached(ids[1]!, 'RUNNING');
    assert.equal(await countOf('resumeExecutionsByQuery', TENANT, all, { state: ['PAUSED'] }), 1);
    await found(all, 3, 'RUNNING');
    assert.equal(await countOf('forceRunByIds', TENANT, ids.slice(0, 1)), 1);
    assert.equal(await countOf('forceRunExecutionsByQuery', TENANT, all, {}), 3);
    assert.equal(await countOf('killExecutionsByIds', TENANT, ids.slice(0, 1)), 1);
    await reached(ids[0]!, 'KILLED');
    assert.equal(await countOf('killExecutionsByQuery', TENANT, all, { state: ['RUNNING'] }), 2);
    await found(all, 3, 'KILLED');
  });

  test('restarting, replaying and labelling many, giving them other states, deleting them', async () => {
    const { sdk, save, start, reached, found } = place();
    const namespace = 'tests.sdk.many.over';
    await save('fails', [{ id: 'fail', type: FAIL }], namespace);
    const [one, two] = [await start('fails', true, namespace), await start('fails', true, namespace)];
    const all = within(namespace);
    await found(all, 2, 'FAILED');
    assert.equal(await countOf('restartExecutionsByIds', TENANT, [one.id]), 1);
    await tried(one.id, 2);
    assert.equal(await countOf('restartExecutionsByQuery', TENANT, all, { flowId: 'fails' }), 2);
    await tried(one.id, 3);
    await tried(two.id, 2);
    assert.equal(await countOf('replayExecutionsByIds', TENANT, [one.id], { latestRevision: true }), 1);
    await found(all, 3, 'FAILED');
    assert.equal(await countOf('replayExecutionsByQuery', TENANT, all, {}), 3);
    await found(all, 6, 'FAILED');
    const label = (value: string) => [{ key: 'team', value }];
    const labelled = { executionsId: [one.id, two.id], executionLabels: label('red') };
    assert.equal(await countOf('setLabelsOnTerminatedExecutionsByIds', TENANT, labelled), 2);
    await found({ ...all, labels: ['team:red'] }, 2, 'FAILED');
    const opts = { namespace, labels: ['team:red'] };
    assert.equal(await countOf('setLabelsOnTerminatedExecutionsByQuery', TENANT, label('blue'), opts), 2);
    await found({ ...all, labels: ['team:blue'] }, 2, 'FAILED');
    assert.equal(await countOf('updateExecutionsStatusByIds', 'WARNING', TENANT, [one.id]), 1);
    await reached(one.id, 'WARNING');
    assert.equal(await countOf('updateExecutionsStatusByQuery', 'SUCCESS', TENANT, all, {}), 6);
    await found(all, 6, 'SUCCESS');
    assert.equal(await countOf('deleteExecutionsByIds', true, true, true, TENANT, [one.id], {}), 1);
    assert.equal(await countOf('deleteExecutionsByQuery', true, true, true, TENANT, all, {}), 5);
    assert.equal((await sdk.read<SdkBody>('executionsApi', 'searchExecutions', 1, 10, TENANT, all)).total, 0);
  });

  test('beginning what is queued, of which there is none yet', async () => {
    const { sdk, save, start, reached } = place();
    const namespace = 'tests.sdk.many.queued';
    await save('waits', [{ id: 'wait', type: PAUSE }, says('after')], namespace);
    const { id } = await start('waits', false, namespace);
    await reached(id, 'PAUSED');
    const expected = /expected QUEUED, got PAUSED/;
    const [status, reason] = await sdk.refusal('executionsApi', 'unqueueExecution', id, 'RUNNING', TENANT);
    assert.equal(status, 422);
    assert.match(reason, expected);
    const ofMany = await sdk.refusal('executionsApi', 'unqueueExecutionsByIds', 'RUNNING', TENANT, [id]);
    assert.equal(ofMany[0], 400);
    const all = within(namespace);
    assert.equal(await countOf('unqueueExecutionsByQuery', TENANT, all, { state: ['QUEUED'], newState: 'RUNNING' }), 0);
    const [refused, why] = await sdk.refusal('executionsApi', 'resumeExecutionFromBreakpoint', id, TENANT, {});
    assert.equal(refused, 422);
    assert.match(why, /expected BREAKPOINT, got PAUSED/);
    await sdk.call('executionsApi', 'killExecution', id, true, TENANT);
    await reached(id, 'KILLED');
  });
}
