/** What every adapter of the internal storage must do. */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { isFault } from '../../lib/errors.ts';
import { executionPrefix, type Storage } from '../../lib/storage/storage.ts';

const PREFIX = executionPrefix({ namespace: 'company.team', id: 'report' }, 'e1');
const OTHER = executionPrefix({ namespace: 'company.team', id: 'report' }, 'e10');

/** Spellings of a way out of the tenant, and names that a file system cannot hold. */
const REFUSED = [
  'kestra:///../other/file',
  'kestra:///a/../../other/file',
  'kestra:///a/./b',
  'kestra:///a//b',
  'kestra:///',
  'kestra:////etc/passwd',
  'kestra://host/file',
  'file:///etc/passwd',
  '/etc/passwd',
  'kestra:///a\\..\\b',
  'kestra:///a\u0000b',
  'kestra:///a\nb',
  `kestra:///${'x'.repeat(300)}`,
  `kestra:///${'x/'.repeat(900)}x`,
];

export function holdsStorageContract(name: string, open: () => Promise<Storage>): void {
  describe(`keeping files in ${name}`, () => {
    it('gives back what was put, from bytes and from a stream', async () => {
      const storage = await open();
      assert.equal(await storage.put('main', `${PREFIX}a.txt`, Buffer.from('hällo')), 6);
      assert.equal(
        await storage.put('main', `${PREFIX}deep/er/b.txt`, Readable.from([Buffer.from('one,'), Buffer.from('two')])),
        7,
      );
      assert.equal(await read(storage, `${PREFIX}a.txt`), 'hällo');
      assert.equal(await read(storage, `${PREFIX}deep/er/b.txt`), 'one,two');
      assert.equal(await storage.size('main', `${PREFIX}a.txt`), 6);
    });

    it('keeps an empty file', async () => {
      const storage = await open();
      assert.equal(await storage.put('main', `${PREFIX}empty`, new Uint8Array()), 0);
      assert.equal(await storage.exists('main', `${PREFIX}empty`), true);
      assert.equal(await read(storage, `${PREFIX}empty`), '');
    });

    it('replaces a file as a whole', async () => {
      const storage = await open();
      await storage.put('main', `${PREFIX}a`, Buffer.from('a long first content'));
      await storage.put('main', `${PREFIX}a`, Buffer.from('short'));
      assert.equal(await read(storage, `${PREFIX}a`), 'short');
    });

    it('shows nothing of a file whose source broke, and keeps the one before', async () => {
      const storage = await open();
      const broken = () => Readable.from(breaking());
      await assert.rejects(storage.put('main', `${PREFIX}new`, broken()), /source broke/);
      assert.equal(await storage.exists('main', `${PREFIX}new`), false);
      await storage.put('main', `${PREFIX}old`, Buffer.from('before'));
      await assert.rejects(storage.put('main', `${PREFIX}old`, broken()), /source broke/);
      assert.equal(await read(storage, `${PREFIX}old`), 'before');
      assert.deepEqual(await storage.list('main', PREFIX), [`${PREFIX}old`]);
    });

    it('gives parts', async () => {
      const storage = await open();
      await storage.put('main', `${PREFIX}n`, Buffer.from('0123456789'));
      assert.equal(await read(storage, `${PREFIX}n`, { start: 2, end: 4 }), '234');
      assert.equal(await read(storage, `${PREFIX}n`, { start: 7 }), '789');
      assert.equal(await read(storage, `${PREFIX}n`, { start: 8, end: 100 }), '89');
      assert.equal(await read(storage, `${PREFIX}n`, { start: 10 }), '');
      await assert.rejects(storage.get('main', `${PREFIX}n`, { start: -1 }), (error) =>
        isFault(error, 'storage.refused'),
      );
    });

    it('says so when a file is not there', async () => {
      const storage = await open();
      await storage.put('main', `${PREFIX}dir/file`, Buffer.from('x'));
      for (const uri of [`${PREFIX}none`, `${PREFIX}dir`, `${PREFIX}dir/file/below`]) {
        await assert.rejects(storage.get('main', uri), (error) => isFault(error, 'storage.unknown'), uri);
        await assert.rejects(storage.size('main', uri), (error) => isFault(error, 'storage.unknown'), uri);
        assert.equal(await storage.exists('main', uri), false);
        assert.equal(await storage.remove('main', uri), false);
      }
    });

    it('keeps tenants apart', async () => {
      const storage = await open();
      await storage.put('main', `${PREFIX}a`, Buffer.from('mine'));
      assert.equal(await storage.exists('other', `${PREFIX}a`), false);
      assert.deepEqual(await storage.list('other', PREFIX), []);
      assert.equal(await storage.removeAll('other', PREFIX), 0);
      assert.equal(await read(storage, `${PREFIX}a`), 'mine');
    });

    it('lists and removes what is below a prefix, and nothing beside it', async () => {
      const storage = await open();
      for (const uri of [`${PREFIX}b`, `${PREFIX}a/c`, `${OTHER}d`]) await storage.put('main', uri, Buffer.from(uri));
      assert.deepEqual(await storage.list('main', PREFIX), [`${PREFIX}a/c`, `${PREFIX}b`]);
      assert.equal(await storage.remove('main', `${PREFIX}b`), true);
      assert.equal(await storage.removeAll('main', PREFIX), 1);
      assert.equal(await storage.removeAll('main', PREFIX), 0);
      assert.deepEqual(await storage.list('main', PREFIX), []);
      assert.deepEqual(await storage.list('main', OTHER), [`${OTHER}d`]);
    });

    it('refuses every way out', async () => {
      const storage = await open();
      for (const uri of REFUSED) {
        const refusal = (error: unknown) => isFault(error, 'storage.refused');
        await assert.rejects(storage.put('main', uri, Buffer.from('x')), refusal, uri);
        await assert.rejects(storage.get('main', uri), refusal, uri);
        await assert.rejects(storage.removeAll('main', `${uri}/../`), refusal, uri);
      }
      for (const tenant of ['..', '', 'a/b', '.', 'A']) {
        await assert.rejects(
          storage.exists(tenant, `${PREFIX}a`),
          (error) => isFault(error, 'storage.refused'),
          tenant,
        );
      }
      await assert.rejects(storage.removeAll('main', 'kestra:///company'), (error) =>
        isFault(error, 'storage.refused'),
      );
      await assert.rejects(storage.removeAll('main', 'kestra:///'), (error) => isFault(error, 'storage.refused'));
    });
  });
}

async function read(storage: Storage, uri: string, range?: { start: number; end?: number }): Promise<string> {
  return text(await storage.get('main', uri, range));
}

async function* breaking(): AsyncGenerator<Buffer> {
  yield Buffer.from('a first part');
  throw new Error('source broke');
}
