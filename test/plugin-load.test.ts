/** Loading plugins by their one door, and judging properties by their schemas. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { defineTask } from '@windhover/sdk';
import { z } from 'zod';
import { isFault } from '../lib/errors.ts';
import { FLOWABLES } from '../lib/execution/flowable/table.ts';
import { taskEntry } from '../lib/plugin/entry.ts';
import { loadPlugins } from '../lib/plugin/load.ts';
import { parseProperties } from '../lib/plugin/properties.ts';
import { TRIGGERS } from '../lib/trigger/table.ts';

const CORE = '@windhover/plugin-core';
const folder = mkdtempSync(join(tmpdir(), 'windhover-plugin-'));
after(() => rmSync(folder, { recursive: true }));
const zod = import.meta.resolve('zod');

function aPackage(name: string, plugin: string): string {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, `import { z } from '${zod}';\n${plugin}\n`);
  return path;
}

const withTask = (name: string, task: string, apiVersion = '1.0'): string =>
  aPackage(
    name,
    `export default { name: 'p', version: '1.0.0', apiVersion: '${apiVersion}', title: 'P', tasks: [${task}] };`,
  );
const TASK = `{ type: 'org.example.Shout', title: 'Shout', properties: z.strictObject({ text: z.string() }), run: () => ({}) }`;

test('loading the core, flowables and triggers', async () => {
  const { catalogue, task, plugins } = await loadPlugins([CORE]);
  assert.deepEqual(
    plugins.map(({ name }) => name),
    [CORE],
  );
  const types = catalogue.entries.map(({ type }) => type);
  assert.deepEqual(types, [...types].sort());
  assert.equal(catalogue.find('io.kestra.plugin.core.flow.Parallel')?.kind, 'flowable');
  for (const { type } of [...FLOWABLES, ...TRIGGERS]) assert.equal(catalogue.find(type)?.type, type);
  assert.equal(catalogue.find('io.kestra.core.tasks.debugs.Return')?.type, 'io.kestra.plugin.core.debug.Return');
  assert.equal(catalogue.find('io.kestra.core.tasks.log.Log')?.type, 'io.kestra.plugin.core.log.Log');
  assert.equal(task('io.kestra.core.tasks.log.Log'), task('io.kestra.plugin.core.log.Log'));
  assert.equal(task('io.kestra.plugin.core.flow.Parallel'), undefined);
  assert.equal(catalogue.find('constructor'), undefined);
});

test('loading a package that the configuration names', async () => {
  const { task } = await loadPlugins([CORE, withTask('good', TASK)]);
  assert.equal(task('org.example.Shout')?.title, 'Shout');
});

test('refusing packages that do not fit, and saying why', async () => {
  const refused = async (name: string, text: RegExp): Promise<void> => {
    await assert.rejects(
      loadPlugins([CORE, name]),
      (error) => isFault(error, 'plugin.invalid') && text.test(error.message),
    );
  };
  await refused('@example/not-there', /expected a package @example\/not-there that can be imported/);
  await refused(withTask('newer', TASK, '2.0'), /for version 1 of @windhover\/sdk, got 2\.0/);
  await refused(aPackage('empty', 'export const nothing = 1;'), /its default export/);
  await refused(
    withTask('typeless', `{ type: 'Shout', title: '', properties: z.object({}), run() {} }`),
    /tasks\.0\.type/,
  );
  await refused(
    withTask('shapeless', `{ type: 'a.B', title: '', properties: z.string(), run() {} }`),
    /tasks\.0\.properties/,
  );
  await refused(
    withTask('twice', TASK.replace('org.example.Shout', 'io.kestra.plugin.core.log.Log')),
    /each type once/,
  );
  await refused(aPackage('throws', 'throw new Error("no luck");'), /no luck/);
});

const task = defineTask({
  type: 'org.example.Wide',
  title: 'Wide',
  properties: z.strictObject({
    count: z.number().int().min(1).default(1),
    names: z.array(z.string()).optional(),
    on: z.boolean().optional(),
    env: z.record(z.string(), z.string()).optional(),
    options: z.strictObject({ timeout: z.number().optional(), sizes: z.array(z.number()).optional() }).optional(),
    kind: z.enum(['A', 'B']).optional(),
    any: z.unknown().optional(),
  }),
  run: () => undefined,
});

test('turning texts into numbers, lists, maps and booleans, at any depth', () => {
  const given = {
    count: '3',
    names: '["a", 1]',
    on: 'true',
    env: { PORT: 8080, OK: true },
    options: { timeout: '1.5', sizes: '[1]' },
    any: '5',
  };
  assert.deepEqual(parseProperties(task, given), {
    count: 3,
    names: ['a', '1'],
    on: true,
    env: { PORT: '8080', OK: 'true' },
    options: { timeout: 1.5, sizes: [1] },
    any: '5',
  });
  assert.throws(() => parseProperties(task, { count: '0' }), /count: expected at least 1, got 0/);
  assert.throws(() => parseProperties(task, { options: { timeot: 1 } }), /options\.timeot: .*did you mean timeout/);
});

test('judging properties as written, but not what a template will give', () => {
  const { check } = taskEntry(task);
  assert.deepEqual(
    check({
      count: '{{ inputs.n }}',
      names: '{{ inputs.names }}',
      kind: '{{ inputs.kind }}',
      options: { sizes: ['{{ 1 }}'] },
    }),
    [],
  );
  const problems = check({ count: 'many', names: [1, {}], kind: 'C', options: { siezs: [] }, conut: 1 });
  assert.deepEqual(problems.map(({ path }) => path).sort(), ['conut', 'count', 'kind', 'names[1]', 'options.siezs']);
  assert.match(problems.find(({ path }) => path === 'kind')!.message, /expected one of A, B, got "C"/);
  assert.match(problems.find(({ path }) => path === 'conut')!.message, /did you mean count/);
});

test('describing properties as JSON Schema', () => {
  const { schema, properties } = taskEntry(task);
  assert.equal((schema as { additionalProperties?: unknown }).additionalProperties, false);
  assert.deepEqual(properties, ['count', 'names', 'on', 'env', 'options', 'kind', 'any']);
});
