/**
 * The data folder (`.windhover/`): one lock, one format. A second start names the holder; an older folder is migrated after
 * a copy; a newer one is refused. What stands in it: redis/ (AOF), windhover.db, storage/, work/, token, encryption key.
 */

import { hash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Fault, isFault, textOf } from './errors.ts';

/** A Unix socket's path may hold 108 bytes, the end included, and some systems allow a little less. */
const SOCKET_PATH_BYTES_MAX = 100;
const LOCK_TRIES = 5;

/** Step n brings a folder from format n to n + 1. */
export type Migration = (folder: string) => void;
export const MIGRATIONS: readonly Migration[] = [];

export interface DataFolder {
  readonly path: string;
  readonly database: string;
  readonly storage: string;
  readonly work: string;
  readonly redis: string;
  readonly socket: string;
  readonly token: string;
  /** The key that secrets are encrypted with, where the configuration names none. */
  readonly encryptionKey: string;
  /** One line: where the running webserver listens, such as `http://127.0.0.1:8080`. The webserver writes it. */
  readonly address: string;
}

/**
 * Where everything stands in `folder`; makes the folder (mode 0700) if it is not there. Takes no lock. Throws `data.newer`,
 * `data.locked`, `config.invalid`.
 */
export function openDataFolder(folder: string, migrations: readonly Migration[] = MIGRATIONS): DataFolder {
  const path = resolve(folder);
  try {
    return opened(path, migrations);
  } catch (error) {
    if (isFault(error) || (error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new Fault(
      'config.invalid',
      `data (WINDHOVER_DATA): expected a folder that can be made and written, got ${path} (${textOf(error)})`,
      { cause: error },
    );
  }
}

function opened(path: string, migrations: readonly Migration[]): DataFolder {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  bringToFormat(path, migrations);
  const data = {
    path,
    database: join(path, 'windhover.db'),
    storage: join(path, 'storage'),
    work: join(path, 'work'),
    redis: join(path, 'redis-data'),
    socket: socketIn(path),
    token: tokenFile(path),
    encryptionKey: join(path, 'encryption.key'),
    address: addressFile(path),
  };
  for (const inner of [data.storage, data.work, data.redis]) mkdirSync(inner, { recursive: true, mode: 0o700 });
  // SQLite gives the files beside it the same mode. The folder itself may be open, where somebody else has made it.
  writeFileSync(data.database, '', { flag: 'a', mode: 0o600 });
  return data;
}

/** What the local command line reads, whether the folder is there or not. */
export const tokenFile = (folder: string): string => join(resolve(folder), 'token');
export const addressFile = (folder: string): string => join(resolve(folder), 'address');

function socketIn(path: string): string {
  const socket = join(path, 'redis.sock');
  if (Buffer.byteLength(socket) <= SOCKET_PATH_BYTES_MAX) return socket;
  const folder = join(tmpdir(), `windhover-${hash('sha1', path).slice(0, 12)}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Everybody may write there: a folder that somebody else has put in our way would give him our Redis.
  const { uid, mode } = lstatSync(folder);
  if (uid !== (process.getuid?.() ?? uid) || (mode & 0o077) !== 0)
    throw new Fault('config.invalid', `expected ${folder} to be ours alone, got one that others may write`);
  return join(folder, 'redis.sock');
}

function bringToFormat(path: string, migrations: readonly Migration[]): void {
  const file = join(path, 'format');
  const present = migrations.length + 1;
  if (!existsSync(file)) return writeWhole(file, String(present));
  if (readFormat(path, present) === present) return;
  // Whoever runs on the folder still writes the old format: nothing is migrated under its feet.
  const unlock = lockFolder(path, 'a migration of the data folder');
  try {
    const found = readFormat(path, present);
    if (found === present) return;
    copyWhole(path, `${path}.format-${found}`);
    for (const migrate of migrations.slice(found - 1)) migrate(path);
    writeWhole(file, String(present));
  } finally {
    unlock();
  }
}

function readFormat(path: string, present: number): number {
  const text = readFileSync(join(path, 'format'), 'utf8').trim();
  const found = Number(text);
  if (Number.isInteger(found) && found >= 1 && found <= present) return found;
  throw new Fault('data.newer', `${path}: expected format ${present} or older, got ${text}`);
}

/** Never over a copy that is there: what an interrupted migration has left is not what the first copy holds. */
function copyWhole(path: string, to: string): void {
  if (existsSync(to)) return;
  rmSync(`${to}.part`, { recursive: true, force: true });
  const left = new Set([join(path, 'lock'), join(path, 'redis.sock')]);
  cpSync(path, `${to}.part`, { recursive: true, filter: (source) => !left.has(source) });
  renameSync(`${to}.part`, to);
}

/** Written beside, then renamed: a reader sees the old content or the new. Each process has a name of its own for what is half written. */
export function writeWhole(file: string, content: string, mode = 0o600): void {
  const part = `${file}.${process.pid}.part`;
  writeFileSync(part, content, { mode });
  chmodSync(part, mode);
  renameSync(part, file);
}

/** Takes the lock of the data folder, or throws `data.locked` naming who holds it. Returns what gives it back. */
export const lockDataFolder = (data: DataFolder, holder: string): (() => void) => lockFolder(data.path, holder);

/** The same for any folder. */
export function lockFolder(path: string, holder: string): () => void {
  const file = join(path, 'lock');
  const mine = JSON.stringify({ pid: process.pid, started: startOf(process.pid), host: hostname(), holder });
  writeFileSync(`${file}.${process.pid}`, mine, { mode: 0o600 });
  try {
    for (let tries = 0; tries < LOCK_TRIES; tries++) {
      try {
        linkSync(`${file}.${process.pid}`, file);
        return () => rmSync(file, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        refuseIfAlive(path, file);
      }
    }
  } finally {
    rmSync(`${file}.${process.pid}`, { force: true });
  }
  throw new Fault('data.locked', `${path}: expected to take its lock, got ${LOCK_TRIES} others that were faster`);
}

function refuseIfAlive(path: string, file: string): void {
  const seen = readLock(file);
  if (seen === undefined) return;
  const held = holderIn(seen);
  const elsewhere = held !== undefined && held.host !== hostname();
  if (held && elsewhere)
    throw new Fault(
      'data.locked',
      `${path}: ${held.holder} holds it (pid ${held.pid} on ${held.host}); stop it, set WINDHOVER_DATA to another folder, or, if that machine is gone, remove ${file}`,
    );
  if (held && isAlive(held.pid) && startOf(held.pid) === held.started)
    throw new Fault(
      'data.locked',
      `${path}: ${held.holder} holds it (pid ${held.pid}); stop it, or set WINDHOVER_DATA to another folder`,
    );
  takeAway(file, seen);
}

/** By renaming: of two that find a dead holder's lock one takes it away, and not the other's new one. */
function takeAway(file: string, seen: string): void {
  const away = `${file}.${process.pid}.dead`;
  try {
    renameSync(file, away);
    if (readFileSync(away, 'utf8') !== seen) linkSync(away, file);
  } catch {
    // Somebody else was faster: the next try sees what there is.
  }
  rmSync(away, { force: true });
}

function readLock(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // It went away between the two looks: try again.
  }
}

/** Undefined: torn by a power loss, so its holder is gone. */
function holderIn(
  text: string,
): { readonly pid: number; readonly started: string; readonly host: string; readonly holder: string } | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Tells a process from a later one with the same number; empty where the system does not say. */
function startOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
