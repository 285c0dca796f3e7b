/** `npm run dev`: the Procfile's processes, with their output, restarts on change and after a death. */
import { onGoodNode } from './node.mjs';
import { bringPackages } from './packages.mjs';
import { buildPage } from './page.mjs';
import { bringRedis } from './redis.mjs';

await onGoodNode(import.meta.url);
bringPackages();
bringRedis();
buildPage();
process.argv = [process.argv[0], 'windhover', 'dev', ...process.argv.slice(2)];
await import('../bin.mjs');
