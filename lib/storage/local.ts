/**
 * The internal storage on a folder of this machine: `<folder>/<tenant>/<path of the URI>`. A file appears whole (temporary
 * file beside it, fsync, rename, fsync of its folder) or not at all. A URI that leaves its tenant is refused.
 */
import { randomUUID } from 'node:crypto';
import { createReadStream, type Dirent } from 'node:fs';
import { mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Fault, textOf } from '../errors.ts';
import { SCHEME, type Storage } from './storage.ts';

const PATH_BYTES_MAX = 1_024;
const PART_BYTES_MAX = 200;
/** Names that are being written: never listed, never readable. */
const TEMPORARY = '.part-';
const TENANT = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** `folder` is made when it is not there. */
export function openLocalStorage({ folder }: { readonly folder: string }): Storage {
  const root = resolve(folder);
  const at = (tenant: string, uri: string): string => placeOf(root, tenant, uri);
  return {
    put: (tenant, uri, content) => guarded(uri, () => put(at(tenant, uri), content)),
    get: (tenant, uri, range) => guarded(uri, () => get(at(tenant, uri), uri, range)),
    size: (tenant, uri) => guarded(uri, () => sizeOf(at(tenant, uri), uri)),
    exists: (tenant, uri) => guarded(uri, async () => (await fileSize(at(tenant, uri))) !== undefined),
    remove: (tenant, uri) => guarded(uri, () => remove(root, at(tenant, uri))),
    removeAll: (tenant, prefix) => guarded(prefix, () => removeAll(root, at(tenant, folderOf(prefix)))),
    list: (tenant, prefix) => guarded(prefix, () => list(at(tenant, folderOf(prefix)), prefix)),
  };
}

/** Where a URI stands on disk. Judged as text first, so that no spelling of a way out reaches the file system. */
function placeOf(root: string, tenant: string, uri: string): string {
  if (!TENANT.test(tenant))
    throw refused(uri, `expected a tenant of small letters and digits, got '${tenant.slice(0, 80)}'`);
  if (!uri.startsWith(`${SCHEME}/`)) throw refused(uri, `expected an address that begins with '${SCHEME}/'`);
  const path = uri.slice(SCHEME.length + 1);
  if (Buffer.byteLength(path) > PATH_BYTES_MAX)
    throw refused(uri.slice(0, 80), `expected at most ${PATH_BYTES_MAX} bytes`);
  const parts = path.split('/');
  const wrong = parts.find((part) => !allowed(part));
  if (wrong !== undefined) throw refused(uri, `expected names without way out, got '${wrong.slice(0, 80)}'`);
  const place = join(root, tenant, ...parts);
  if (!place.startsWith(join(root, tenant) + sep)) throw refused(uri, 'expected a place inside the tenant');
  return place;
}

function allowed(part: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
  if (part === '' || part === '.' || part === '..' || /[\\\u0000-\u001f\u007f]/.test(part)) return false;
  return !part.startsWith(TEMPORARY) && Buffer.byteLength(part) <= PART_BYTES_MAX;
}

function folderOf(prefix: string): string {
  if (!prefix.endsWith('/')) throw refused(prefix, "expected a prefix that ends in '/'");
  return prefix.slice(0, -1);
}

const refused = (uri: string, detail: string): Fault =>
  new Fault('storage.refused', `${detail} (${JSON.stringify(uri)})`);
const unknown = (uri: string): Fault => new Fault('storage.unknown', uri);

/** What the file system says becomes a Fault; also what is thrown before the first await. */
async function guarded<T>(uri: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Fault || !(error instanceof Error) || !('syscall' in error)) throw error;
    throw new Fault('storage.unavailable', `${textOf(error)} (${uri})`, { cause: error });
  }
}

async function put(place: string, content: Readable | Uint8Array): Promise<number> {
  const folder = dirname(place);
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `${TEMPORARY}${randomUUID()}`);
  try {
    const bytes = await write(temporary, content);
    await rename(temporary, place);
    await syncFolder(folder);
    return bytes;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function write(temporary: string, content: Readable | Uint8Array): Promise<number> {
  const file = await open(temporary, 'wx');
  try {
    const out = file.createWriteStream({ autoClose: false, flush: true });
    await pipeline(content instanceof Uint8Array ? Readable.from([content]) : content, out);
    await file.sync();
    out.destroy(); // It does not close the file, but holds it: closing would wait for it for ever.
    return out.bytesWritten;
  } finally {
    await file.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function fileSize(place: string): Promise<number | undefined> {
  try {
    const found = await stat(place);
    return found.isFile() ? found.size : undefined;
  } catch (error) {
    if (absent(error)) return undefined;
    throw error;
  }
}

async function sizeOf(place: string, uri: string): Promise<number> {
  const size = await fileSize(place);
  if (size === undefined) throw unknown(uri);
  return size;
}

async function get(
  place: string,
  uri: string,
  range?: { readonly start: number; readonly end?: number },
): Promise<Readable> {
  const size = await sizeOf(place, uri);
  if (!range) return createReadStream(place);
  const { start, end = size - 1 } = range;
  if (!Number.isSafeInteger(start) || start < 0 || end < start - 1)
    throw refused(uri, `expected a range in ${size} bytes, got ${start}-${end}`);
  if (start >= size || end < start) return Readable.from([]);
  return createReadStream(place, { start, end: Math.min(end, size - 1) });
}

async function remove(root: string, place: string): Promise<boolean> {
  if ((await fileSize(place)) === undefined) return false;
  await rm(place, { force: true });
  await prune(root, dirname(place));
  return true;
}

/** Folders that a removal left empty go too, up to the root. */
async function prune(root: string, folder: string): Promise<void> {
  for (let at = folder; at !== root && at.startsWith(root + sep); at = dirname(at)) {
    try {
      await rmdir(at);
    } catch {
      return;
    }
  }
}

async function removeAll(root: string, folder: string): Promise<number> {
  const files = await filesIn(folder);
  await rm(folder, { recursive: true, force: true });
  await prune(root, dirname(folder));
  return files.length;
}

async function list(folder: string, prefix: string): Promise<readonly string[]> {
  const files = await filesIn(folder);
  return files.map((file) => prefix + file.slice(folder.length + 1).replaceAll(sep, '/')).sort();
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const found = await entriesOf(folder);
  return found
    .filter((entry) => entry.isFile() && !entry.name.startsWith(TEMPORARY))
    .map((entry) => join(entry.parentPath, entry.name));
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    if (absent(error)) return [];
    throw error;
  }
}

const absent = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
