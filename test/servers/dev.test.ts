/** `windhover dev` in a copy of the tree: six processes, restarted when their code changes, back when they die, ended together. */
import assert from 'node:assert/strict';
import { appendFileSync, cpSync, existsSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseProcfile, prefixOf } from '../../web/cli/server/procfile.ts';
import { startDev } from '../support/dev.ts';
import { windhover } from '../support/server.ts';
import { ROOT } from '../support/tree.ts';

const NAMES = ['redis', 'executor', 'worker', 'scheduler', 'indexer', 'webserver'];
const READY_MS = 60_000;
const COPIED = ['lib', 'actors', 'web', 'plugins', 'test/flows', 'Procfile', 'package.json'];

test('giving each process a prefix in a colour of its own', () => {
  const lines = parseProcfile('# six of them\nredis: node a.mjs server redis\n\nworker: node a.mjs  server worker\n');
  assert.deepEqual(lines, [
    { name: 'redis', program: 'node', args: ['a.mjs', 'server', 'redis'] },
    { name: 'worker', program: 'node', args: ['a.mjs', 'server', 'worker'] },
  ]);
  const prefixes = lines.map(({ name }, order) => prefixOf(name, { order, width: 6, coloured: true }));
  assert.deepEqual(prefixes, ['\u001b[31mredis  |\u001b[0m', '\u001b[36mworker |\u001b[0m']);
  assert.equal(prefixOf('redis', { order: 0, width: 6, coloured: false }), 'redis  |');
});

test('running the Procfile: what changes restarts, what dies comes back, Ctrl-C ends all', async (t) => {
  const tree = aCopy();
  const env = { WINDHOVER_DATA: join(tree, 'data'), WINDHOVER_PASSWORD: 'correct-horse' };
  const dev = startDev(t, { env, program: join(tree, 'web/cli/bin.mjs'), folder: tree, readyMs: READY_MS });
  const { printed, ended, said } = dev;
  const pidOf = (name: string): number =>
    Number(printed.map((line) => new RegExp(`^${name} +\\| starts, pid (\\d+)$`).exec(line)?.[1]).findLast(Boolean));
  const pids = () => Object.fromEntries(NAMES.map((name) => [name, pidOf(name)]));

  await said(/^All 6 run\./);
  await said(/^ +an example +npx windhover run test\/flows\/csv-sums\.yaml --follow$/);
  await said(/^webserver \| +sign in by +http:\S+/);
  for (const name of NAMES)
    await said(new RegExp(`^${name} +\\| is ready, ${name === 'redis' ? '/' : 'http:.*:\\d+/health'}`));
  const first = pids();
  assert.deepEqual(Object.values(first).filter(isAlive), Object.values(first));
  const example = await windhover(['run', join(tree, 'test/flows/hello.yaml'), '--follow'], env);
  assert.equal(example.code, 0, example.err);

  let from = printed.length;
  appendFileSync(join(tree, 'actors/indexer/indexer.ts'), '\n');
  await said(/^actors\/indexer\/indexer\.ts changed: restarting indexer$/, from);
  await said(/^indexer +\| is ready/, from);
  assert.deepEqual(
    NAMES.filter((name) => pids()[name] !== first[name]),
    ['indexer'],
  );

  from = printed.length;
  process.kill(first.scheduler!, 'SIGKILL');
  await said(/^scheduler +\| ended \(SIGKILL\); starts again in 0\.2 s$/, from);
  await said(/^scheduler +\| is ready/, from);

  const last = Object.values(pids());
  dev.kill('SIGINT');
  assert.deepEqual(await ended, [0, null]);
  assert.deepEqual(last.filter(isAlive), []);
  assert.ok(!existsSync(join(tree, 'data/redis.sock')));
  assert.deepEqual(
    printed.filter((line) => line.includes('"level":')),
    [],
  );
});

function aCopy(): string {
  const tree = mkdtempSync(join(tmpdir(), 'windhover-tree-'));
  for (const path of COPIED) cpSync(join(ROOT, path), join(tree, path), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
  return tree;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
