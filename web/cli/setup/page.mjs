/** The page, built by Vite at the first start and whenever its sources are newer. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { giveUp, root, run, say } from './say.mjs';

/** 0 where there is no such folder. */
const newestIn = (folder) =>
  Math.max(
    0,
    ...(existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [])
      .filter((entry) => entry.name !== 'dist' && entry.name !== 'node_modules')
      .map((entry) =>
        entry.isDirectory() ? newestIn(join(folder, entry.name)) : statSync(join(folder, entry.name)).mtimeMs,
      ),
  );

export function buildPage() {
  const built = join(root, 'web', 'ui', 'dist', 'index.html');
  const sources = Math.max(
    newestIn(join(root, 'web', 'ui')),
    newestIn(join(root, 'web', 'api')),
    newestIn(join(root, 'lib', 'model')),
  );
  if (existsSync(built) && statSync(built).mtimeMs >= sources) return;
  say('building the page');
  if (
    !run(process.execPath, [join('node_modules', 'vite', 'bin', 'vite.js'), 'build', 'web/ui', '--logLevel', 'error'])
  )
    giveUp('the page could not be built (see above)');
}
