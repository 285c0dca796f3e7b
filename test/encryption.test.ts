/** Secrets at rest: sealing them, keeping the key, hiding them in what is shown. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openMemoryBus } from '../lib/bus/memory/open.ts';
import type { Vault } from '../lib/bus/vault.ts';
import { isFault } from '../lib/errors.ts';
import { ENVELOPE_TYPE, inputPlace, isEnvelope } from '../lib/model/envelope.ts';
import { cipherOf } from '../lib/secret/cipher.ts';
import { openKey } from '../lib/secret/key.ts';
import { HIDDEN, maskOf } from '../lib/secret/mask.ts';

const folder = mkdtempSync(join(tmpdir(), 'windhover-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;
const aFile = (): string => join(folder, `${++files}.key`);
const aKey = (): string => randomBytes(32).toString('base64');
const aCipher = () => cipherOf(randomBytes(32));
const openCipher = async (options: Parameters<typeof openKey>[0]) => cipherOf(await openKey(options));
const unreadable = (error: unknown): boolean => isFault(error, 'encryption.unreadable');
const wrongKey = (error: unknown): boolean => isFault(error, 'encryption.key');

const aVault = (): Vault => openMemoryBus({ partitions: 1, clock: { now: () => Date.now() } }).vault;

test('opening what was sealed, in its place alone', () => {
  const cipher = aCipher();
  for (const text of ['hunter2', '', '{{ not rendered }}', 'ünïcode 👍', 'x'.repeat(100_000)]) {
    const envelope = cipher.seal(inputPlace('exec', 'token'), text);
    assert.equal(envelope.type, ENVELOPE_TYPE);
    assert.ok(isEnvelope(JSON.parse(JSON.stringify(envelope))));
    assert.equal(cipher.open('exec/token', envelope), text);
    assert.throws(() => cipher.open('exec/other', envelope), unreadable);
    assert.throws(() => cipher.open('other/token', envelope), unreadable);
    assert.throws(() => aCipher().open('exec/token', envelope), unreadable);
  }
});

test('sealing the same text differently each time, and naming the key', () => {
  const key = randomBytes(32);
  const sealed = new Set(Array.from({ length: 100 }, () => cipherOf(key).seal('a/b', 'same').value));
  assert.equal(sealed.size, 100);
  for (const value of sealed) assert.equal(value.split('.')[1], cipherOf(key).keyId);
  assert.equal(JSON.stringify([...sealed]).includes(key.toString('base64')), false);
});

test('sealing alike where a step must be the same anywhere, and only the same', () => {
  const key = randomBytes(32);
  const [one, other] = [cipherOf(key), cipherOf(key)];
  const sealed = one.sealAlike('a/b', 'same');
  assert.deepEqual(other.sealAlike('a/b', 'same'), sealed);
  assert.equal(other.open('a/b', sealed), 'same');
  const nonces = [
    ['a/b', 'same'],
    ['a/b', 'some'],
    ['a/c', 'same'],
    ['a', 'b/same'],
  ].map(([place, text]) =>
    Buffer.from(one.sealAlike(place!, text!).value.split('.')[2]!, 'base64').subarray(0, 12).toString('hex'),
  );
  assert.equal(new Set(nonces).size, nonces.length);
});

test('refusing an envelope that was changed', () => {
  const cipher = aCipher();
  const { type, value } = cipher.seal('a/b', 'hunter2');
  const [format, keyId, text = ''] = value.split('.');
  const bytes = Buffer.from(text, 'base64');
  for (let n = 0; n < bytes.length; n++) {
    const changed = Buffer.from(bytes);
    changed[n]! ^= 1;
    const envelope = { type, value: `${format}.${keyId}.${changed.toString('base64')}` } as const;
    assert.throws(() => cipher.open('a/b', envelope), unreadable, `byte ${n}`);
  }
  for (const broken of ['', 'x', `2.${keyId}.${text}`, `1.${keyId}.`, `1.${keyId}.${text.slice(0, 20)}`])
    assert.throws(() => cipher.open('a/b', { type, value: broken }), unreadable, broken);
});

test('making a key at the first start and keeping it', async () => {
  const [file, vault] = [aFile(), aVault()];
  const first = await openCipher({ file, vault });
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const second = await openCipher({ file, vault });
  assert.equal(second.open('a/b', first.seal('a/b', 'kept')), 'kept');
  const [made, others] = [aFile(), aVault()];
  const ciphers = await Promise.all([1, 2, 3].map(() => openCipher({ file: made, vault: others })));
  assert.equal(new Set(ciphers.map(({ keyId }) => keyId)).size, 1);
});

test('taking the key that is given, on every machine', async () => {
  const [vault, given] = [aVault(), aKey()];
  const [a, b] = [aFile(), aFile()];
  const one = await openCipher({ given, file: a, vault });
  const other = await openCipher({ given, file: b, vault });
  assert.equal(other.open('a/b', one.seal('a/b', 'shared')), 'shared');
  assert.deepEqual([existsSync(a), existsSync(b)], [false, false]);
});

test('not starting with another key, or without the one that there was', async () => {
  const [file, vault] = [aFile(), aVault()];
  const cipher = await openCipher({ file, vault });
  const given = aKey();
  await assert.rejects(openCipher({ given, file, vault }), (error: Error) => {
    assert.ok(wrongKey(error));
    assert.match(error.message, new RegExp(`WINDHOVER_ENCRYPTION_KEY: expected the key ${cipher.keyId}.*, got `));
    assert.equal(error.message.includes(given), false);
    return true;
  });
  await assert.rejects(openCipher({ file: aFile(), vault }), /expected the key .* in .*\.key.*, got none/);
  rmSync(file);
  await assert.rejects(openCipher({ file, vault }), wrongKey);
  assert.equal(existsSync(file), false);
  for (const text of ['', 'short', randomBytes(31).toString('base64'), `${aKey()}AAAA`, 'not base64 '.repeat(4)]) {
    const broken = aFile();
    writeFileSync(broken, text);
    await assert.rejects(openCipher({ file: broken, vault: aVault() }), /expected 32 bytes in base64/, text);
    assert.equal(readFileSync(broken, 'utf8'), text);
  }
});

test('hiding a secret as it is and as it is written elsewhere', () => {
  const secret = 'pass word/+"1"é';
  const mask = maskOf([secret])!;
  const quoted = JSON.stringify({ secret });
  const shown = [
    secret,
    `a ${secret} b ${secret}`,
    quoted,
    JSON.stringify(quoted),
    encodeURIComponent(secret),
    encodeURIComponent(secret).toLowerCase(),
    new URLSearchParams({ secret }).toString().replace('secret=', ''),
    ...['', 'u', 'us', 'user:'].map((before) => Buffer.from(`${before}${secret}${before}`).toString('base64')),
    ...['', 'u', 'us'].map((before) => Buffer.from(before + secret).toString('base64url')),
  ];
  for (const text of shown) {
    const hidden = mask(text);
    assert.ok(hidden.includes(HIDDEN), text);
    for (const part of [secret, 'word', Buffer.from('ass word').toString('base64').slice(2, 9)])
      assert.equal(hidden.includes(part), false, `${part} in ${hidden}`);
  }
  assert.equal(mask('nothing of it'), 'nothing of it');
});

test('hiding each line of a secret of many, the longest form first', () => {
  const mask = maskOf(['first line\nsecond one\r\n  xy\n', 'second', 'abc'])!;
  assert.equal(mask('a first line\nb second one, second abc'), `a ${HIDDEN}\nb ${HIDDEN}, ${HIDDEN} abc`);
  assert.equal(maskOf(['abc', '', 'x']), undefined);
  const odd = '$&[a-z]+(\\d)|^$';
  assert.equal(maskOf([odd])!(`<${odd}>`), `<${HIDDEN}>`);
});
