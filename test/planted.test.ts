/** What the run under faults rests on: its failpoints are in no production start, and each planted bug still fits the tree. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SITES } from './faults/build/sites.ts';
import { JUDGES } from './faults/oracle/judges.ts';
import { planted, plantedAll } from './faults/planted.ts';
import { ROOT } from './support/tree.ts';

test('starting in production with nothing that a failpoint could be given by', () => {
  const rooms = ['lib', 'actors', 'web/server', 'web/cli', 'web/api', 'plugins'];
  const files = rooms.flatMap((room) =>
    readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(?:ts|mjs|lua)$/.test(file) && !file.includes('node_modules'))
      .map((file) => join(ROOT, room, file)),
  );
  assert.ok(files.length > 200, `expected the tree's files, got ${files.length}`);
  const sites = SITES.map((site) => `'${site}'`);
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    assert.doesNotMatch(text, /failpoint|test\/faults/i, file);
    assert.deepEqual(
      sites.filter((site) => text.includes(site)),
      [],
      file,
    );
  }
});

for (const { name, without, breaks } of plantedAll())
  test(`planting a bug: without ${without}`, async () => {
    for (const invariant of breaks) assert.ok(invariant in JUDGES, `expected an invariant, got ${invariant}`);
    rmSync(await planted(name), { recursive: true });
  });
