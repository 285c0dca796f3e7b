/**
 * A redis-server: from PATH; else installed from Debian where that is allowed; else unpacked into `.windhover/redis`.
 * Its service is not started: Windhover runs one of its own.
 */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { install, unpack } from './debian.mjs';
import { brought, giveUp, run, which } from './say.mjs';

/** Debian 12's redis-server and the libraries that a slim system lacks. */
const PACKAGES = [
  'redis-server',
  'redis-tools',
  'libjemalloc2',
  'liblua5.1-0',
  'liblzf1',
  'lua-bitop',
  'lua-cjson',
  'libatomic1',
  'libsystemd0',
];

const programs = join(brought, 'bin');

/** Puts what set-up brought on PATH. */
export function useBrought() {
  process.env.PATH = `${programs}${delimiter}${process.env.PATH}`;
}

export function bringRedis() {
  useBrought();
  if (process.env.REDIS_URL || which('redis-server')) return;
  if (install(['redis-server']) && which('redis-server')) return;
  if (unpack(PACKAGES, join(brought, 'redis')) && writeProgram()) return;
  giveUp(
    'no redis-server (7.0 or newer) was found, and none could be installed. Install it ' +
      '(Debian: apt-get install redis-server; macOS: brew install redis), or set REDIS_URL to one that runs; then try again.',
  );
}

/** The unpacked server finds its libraries beside it. Returns whether it runs. */
function writeProgram() {
  const folder = join(brought, 'redis', 'usr');
  const program = join(programs, 'redis-server');
  const libraries = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].flatMap((arch) => [
    join(folder, 'lib', arch),
    join(brought, 'redis', 'lib', arch),
  ]);
  mkdirSync(programs, { recursive: true });
  writeFileSync(
    program,
    `#!/bin/sh\nLD_LIBRARY_PATH="${libraries.filter(existsSync).join(':')}" exec "${join(folder, 'bin', 'redis-server')}" "$@"\n`,
  );
  chmodSync(program, 0o755);
  return run(program, ['--version']);
}
