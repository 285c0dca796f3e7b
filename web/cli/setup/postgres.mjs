/** Debian's Postgres, for tests: its programs stand outside of PATH; its service is not started. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { install } from './debian.mjs';
import { giveUp, say, which } from './say.mjs';

const VERSIONS = '/usr/lib/postgresql';

/** The folder with `initdb` and `postgres`, if there is one: from PATH, or the newest of Debian's. */
export function postgresPrograms() {
  const found = which('initdb');
  if (found && which('postgres')) return dirname(found);
  if (!existsSync(VERSIONS)) return undefined;
  const folders = readdirSync(VERSIONS)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(VERSIONS, version, 'bin'));
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

/** In CI it has to be there; elsewhere its tests are left out. */
export function bringPostgres() {
  if (postgresPrograms() !== undefined) return;
  if (install(['postgresql']) && postgresPrograms() !== undefined) return;
  if (process.env.CI) giveUp('no Postgres was found, and none could be installed (Debian: apt-get install postgresql)');
  say('no Postgres was found, and none could be installed: its tests are left out');
}
