/** Runs one of the project's TypeScript programs on a good Node: `node run.mjs test/bench/bench.ts …`. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onGoodNode } from './node.mjs';
import { bringPackages } from './packages.mjs';
import { bringRedis } from './redis.mjs';

await onGoodNode(import.meta.url);
bringPackages();
bringRedis();
const program = resolve(process.argv[2]);
process.argv.splice(1, 2, program);
await import(pathToFileURL(program).href);
