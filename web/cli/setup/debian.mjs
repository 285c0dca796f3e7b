/** Debian's packages: installed where that is allowed, else only unpacked into a folder of ours. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, say, which } from './say.mjs';

/** Tells Debian's packages not to start what they install. */
const POLICY = '/usr/sbin/policy-rc.d';

/** How commands may be run as root: as they are, by sudo without a password, or not at all. */
function asRoot() {
  if (process.getuid?.() === 0) return [];
  return which('sudo') && run('sudo', ['-n', 'true'], { quiet: true }) ? ['sudo', '-n'] : undefined;
}

/** Installs packages without starting a service. Returns whether that worked. */
export function install(packages) {
  const prefix = asRoot();
  if (!which('apt-get') || !prefix) return false;
  say(`installing from Debian: ${packages.join(' ')}`);
  const aptGet = (...args) => {
    const [program, ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', 'apt-get', ...args];
    return run(program, rest, { quiet: args[0] === 'update' });
  };
  const policy = prefix.length === 0 && !existsSync(POLICY);
  if (policy) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    const ask = ['install', '-y', '-qq', '--no-install-recommends', ...packages];
    aptGet('update', '-qq');
    return aptGet(...ask);
  } finally {
    if (policy) rmSync(POLICY, { force: true });
  }
}

/** Downloads packages and unpacks them into `folder`, without any right. Returns whether all came. */
export function unpack(packages, folder) {
  if (!which('apt-get') || !which('dpkg-deb')) return false;
  say(`it was not installed: unpacking Debian's ${packages[0]} into ${folder}`);
  const downloads = join(folder, 'downloads');
  for (const inner of ['downloads', 'lists/partial', 'cache/archives/partial'])
    mkdirSync(join(folder, inner), { recursive: true });
  const own = [
    '-o',
    `Dir::State::Lists=${join(folder, 'lists')}`,
    '-o',
    `Dir::Cache=${join(folder, 'cache')}`,
    '-o',
    'Debug::NoLocking=1',
  ];
  const download = () => run('apt-get', [...own, 'download', '-qq', ...packages], { cwd: downloads, quiet: true });
  const came =
    (run('apt-get', [...own, 'update', '-qq'], { quiet: true }) && download()) ||
    run('apt-get', ['download', '-qq', ...packages], { cwd: downloads });
  if (!came) return false;
  const archives = readdirSync(downloads).filter((name) => name.endsWith('.deb'));
  const unpacked = archives.every((name) => run('dpkg-deb', ['-x', join(downloads, name), folder]));
  for (const inner of ['downloads', 'lists', 'cache']) rmSync(join(folder, inner), { recursive: true, force: true });
  return unpacked;
}
