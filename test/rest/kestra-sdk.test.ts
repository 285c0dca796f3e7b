/** Kestra's own JavaScript client against a real server: what its users do with flows, plugins and namespaces. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { aFlow, says } from '../support/flow-source.ts';
import { type Sdk, type SdkBody, sdkOf, statusOf } from '../support/kestra-sdk.ts';
import { anInstallation, type Installation } from '../support/server.ts';

const TENANT = 'main';
const NAMESPACE = 'tests.sdk';
const LOG = 'io.kestra.plugin.core.log.Log';
const SUBFLOW = 'io.kestra.plugin.core.flow.Subflow';

let installation: Installation;
let sdk: Sdk;
before(async () => {
  installation = anInstallation();
  const server = await installation.start('standalone');
  sdk = sdkOf(server.url, 'admin', 'correct-horse');
});
after(() => installation.remove());

const save = (id: string, tasks: Parameters<typeof aFlow>[1], namespace = NAMESPACE) =>
  sdk.read<SdkBody>('flowsApi', 'createFlow', TENANT, aFlow(id, tasks, {}, namespace));

test('reading the configuration that its users choose their dialect by', async () => {
  const configuration = await sdk.read<SdkBody>('miscApi', 'getConfiguration');
  assert.match(String(configuration.version), /^1\./);
  assert.equal(configuration.edition, 'OSS');
});

test('saving, reading, updating and deleting a flow', async () => {
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
  await save('listed', [says('a needle')], 'tests.sdk.lists');
  const page = await sdk.read<{ total: number; results: readonly SdkBody[] }>(
    'flowsApi',
    'searchFlows',
    1,
    10,
    TENANT,
    {
      namespace: 'tests.sdk.lists',
      sort: ['id:asc'],
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

test('reading plugins, their documentation, schemas and icons', async () => {
  const plugins = await sdk.read<readonly { group: string; tasks: readonly { cls: string }[] }[]>(
    'pluginsApi',
    'listPlugins',
  );
  const core = plugins.find(({ group }) => group === 'io.kestra.plugin.core');
  assert.ok(core?.tasks.some(({ cls }) => cls === LOG));
  assert.ok((await sdk.read<readonly unknown[]>('pluginsApi', 'getPluginBySubgroups')).length > plugins.length);
  const documented = await sdk.body<SdkBody>('pluginsApi', 'getPluginDocumentation', LOG, false);
  assert.match(String(documented.markdown), /# Log/);
  assert.ok((await sdk.body<SdkBody>('pluginsApi', 'getSchemasFromType', 'FLOW', false)).properties);
  const properties = await sdk.body<SdkBody>('pluginsApi', 'getPropertiesFromType', 'TASK');
  assert.ok(properties.id && properties.type);
  assert.ok((await sdk.body<Record<string, SdkBody>>('pluginsApi', 'getPluginIcons'))[LOG]?.icon);
  assert.ok(
    (await sdk.body<readonly SdkBody[]>('pluginsApi', 'getAllInputTypes')).some(({ type }) => type === 'STRING'),
  );
  assert.ok(await sdk.body<SdkBody>('pluginsApi', 'getSchemaFromInputType', 'STRING'));
});

test('reading namespaces', async () => {
  await save('somewhere', [says('x')], 'tests.sdk.deep.down');
  const args = [1, 10, TENANT, { q: 'sdk.deep' }];
  const page = await sdk.read<{ results: readonly SdkBody[] }>('namespacesApi', 'searchNamespaces', ...args);
  assert.deepEqual(
    page.results.map(({ id }) => id),
    ['tests.sdk.deep', 'tests.sdk.deep.down'],
  );
  assert.equal((await sdk.read<SdkBody>('namespacesApi', 'getNamespace', 'tests.sdk', TENANT)).id, 'tests.sdk');
  const listed = await sdk.read<readonly string[]>('namespacesApi', 'autocompleteNamespaces', TENANT, { q: 'deep' });
  assert.deepEqual(listed, ['tests.sdk.deep', 'tests.sdk.deep.down']);
});
