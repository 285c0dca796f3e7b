/** What users of Kestra's own JavaScript client do with flows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aFlow, says } from '../../support/flow-source.ts';
import { type SdkBody, statusOf } from '../../support/kestra-sdk.ts';
import { LOG, NAMESPACE, type Place, SUBFLOW, TENANT } from './place.ts';

export function flows(place: () => Place): void {
  test('saving, reading, updating and deleting a flow', async () => {
    const { sdk } = place();
    const source = aFlow('crud', [says('one')], { description: 'before' }, NAMESPACE);
    assert.equal((await sdk.read<SdkBody>('flowsApi', 'createFlow', TENANT, source)).description, 'before');
    const known = await sdk.read<SdkBody>('flowsApi', 'getFlow', NAMESPACE, 'crud', true, false, TENANT, {});
    assert.deepEqual([known.id, known.revision, known.source], ['crud', 1, source]);
    const changed = source.replace('before', 'behind');
    const updated = await sdk.body<SdkBody>('flowsApi', 'updateFlow', 'crud', NAMESPACE, TENANT, changed);
    assert.deepEqual([updated.description, updated.revision], ['behind', 2]);
    const revisions = await sdk.read<readonly SdkBody[]>('flowsApi', 'listFlowRevisions', NAMESPACE, 'crud', TENANT);
    assert.deepEqual(
      revisions.map(({ revision }) => revision),
      [1, 2],
    );
    const task = await sdk.body<SdkBody>('flowsApi', 'getTaskFromFlow', NAMESPACE, 'crud', 'say', TENANT, {});
    assert.deepEqual([task.id, task.type], ['say', LOG]);
    await sdk.call('flowsApi', 'deleteFlow', NAMESPACE, 'crud', TENANT);
    assert.equal(await statusOf(sdk.call('flowsApi', 'getFlow', NAMESPACE, 'crud', false, false, TENANT, {})), 404);
    assert.equal(await statusOf(sdk.call('flowsApi', 'createFlow', TENANT, 'id: x\nnamespace: y\n')), 422);
  });

  test('finding flows: by namespace, by source, by text, all of a namespace, the namespaces', async () => {
    const { sdk, save } = place();
    await save('listed', [says('a needle')], 'tests.sdk.lists');
    const page = await sdk.read<{ total: number; results: readonly SdkBody[] }>(
      'flowsApi',
      'searchFlows',
      1,
      10,
      TENANT,
      {
        namespace: 'tests.sdk.lists',
        sort: ['id:asc', 'namespace:asc'],
      },
    );
    assert.deepEqual([page.total, page.results[0]?.id], [1, 'listed']);
    const sources = await sdk.body<{ results: readonly { model: SdkBody; fragments: readonly string[] }[] }>(
      'flowsApi',
      'searchFlowsBySourceCode',
      1,
      10,
      TENANT,
      { q: 'needle' },
    );
    assert.equal(sources.results[0]?.model.id, 'listed');
    assert.match(sources.results[0]?.fragments[0] ?? '', /\[mark\]needle\[\/mark\]/);
    const flows = await sdk.read<readonly SdkBody[]>('flowsApi', 'listFlowsByNamespace', 'tests.sdk.lists', TENANT);
    assert.deepEqual(
      flows.map(({ id }) => id),
      ['listed'],
    );
    const namespaces = await sdk.read<readonly string[]>('flowsApi', 'listDistinctNamespaces', TENANT, {});
    assert.ok(namespaces.includes('tests.sdk.lists'), namespaces.join(' '));
  });

  test('validating flows, tasks and triggers', async () => {
    const { sdk } = place();
    const [valid] = await sdk.read<readonly SdkBody[]>('flowsApi', 'validateFlows', TENANT, aFlow('v', [says('x')]));
    assert.equal(valid?.constraints, undefined);
    const task = { id: 'task_one', type: LOG, message: 'strange---string' };
    const judged = await sdk.read<SdkBody>('flowsApi', 'validateTask', 'TASKS', TENANT, task);
    assert.deepEqual([judged.constraints, judged.warnings], [undefined, []]);
    const wrong = { ...task, type: 'io.kestra.plugin.core.log.InvalidTask' };
    const refused = await sdk.read<SdkBody>('flowsApi', 'validateTask', 'TASKS', TENANT, wrong);
    assert.match(String(refused.constraints), /Invalid type: io\.kestra\.plugin\.core\.log\.InvalidTask/);
    const trigger = { id: 'monthly', type: 'io.kestra.plugin.core.trigger.Schedule', cron: '0 9 1 * *' };
    assert.equal((await sdk.read<SdkBody>('flowsApi', 'validateTrigger', TENANT, trigger)).constraints, undefined);
  });

  test('doing things to many flows, by ids and by filters in the body, as this client sends them', async () => {
    const { sdk, save } = place();
    const [one, two] = ['bulk-one', 'bulk-two'];
    const [namespace, other] = ['tests.sdk.bulk', 'tests.sdk.spared'];
    await save(one, [says('x')], namespace);
    await save(two, [says('x')], namespace);
    await save(one, [says('x')], other);
    const ids = [{ namespace, id: one }];
    assert.equal((await sdk.read<SdkBody>('flowsApi', 'disableFlowsByIds', TENANT, ids)).count, 1);
    assert.equal(
      (await sdk.read<SdkBody>('flowsApi', 'getFlow', namespace, one, false, false, TENANT, {})).disabled,
      true,
    );
    assert.equal((await sdk.read<SdkBody>('flowsApi', 'enableFlowsByIds', TENANT, ids)).count, 1);
    const zip = await sdk.call('flowsApi', 'exportFlowsByIds', TENANT, ids);
    assert.match(zip.answer.headers['content-disposition']!, /flows\.zip/);
    const updated = aFlow(one, [says('y')], { description: 'updated' }, namespace);
    const opts = { namespace, body: updated };
    const saved = await sdk.body<readonly SdkBody[]>('flowsApi', 'bulkUpdateFlows', false, false, TENANT, opts);
    assert.equal(saved[0]?.description, 'updated');
    const filters = [{ field: 'NAMESPACE', operation: 'EQUALS', value: namespace }];
    assert.equal((await sdk.read<SdkBody>('flowsApi', 'deleteFlowsByQuery', TENANT, { filters }, {})).count, 2);
    assert.equal((await sdk.read<SdkBody>('flowsApi', 'getFlow', other, one, false, false, TENANT, {})).id, one);
  });

  test('drawing a flow and an execution, and reading what depends on what', async () => {
    const { sdk, save } = place();
    await save('called', [says('x')]);
    await save('calling', [{ id: 'call', type: SUBFLOW, namespace: NAMESPACE, flowId: 'called' }]);
    const graph = await sdk.body<{ nodes: readonly SdkBody[] }>(
      'flowsApi',
      'generateFlowGraph',
      NAMESPACE,
      'called',
      TENANT,
      {},
    );
    assert.equal(graph.nodes.length, 3);
    const source = aFlow('new', [says('x'), says('y', 'again')]);
    const drawn = await sdk.body<{ edges: readonly unknown[] }>(
      'flowsApi',
      'generateFlowGraphFromSource',
      TENANT,
      source,
      {},
    );
    assert.equal(drawn.edges.length, 3);
    const { id } = await sdk.body<SdkBody>('executionsApi', 'createExecution', NAMESPACE, 'calling', true, TENANT, {});
    const executed = await sdk.body<typeof graph>('executionsApi', 'getExecutionFlowGraph', id, TENANT, {});
    assert.ok(executed.nodes.some(({ taskRun }) => (taskRun as SdkBody | undefined)?.taskId === 'call'));
    const around = await sdk.body<{ edges: readonly SdkBody[] }>(
      ...(['flowsApi', 'getFlowDependencies', NAMESPACE, 'called', false, false, TENANT] as const),
    );
    assert.deepEqual(around.edges, [
      { source: 'main_tests.sdk_calling', target: 'main_tests.sdk_called', relation: 'FLOW_TASK' },
    ]);
  });

  test('replacing a task, and all flows of a namespace', async () => {
    const { sdk, save } = place();
    const namespace = 'tests.sdk.whole';
    await save('kept', [says('one'), says('two', 'other')], namespace);
    await save('dropped', [says('x')], namespace);
    const task = { id: 'other', type: LOG, message: 'three' };
    const updated = await sdk.read<SdkBody>('flowsApi', 'updateTask', namespace, 'kept', 'other', TENANT, task);
    assert.equal(updated.revision, 2);
    const read = await sdk.body<SdkBody>('flowsApi', 'getTaskFromFlow', namespace, 'kept', 'other', TENANT, {});
    assert.equal(read.message, 'three');
    const source = aFlow('kept', [says('y')], {}, namespace);
    const all = [{ source }, { id: 'added', namespace, tasks: [task] }];
    const saved = await sdk.body<readonly SdkBody[]>(
      ...(['flowsApi', 'updateFlowsInNamespaceFromJson', true, namespace, TENANT, all] as const),
    );
    assert.deepEqual(saved.map(({ id }) => id).sort(), ['added', 'dropped', 'kept']);
    const left = await sdk.read<readonly SdkBody[]>('flowsApi', 'listFlowsByNamespace', namespace, TENANT);
    assert.deepEqual(left.map(({ id }) => id).sort(), ['added', 'kept']);
  });

  test('exporting flows that a search finds, switching them, deleting and importing them', async () => {
    const { sdk, save } = place();
    const namespace = 'tests.sdk.moved';
    await save('one', [says('x')], namespace, { labels: { team: 'red' } });
    await save('two', [says('x')], namespace);
    const filters = [{ field: 'NAMESPACE', operation: 'EQUALS', value: namespace }];
    const count = async (method: string, ...args: unknown[]) =>
      (await sdk.read<SdkBody>('flowsApi', method, TENANT, ...args)).count;
    assert.equal(await count('disableFlowsByQuery', { filters }, { labels: ['team:red'] }), 1);
    assert.equal(await count('enableFlowsByQuery', { filters }, {}), 1);
    const zip = await sdk.call('flowsApi', 'exportFlowsByQuery', TENANT, { namespace });
    assert.match(zip.answer.headers['content-disposition']!, /flows\.zip/);
    const names = ['one', 'two'].map((id) => ({ namespace, id }));
    assert.equal(await count('deleteFlowsByIds', names), 2);
    const fileUpload = zip.answer.body;
    assert.ok(Buffer.isBuffer(fileUpload));
    assert.deepEqual(await sdk.read<readonly string[]>('flowsApi', 'importFlows', TENANT, { fileUpload }), []);
    const back = await sdk.read<readonly SdkBody[]>('flowsApi', 'listFlowsByNamespace', namespace, TENANT);
    assert.deepEqual(back.map(({ id }) => id).sort(), ['one', 'two']);
    const around = await sdk.body<{ nodes: readonly SdkBody[] }>(
      ...(['flowsApi', 'getFlowDependenciesFromNamespace', namespace, false, TENANT] as const),
    );
    assert.equal(around.nodes.length, 2);
  });
}
