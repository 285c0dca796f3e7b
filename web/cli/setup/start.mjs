/**
 * `npm start`: brings what is missing, starts Windhover with everything embedded in one process, runs an example flow and
 * shows it. `-- --once` ends after it, with 0 for SUCCESS and 1 for anything else.
 */
import { onGoodNode } from './node.mjs';
import { bringPackages } from './packages.mjs';
import { buildPage } from './page.mjs';
import { bringRedis } from './redis.mjs';

await onGoodNode(import.meta.url);
bringPackages();
bringRedis();
buildPage();
process.argv = [process.argv[0], 'windhover', 'server', 'standalone', '--example', ...process.argv.slice(2)];
await import('../bin.mjs');
