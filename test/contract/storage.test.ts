/** The storage contract, held against the folder adapter. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { openLocalStorage } from '../../lib/storage/local.ts';
import { holdsStorageContract } from './storage.ts';

const folders: string[] = [];
const fresh = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'windhover-storage-'));
  folders.push(folder);
  return folder;
};
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

holdsStorageContract('a folder', async () => openLocalStorage({ folder: join(await fresh(), 'made') }));

it('standing under the tenant on disk, and leaving no empty folder behind', async () => {
  const folder = await fresh();
  const storage = openLocalStorage({ folder });
  await storage.put('main', 'kestra:///a/b/c', Buffer.from('x'));
  assert.deepEqual(await readdir(join(folder, 'main', 'a', 'b')), ['c']);
  await storage.remove('main', 'kestra:///a/b/c');
  assert.deepEqual(await readdir(folder), []);
});
