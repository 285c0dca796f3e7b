/**
 * The key of an installation: the one that the configuration names, or the one of the data folder, made at the first start. All
 * servers must have the same: the vault keeps a value that only that key opens, and a server with another one does not start.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Vault } from '../bus/vault.ts';
import { Fault, isFault } from '../errors.ts';
import type { Envelope } from '../model/envelope.ts';
import { cipherOf, KEY_BYTES } from './cipher.ts';

const CHECK = 'encryption';
const CHECK_PLACE = 'installation/check';
const CHECK_TEXT = 'windhover';
const VARIABLE = 'WINDHOVER_ENCRYPTION_KEY';

/** `file` is where a key that was made is kept; `given` is base64. Throws `encryption.key`. */
export async function openKey({
  given,
  file,
  vault,
}: {
  readonly given?: string;
  readonly file: string;
  readonly vault: Vault;
}): Promise<Uint8Array> {
  const { key, made } = given === undefined ? await keyIn(file, vault) : { key: keyOf(given, VARIABLE), made: false };
  const cipher = cipherOf(key);
  await vault.set(CHECK, JSON.stringify(cipher.seal(CHECK_PLACE, CHECK_TEXT)), { onlyIfAbsent: true });
  const check = JSON.parse((await vault.get(CHECK))!) as Envelope;
  try {
    cipher.open(CHECK_PLACE, check);
    return key;
  } catch (error) {
    if (!isFault(error, 'encryption.unreadable')) throw error;
    // Another machine was faster: this key has sealed nothing.
    if (made) rmSync(file, { force: true });
    const source = given === undefined ? file : VARIABLE;
    throw new Fault(
      'encryption.key',
      `${source}: expected the key ${keyIdOf(check)}, which this installation encrypts with, got ${cipher.keyId}`,
    );
  }
}

async function keyIn(file: string, vault: Vault): Promise<{ readonly key: Uint8Array; readonly made: boolean }> {
  if (existsSync(file)) return { key: keyOf(readFileSync(file, 'utf8').trim(), file), made: false };
  const check = await vault.get(CHECK);
  // A server that started beside this one may have made it meanwhile.
  if (existsSync(file)) return { key: keyOf(readFileSync(file, 'utf8').trim(), file), made: false };
  if (check !== undefined)
    throw new Fault(
      'encryption.key',
      `expected the key ${keyIdOf(JSON.parse(check) as Envelope)}, which this installation encrypts with, in ${file} or in ${VARIABLE}, got none`,
    );
  return make(file);
}

/** Whole or not at all, and once: of two servers that start together, one makes it and the other reads it. */
function make(file: string): { readonly key: Uint8Array; readonly made: boolean } {
  const key = randomBytes(KEY_BYTES);
  const part = `${file}.${randomUUID()}`;
  writeFileSync(part, `${key.toString('base64')}\n`, { mode: 0o600 });
  try {
    linkSync(part, file);
    return { key, made: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return { key: keyOf(readFileSync(file, 'utf8').trim(), file), made: false };
  } finally {
    rmSync(part, { force: true });
  }
}

/** Never says what it got: it may be a key with a slip in it. */
export function keyOf(text: string, source: string): Uint8Array {
  const key = Buffer.from(text, 'base64');
  if (key.length === KEY_BYTES && /^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return key;
  throw new Fault(
    'encryption.key',
    `${source}: expected ${KEY_BYTES} bytes in base64, got ${key.length} or other text`,
  );
}

const keyIdOf = ({ value }: Envelope): string => value.split('.')[1] ?? '';
