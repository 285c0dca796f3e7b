/** The data folder, as several processes open it at the same moment. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';

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
