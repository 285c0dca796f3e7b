/**
 * Kestra's own JavaScript client against a real server, as it is published: every method that belongs to flows, executions, their
 * logs and metrics, plugins, namespaces and the configuration is answered, or stands in the table of what is left out.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ROUTES, type RouteName } from '../../web/api/routes.ts';
import { type Sdk, sdkOf } from '../support/kestra-sdk.ts';
import { anInstallation, type Installation } from '../support/server.ts';
import { ROOT } from '../support/tree.ts';
import { executions } from './kestra-sdk/executions.ts';
import { flows } from './kestra-sdk/flows.ts';
import { CLASSES_LEFT_OUT, METHODS_LEFT_OUT } from './kestra-sdk/left-out.ts';
import { manyExecutions } from './kestra-sdk/many-executions.ts';
import { type Place, placeOf } from './kestra-sdk/place.ts';
import { plugins } from './kestra-sdk/plugins.ts';
import { reading } from './kestra-sdk/reading.ts';

let installation: Installation;
let sdk: Sdk;
let place: Place;
before(async () => {
  installation = anInstallation();
  const server = await installation.start('standalone');
  sdk = sdkOf(server.url, 'admin', 'correct-horse');
  place = placeOf(sdk);
});
after(() => installation.remove());

plugins(() => place);
flows(() => place);
executions(() => place);
manyExecutions(() => place);
reading(() => place);

test('having asked for all that it offers, but for what is left out for a reason', () => {
  const offered = sdk.offered();
  const names = [...offered].flatMap(([name, methods]) =>
    name in CLASSES_LEFT_OUT ? [] : methods.map((method) => `${name}.${method}`),
  );
  const leftOut = Object.entries(METHODS_LEFT_OUT).flatMap(([name, methods]) =>
    Object.keys(methods).map((method) => `${name}.${method}`),
  );
  assert.deepEqual([...sdk.asked, ...leftOut].sort(), names.sort());
  assert.deepEqual(
    Object.keys(CLASSES_LEFT_OUT).filter((name) => !offered.has(name)),
    [],
  );
});

/** What Kestra's first tier asks for and this client has no call for: asked by plain requests in other tests. */
const NOT_OFFERED: readonly RouteName[] = ['ping', 'logout', 'useLink', 'pluginIcon', 'triggerPlugins', 'evaluate'];

test('naming what this client does not offer', () => {
  const folder = join(ROOT, 'node_modules/@kestra-io/kestra-sdk/dist/api');
  const bare = (path: string) => path.replace(/^\/api\/v1(\/\{tenant\})?/, '').replace(/[:{]\w+\}?/g, '*');
  const offered = new Set(
    readdirSync(folder).flatMap((name) =>
      [...readFileSync(join(folder, name), 'utf8').matchAll(/callApi\('([^']+)', '(\w+)'/g)].map(
        ([, path, method]) => `${method} ${bare(path!).replace('/actions/', '/')}`,
      ),
    ),
  );
  assert.ok(offered.size > 200, `${offered.size} calls`);
  const lacking = NOT_OFFERED.filter((name) => offered.has(`${ROUTES[name].method} ${bare(ROUTES[name].path)}`));
  assert.deepEqual(lacking, []);
});
