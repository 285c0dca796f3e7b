/**
 * Secrets that open a door, and what the vault keeps of them: a digest each, so that nobody who reads it can come in. A token
 * ends by its life in the vault, or when it is taken away.
 */
import { hash, randomBytes } from 'node:crypto';
import type { Scope } from '../model/scope.ts';
import type { Vault } from './vault.ts';

const SECRET_BYTES = 32;
/** Those who look for leaked secrets know a token of ours by it. */
const TOKEN_PREFIX = 'windhover_';

/** Who asks, and what they may do. */
export interface Principal {
  readonly user: string;
  readonly scope: Scope;
  /** The name of the token that they ask with; none of a password or a session. */
  readonly token?: string;
}

/** What the vault keeps of a token, as JSON. */
export interface StoredToken extends Required<Principal> {
  readonly createdAtMs: number;
  readonly expiresAtMs?: number;
  /** To some minutes. */
  readonly usedAtMs?: number;
}

export const newSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url');
export const newToken = (): string => TOKEN_PREFIX + newSecret();
export const digestOf = (secret: string): string => hash('sha256', secret, 'base64url');

export const TOKENS = 'token/';
export const tokenKey = (token: string): string => TOKENS + digestOf(token);

/** From now on the token opens the interface for its user, as far as its scope goes; without `ttlMs` for ever. */
export async function keepToken(
  vault: Vault,
  token: string,
  { ttlMs, ...principal }: Required<Principal> & { readonly ttlMs?: number },
): Promise<StoredToken> {
  const createdAtMs = Date.now();
  const stored: StoredToken = {
    ...principal,
    createdAtMs,
    ...(ttlMs === undefined ? {} : { expiresAtMs: createdAtMs + ttlMs }),
  };
  await vault.set(tokenKey(token), JSON.stringify(stored), ttlMs === undefined ? {} : { ttlMs });
  return stored;
}

/** As it was kept; one from before there were scopes is the name of its user, who could do everything. */
export const storedToken = (kept: string): StoredToken =>
  kept.startsWith('{')
    ? (JSON.parse(kept) as StoredToken)
    : { user: kept, scope: 'admin', token: 'unnamed', createdAtMs: 0 };

/** A session, as it is kept; one from before there were scopes is the name of its user. */
export const storedPrincipal = (kept: string): Principal =>
  kept.startsWith('{') ? (JSON.parse(kept) as Principal) : { user: kept, scope: 'admin' };
