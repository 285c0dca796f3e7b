/** Who writes a plugin sees it change: in `windhover dev` the next run has the new code, and nobody restarts anything by hand. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Api, apiOf } from '../support/api.ts';
import { startDev } from '../support/dev.ts';
import { eventually } from '../support/eventually.ts';
import { aFlow, NAMESPACE } from '../support/flow-source.ts';
import { ROOT } from '../support/tree.ts';

const READY_MS = 90_000;

/** The code of a plugin whose task says a word. */
const pluginSaying = (word: string): string => `
import { z } from ${JSON.stringify(join(ROOT, 'node_modules/zod/index.js'))};
import { definePlugin, defineTask } from ${JSON.stringify(join(ROOT, 'plugins/sdk/index.ts'))};
const say = defineTask({
  type: 'test.Say',
  title: 'Says a word',
  properties: z.strictObject({}),
  run: () => ({ word: ${JSON.stringify(word)} }),
});
export default definePlugin({ name: 'say', version: '1.0.0', title: 'For a test', tasks: [say] });
`;

test('running the code of a plugin as it was saved last', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'windhover-plugin-'));
  const plugin = join(folder, 'say');
  const save = (word: string) => writeFileSync(join(plugin, 'index.js'), pluginSaying(word));
  mkdirSync(plugin);
  writeFileSync(join(plugin, 'package.json'), JSON.stringify({ name: 'say', type: 'module', main: 'index.js' }));
  save('before');
  const data = join(folder, 'data');
  const env = { WINDHOVER_DATA: data, WINDHOVER_PASSWORD: 'correct-horse', WINDHOVER_PLUGINS: plugin };
  await startDev(t, { env, folder, readyMs: READY_MS }).said(/^All 6 run\./);
  const api = (): Api =>
    apiOf(readFileSync(join(data, 'address'), 'utf8').trim(), readFileSync(join(data, 'token'), 'utf8').trim());
  await api().save(aFlow('saying', [{ id: 'say', type: 'test.Say' }]));
  const word = async () => (await api().run(`${NAMESPACE}/saying`)).taskRunList[0]?.outputs?.word;
  assert.equal(await word(), 'before');

  save('after');
  // While the servers start again, requests are refused and what was begun may still have the old code.
  assert.equal(await eventually(async () => (await word().catch(() => '')) === 'after' && 'after', READY_MS), 'after');
});
