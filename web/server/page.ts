/** The page: files that Vite has built, below /ui/. Any other address there is the app's own, and gets its index. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Context, Middleware } from 'koa';
import { Fault } from '../../lib/errors.ts';

const BUILT = fileURLToPath(new URL('../ui/dist/', import.meta.url));
const ROOT = '/ui';
/** Their names hold a hash of what is in them. */
const ASSETS = '/assets/';
const YEAR_S = 365 * 24 * 60 * 60;
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
};

export function page(folder = BUILT): Middleware {
  return async (context, next) => {
    if (context.path === '/' || context.path === ROOT) return context.redirect(`${ROOT}/${context.search}`);
    if (!context.path.startsWith(`${ROOT}/`)) return next();
    if (context.method !== 'GET' && context.method !== 'HEAD') {
      context.set('allow', 'GET, HEAD');
      throw new Fault('request.method', `expected GET, got ${context.method}`);
    }
    return send(context, folder, context.path.slice(ROOT.length));
  };
}

const PACKED = new Set(['.html', '.js', '.css', '.svg', '.json']);
/** A build has some twenty files; a page that is built anew while the server runs has others. */
const PACKED_MAX = 200;
const packedFiles = new Map<string, Promise<Buffer>>();

/** Compressed once, and kept. */
function packed(file: string, atMs: number): Promise<Buffer> {
  const key = `${file} ${atMs}`;
  const found = packedFiles.get(key) ?? readFile(file).then((content) => promisify(gzip)(content));
  if (packedFiles.size >= PACKED_MAX) packedFiles.clear();
  packedFiles.set(key, found);
  found.catch(() => packedFiles.delete(key));
  return found;
}

async function send(context: Context, folder: string, path: string): Promise<void> {
  const found = fileOf(folder, path);
  const file = found ?? join(folder, 'index.html');
  if (!existsSync(file))
    throw new Fault('request.unknown', 'expected the page to be built (npm run build:ui), got nothing');
  // An asset that is not there is an old page's: it must not get a page instead.
  if (!found && path.startsWith(ASSETS)) throw new Fault('request.unknown', `expected a file of the page, got ${path}`);
  context.type = TYPES[extname(file)] ?? 'application/octet-stream';
  context.set('cache-control', path.startsWith(ASSETS) ? `public, max-age=${YEAR_S}, immutable` : 'no-cache');
  const { size, mtimeMs } = statSync(file);
  if (PACKED.has(extname(file)) && context.acceptsEncodings('gzip', 'identity') === 'gzip') {
    context.set('content-encoding', 'gzip');
    context.vary('accept-encoding');
    context.body = await packed(file, mtimeMs);
    return;
  }
  context.length = size;
  context.body = createReadStream(file);
}

function fileOf(folder: string, path: string): string | undefined {
  let name: string;
  try {
    name = normalize(decodeURIComponent(path));
  } catch {
    return undefined; // No name of ours is spelled so.
  }
  const file = join(folder, name);
  if (name.includes('\0') || !file.startsWith(folder)) return undefined;
  return existsSync(file) && statSync(file).isFile() ? file : undefined;
}
