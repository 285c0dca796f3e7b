/** What the vault keeps of users and sessions. */
import { scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { digestOf } from '../../../lib/bus/credentials.ts';
import type { Role } from '../../../lib/model/scope.ts';

const KEY_BYTES = 32;
const derive = promisify<string, Buffer, number, Buffer>(scrypt);

export interface StoredUser {
  readonly salt: string;
  readonly key: string;
  readonly role: Role;
}

export const USERS = 'user/';
export const SESSIONS = 'session/';
export const userKey = (name: string): string => USERS + name;
export const sessionKey = (secret: string): string => SESSIONS + digestOf(secret);

/** One from before there were roles could do everything. */
export const storedUser = (kept: string): StoredUser => {
  const user = JSON.parse(kept) as Omit<StoredUser, 'role'> & Partial<StoredUser>;
  return { ...user, role: user.role ?? 'admin' };
};

export const derived = (password: string, salt: Buffer): Promise<Buffer> => derive(password, salt, KEY_BYTES);

/** Whether it is the password of the user, as kept. */
export async function matches(password: string, kept: string | undefined): Promise<boolean> {
  const { salt, key } = kept === undefined ? NOBODY : storedUser(kept);
  const given = await derived(password, Buffer.from(salt, 'base64url'));
  return timingSafeEqual(given, Buffer.from(key, 'base64url')) && kept !== undefined;
}

/** Somebody who does not exist takes as long to refuse as somebody who does. */
const NOBODY = { salt: 'AAAAAAAAAAAAAAAAAAAAAA', key: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' };
