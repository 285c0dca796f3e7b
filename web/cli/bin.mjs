#!/usr/bin/env node
/**
 * `windhover`: puts what set-up brought on PATH, goes on with a good Node if this one is too old, and loads the command line.
 * Plain JavaScript that Node 18 runs.
 */
import { existsSync } from 'node:fs';
import module from 'node:module';
import { delimiter, join } from 'node:path';
import { onGoodNode } from './setup/node.mjs';
import { brought } from './setup/say.mjs';

const programs = join(brought, 'bin');
const path = process.env.PATH ?? '';
if (existsSync(programs) && !path.split(delimiter).includes(programs)) process.env.PATH = programs + delimiter + path;
await onGoodNode(import.meta.url);
// Types are stripped once, not at each start.
module.enableCompileCache?.();
const { main } = await import('./main.ts');
await main(process.argv.slice(2));
