/**
 * Everything that an installation keeps, as text: keys of Redis with their values, rows of the repository, files. Left out is
 * what changes by itself: leases, heartbeats, sessions, tokens (their last use), and how far readers are.
 */
import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { eventually } from './eventually.ts';

const CHANGES_BY_ITSELF =
  /:owner$|:members\b|:cursors\b|:readers$|:vault:(session\/|token\/|indexer\.lead)|:stalled-check$/;
/** Longer than anything waits that goes by itself: documents of what has ended, lines that were copied. */
const ALIKE_MS = 2_500;
const LOOK_MS = 100;

export async function dumpOf(data: string): Promise<readonly string[]> {
  return [...(await keysOf(join(data, 'redis.sock'))), ...rowsOf(join(data, 'windhover.db')), ...filesOf(data)];
}

/** Once nothing changes any more and no execution is left in Redis: what was done before may still be on its way. */
export function settledDumpOf(data: string): Promise<readonly string[]> {
  let [before, sinceMs] = ['', 0];
  return eventually(async () => {
    const dump = await dumpOf(data);
    const text = dump.join('\n');
    if (text !== before) [before, sinceMs] = [text, performance.now()];
    await sleep(LOOK_MS);
    const isOnItsWay = dump.some((line) => /^redis \S+\{x:\d+\}:d:/.test(line));
    return !isOnItsWay && performance.now() - sinceMs > ALIKE_MS && dump;
  });
}

async function keysOf(socket: string): Promise<string[]> {
  const redis = new Redis(socket);
  try {
    const keys = (await redis.keys('*')).filter((key) => !CHANGES_BY_ITSELF.test(key)).sort();
    return await Promise.all(keys.map(async (key) => `redis ${key} ${hash((await redis.dumpBuffer(key)) ?? '')}`));
  } finally {
    redis.disconnect();
  }
}

function rowsOf(file: string): string[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const tables = database.prepare("select name from sqlite_master where type = 'table' and name <> 'cursors'").all();
    return tables.flatMap(({ name }) =>
      database
        .prepare(`select * from ${name}`)
        .all()
        .map((row) => `row ${name} ${JSON.stringify(row)}`)
        .sort(),
    );
  } finally {
    database.close();
  }
}

const filesOf = (data: string): string[] =>
  globSync('**/*', { cwd: data, exclude: (path) => /^redis|^windhover\.db|\.sock$/.test(path) })
    .filter((path) => statSync(join(data, path)).isFile())
    .sort()
    .map((path) => `file ${path} ${hash(readFileSync(join(data, path)))}`);

const hash = (content: string | Buffer): string => createHash('sha1').update(content).digest('hex');
