/** The packages of package-lock.json, without running anybody's install scripts. Nothing is done where they are there. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { giveUp, root, run, say } from './say.mjs';

export function bringPackages() {
  const wanted = createHash('sha1')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.windhover-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('bringing the packages from the npm registry');
  if (!run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']))
    giveUp('the packages could not be brought (npm ci failed, see above): is the npm registry reachable?');
  writeFileSync(stamp, wanted);
}
