/** What users of Kestra's own JavaScript client read before they write anything: the configuration, plugins, namespaces. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { says } from '../../support/flow-source.ts';
import type { SdkBody } from '../../support/kestra-sdk.ts';
import { LOG, type Place, TENANT } from './place.ts';

export function plugins(place: () => Place): void {
  test('reading the configuration that its users choose their dialect by', async () => {
    const { sdk } = place();
    const configuration = await sdk.read<SdkBody>('miscApi', 'getConfiguration');
    assert.match(String(configuration.version), /^1\./);
    assert.equal(configuration.edition, 'OSS');
    assert.ok(await sdk.read<SdkBody>('authsApi', 'getCurrentUser'));
  });

  test('reading plugins, their documentation, schemas and icons', async () => {
    const { sdk } = place();
    const plugins = await sdk.read<readonly { group: string; tasks: readonly { cls: string }[] }[]>(
      'pluginsApi',
      'listPlugins',
    );
    const core = plugins.find(({ group }) => group === 'io.kestra.plugin.core');
    assert.ok(core?.tasks.some(({ cls }) => cls === LOG));
    assert.ok((await sdk.read<readonly unknown[]>('pluginsApi', 'getPluginBySubgroups')).length > plugins.length);
    const documented = await sdk.body<SdkBody>('pluginsApi', 'getPluginDocumentation', LOG, true);
    assert.match(String(documented.markdown), /# Log/);
    const { versions } = await sdk.body<{ versions: readonly string[] }>('pluginsApi', 'getPluginVersions', LOG);
    const [version] = versions;
    const ofVersion = await sdk.body<SdkBody>('pluginsApi', 'getPluginDocumentationFromVersion', LOG, version, true);
    assert.equal(ofVersion.markdown, documented.markdown);
    assert.ok((await sdk.body<SdkBody>('pluginsApi', 'getSchemasFromType', 'FLOW', false)).properties);
    const properties = await sdk.body<SdkBody>('pluginsApi', 'getPropertiesFromType', 'TASK');
    assert.ok(properties.id && properties.type);
    assert.ok((await sdk.body<Record<string, SdkBody>>('pluginsApi', 'getPluginIcons'))[LOG]?.icon);
    assert.ok((await sdk.body<Record<string, SdkBody>>('pluginsApi', 'getPluginGroupIcons'))[core!.group]?.icon);
    assert.ok(
      (await sdk.body<readonly SdkBody[]>('pluginsApi', 'getAllInputTypes')).some(({ type }) => type === 'STRING'),
    );
    assert.ok(await sdk.body<SdkBody>('pluginsApi', 'getSchemaFromInputType', 'STRING'));
  });

  test('reading namespaces', async () => {
    const { sdk, save } = place();
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
}
