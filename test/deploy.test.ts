/** What stands in deploy/ and around it, held to what the servers are. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { settings, variableOf } from '../lib/config.ts';
import { collectProcessMetrics, registry } from '../lib/metrics.ts';
import { ROOT, sourceFiles } from './support/tree.ts';

const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');

test('drawing only metrics that there are, with labels that they have', async () => {
  collectProcessMetrics();
  const own = sourceFiles().filter(({ path }) => /^(lib|actors|web)\//.test(path));
  const named = own.flatMap(({ text }) =>
    [...text.matchAll(/\b(?:counter|gauge|histogram)\(\s*'([a-z_]+)'/g)].map(([, name]) => `windhover_${name}`),
  );
  const ofProcess = (await registry.getMetricsAsJSON()).map(({ name }) => name);
  const known = new Set([...named, ...ofProcess]);
  const drawn = [...read('deploy/grafana.json').matchAll(/\bwindhover_[a-z0-9_]+/g)].map(([name]) => name);
  assert.ok(drawn.length > 10);
  const unknown = drawn.filter((name) => !known.has(name) && !known.has(name.replace(/_(bucket|sum|count)$/, '')));
  assert.deepEqual(unknown, []);
});

test('setting only what is a setting, in containers', () => {
  const known = new Set(settings().map(([key]) => variableOf(key)));
  for (const file of ['Dockerfile', 'compose.yaml', 'deploy/compose.servers.yaml'])
    for (const [name] of read(file).matchAll(/\b(?:WINDHOVER|REDIS|DATABASE)_[A-Z_]+\b/g))
      assert.ok(known.has(name), `${file} names ${name}`);
});

test('starting each server of the Procfile in a container of its own', () => {
  const { services } = parse(read('deploy/compose.servers.yaml'), { merge: true }) as {
    services: Record<string, { command: string[] }>;
  };
  const servers = read('Procfile')
    .split('\n')
    .flatMap((line) => /server (\w+)/.exec(line)?.[1] ?? []);
  assert.deepEqual(Object.keys(services).sort(), [...servers, 'postgres'].sort());
  for (const name of servers.filter((each) => each !== 'redis'))
    assert.deepEqual(services[name]!.command.slice(0, 2), ['server', name]);
});

test('copying only what there is into the image', () => {
  const copied = [...read('Dockerfile').matchAll(/^COPY (?!--)(.+) \S+$/gm)].flatMap(([, names]) => names!.split(' '));
  assert.ok(copied.length > 5);
  for (const name of copied) assert.ok(existsSync(join(ROOT, name)), name);
});
