/**
 * `npm test`: brings what is missing and runs the tests; arguments choose files. Its last line is `N passed, N failed`. In CI
 * (CI=true) nothing may be left out.
 */
import { spawn } from 'node:child_process';
import { bringChromium } from './chromium.mjs';
import { onGoodNode } from './node.mjs';
import { bringPackages } from './packages.mjs';
import { buildPage } from './page.mjs';
import { bringPostgres } from './postgres.mjs';
import { bringRedis } from './redis.mjs';
import { root, say } from './say.mjs';

/** Test files at once: each starts servers and a Redis of its own. */
const FILES_AT_ONCE = 2;
const FILE_TIMEOUT_MS = 10 * 60_000;

await onGoodNode(import.meta.url);
let counts = '0 passed, 1 failed';
// The last line, whatever happens: set-up may give up.
process.on('exit', () => console.log(counts));
const { globSync } = await import('node:fs'); // Node 20 does not have it
bringPackages();
bringRedis();
bringChromium();
bringPostgres();
buildPage();

const files = process.argv.length > 2 ? process.argv.slice(2) : globSync('test/**/*.test.ts', { cwd: root }).sort();
const reporter = ['--test-reporter=spec', '--test-reporter-destination=stdout'];
const args = [
  '--test',
  `--test-concurrency=${FILES_AT_ONCE}`,
  `--test-timeout=${FILE_TIMEOUT_MS}`,
  ...reporter,
  ...files,
];
const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
let tail = '';
child.stdout.on('data', (chunk) => {
  process.stdout.write(chunk);
  tail = (tail + chunk).slice(-20_000);
});
const code = await new Promise((resolve) => child.on('close', resolve));
const counted = (name) => Number([...tail.matchAll(new RegExp(`^ℹ ${name} (\\d+)`, 'gm'))].at(-1)?.[1] ?? 0);
const [passed, skipped] = [counted('pass'), counted('skipped')];
let failed = counted('fail') + counted('cancelled');
if (code !== 0 && failed === 0) failed = 1;
if (skipped > 0) say(`${skipped} tests were left out (see "SKIP" above)`);
if (process.env.CI && skipped > 0) failed += skipped;
counts = `${passed} passed, ${failed} failed`;
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
