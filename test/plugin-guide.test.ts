/** docs/plugins.md, followed to the letter: its files are written, its commands run, in a folder with Windhover's packages. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { PROGRAM } from './support/server.ts';
import { ROOT } from './support/tree.ts';

const FENCE = /^```(\w+)\n([\s\S]*?)^```$/gm;
const NAMED = /^(?:\/\/|#) (my-plugin\/\S+)\n/;

test('following the guide for authors of plugins', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'windhover-guide-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  // What npx finds in the folder of Windhover.
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/npx'), `#!/bin/sh\nshift\nexec ${process.execPath} ${PROGRAM} "$@"\n`, {
    mode: 0o755,
  });
  const env: Record<string, string> = { PATH: `${join(folder, 'bin')}:${process.env.PATH}`, HOME: folder };
  let commands = 0;
  for (const [, language, text] of readFileSync(join(ROOT, 'docs/plugins.md'), 'utf8').matchAll(FENCE)) {
    if (language === 'sh') {
      for (const line of text!.trim().split('\n')) {
        commands++;
        const setting = /^export (\w+)=(\S+)$/.exec(line);
        if (setting) {
          env[setting[1]!] = setting[2]!;
          continue;
        }
        const { status, stdout, stderr } = spawnSync('sh', ['-c', line], { cwd: folder, env, encoding: 'utf8' });
        assert.equal(status, 0, `${line}\n${stdout}\n${stderr}`);
      }
    } else {
      const name = NAMED.exec(text!)?.[1];
      assert.ok(name, `a block names no file: ${text}`);
      writeFileSync(join(folder, name), text!.replace(NAMED, ''));
    }
  }
  assert.ok(commands >= 8);
  assert.match(
    readFileSync(join(folder, 'my-plugin/doc/com.example.myplugin.Count.md'), 'utf8'),
    /`from`: required; The address/,
  );
  assert.ok(existsSync(join(folder, 'my-plugin/doc/index.md')));
  const tests = execFileSync(process.execPath, [PROGRAM, 'flow', 'test', 'my-plugin'], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  assert.match(tests, /✔ count \/ three-lines[\s\S]*✔ my-plugin \/ says-hello[\s\S]*2 tests, 0 failed/);
});
