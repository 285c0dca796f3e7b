/** Secrets that open a door, and what the vault keeps of them: a digest each, so that nobody who reads it can come in. */
import { hash, randomBytes } from 'node:crypto';
import type { Vault } from './vault.ts';

const SECRET_BYTES = 32;

export const newSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url');
export const digestOf = (secret: string): string => hash('sha256', secret, 'base64url');

/** From now on the token opens the interface for `user`; without `ttlMs` for ever. */
export async function keepToken(vault: Vault, token: string, user: string, ttlMs?: number): Promise<void> {
  await vault.set(tokenKey(token), user, ttlMs === undefined ? {} : { ttlMs });
}

export const userOfToken = (vault: Vault, token: string): Promise<string | undefined> => vault.get(tokenKey(token));

const tokenKey = (token: string): string => `token/${digestOf(token)}`;
