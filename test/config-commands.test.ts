/** `windhover config`: what holds, where it comes from, and the reference. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig, setByEnvironment } from '../lib/config.ts';
import { configurationPage, effective } from '../web/cli/commands/config.ts';
import { ROOT } from './support/tree.ts';

test('keeping docs/configuration.md as the schema has it (npx windhover config doc > docs/configuration.md)', () => {
  assert.equal(readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8'), configurationPage());
});

test('having in README rows of that page and no others', () => {
  const rowsOf = (text: string) => text.split('\n').filter((line) => /^\| `[A-Z][A-Z_]+`/.test(line));
  const [told, known] = [rowsOf(readFileSync(join(ROOT, 'README.md'), 'utf8')), rowsOf(configurationPage())];
  assert.ok(told.length > 20, `${told.length} rows`);
  assert.deepEqual(
    told.filter((row) => !known.includes(row)),
    [],
  );
});

test('printing what holds and where it comes from, without secrets', () => {
  const env = { REDIS_URL: 'rediss://me:hush@redis:6380/0', WINDHOVER_PASSWORD: 'hush hush', WINDHOVER_PORT: '9000' };
  const content = { threads: 3, pluginDefaults: [{ type: 'a.B', values: { apiToken: 'hush', url: 'x' } }] };
  const rows = effective(loadConfig({ env, file: { name: 'w.yaml', content } }), setByEnvironment(env));
  const of = (key: string) => rows.filter((row) => row.key === key).map(({ value, from }) => [value, from])[0];
  assert.deepEqual(of('redisUrl'), ['rediss://me:(hidden)@redis:6380/0', 'REDIS_URL']);
  assert.deepEqual(of('port'), [9000, 'WINDHOVER_PORT']);
  assert.deepEqual(of('threads'), [3, 'file']);
  assert.deepEqual(of('host'), ['127.0.0.1', 'default']);
  assert.ok(!JSON.stringify(rows).includes('hush'));
});
