/** The data folder, as several processes open it at the same moment. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { openDataFolder } from '../lib/data-folder.ts';

const PROCESSES = 4;
const FOLDERS = 60;
const OPENS = `
  import { openDataFolder } from '${new URL('../lib/data-folder.ts', import.meta.url).href}';
  for (let n = 0; n < ${FOLDERS}; n++) openDataFolder(process.argv[1] + '/' + n);
`;

test('opening new folders by several processes at once', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'windhover-folders-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const ends = await Promise.all(
    Array.from({ length: PROCESSES }, async () => {
      const args = ['--input-type=module', '-e', OPENS, folder];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
      const [said] = await Promise.all([text(child.stderr), once(child, 'exit')]);
      return said;
    }),
  );
  assert.deepEqual(
    ends,
    ends.map(() => ''),
  );
  assert.deepEqual(
    readdirSync(join(folder, '0')).filter((name) => name.endsWith('.part')),
    [],
  );
});

test('refusing a folder that cannot be made, as a setting that is wrong', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'windhover-folders-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'file');
  writeFileSync(file, '');
  for (const path of [file, join(file, 'below')])
    assert.throws(() => openDataFolder(path), {
      code: 'config.invalid',
      message: /data \(WINDHOVER_DATA\): expected a folder that can be made and written, got \/.*file/,
    });
});
