/**
 * What an installation must have before anybody can ask: an id that all its webservers share, a user, a token for the command
 * line of this machine. Made once; a password that was made up is told once. Both may do everything. What is there is not written
 * again: Redis may be full, and whoever wants to help needs a webserver.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { keepToken, newSecret, newToken, storedToken, tokenKey } from '../../../lib/bus/credentials.ts';
import type { Vault } from '../../../lib/bus/vault.ts';
import type { Config } from '../../../lib/config.ts';
import { type DataFolder, writeWhole } from '../../../lib/data-folder.ts';
import { idOf } from '../../../lib/model/ids.ts';
import { Accounts } from './accounts.ts';
import { Keeper } from './keeper.ts';

const USER = 'admin';
const PASSWORD_CHARS = 16;
const INSTANCE = 'instance';

export interface Household {
  /** Names the installation. */
  readonly instance: string;
  readonly accounts: Accounts;
  /** Absent: authentication is off. */
  readonly keeper?: Keeper;
  /** The user that this machine's token and its link sign in as. */
  readonly user: string;
  /** Set if it was made up just now. */
  readonly password?: string;
}

export async function prepare(
  vault: Vault,
  { auth, user, password }: Pick<Config, 'auth' | 'user' | 'password'>,
  data: DataFolder,
): Promise<Household> {
  await vault.set(INSTANCE, idOf(randomBytes(16)), { onlyIfAbsent: true });
  const known = { instance: (await vault.get(INSTANCE))!, accounts: new Accounts(vault), user: user ?? USER };
  if (!auth) return known;
  const made = await firstUser(known, password);
  const token = existsSync(data.token) ? readFileSync(data.token, 'utf8').trim() : newToken();
  // Redis may be another one than at the last start, or have lost it.
  const kept = await vault.get(tokenKey(token));
  if (kept === undefined || storedToken(kept).user !== known.user)
    await keepToken(vault, token, { user: known.user, scope: 'admin', token: `command line of ${hostname()}` });
  writeWhole(data.token, `${token}\n`);
  return { ...known, keeper: new Keeper(vault), ...(made === undefined ? {} : { password: made }) };
}

/** A password that was given is set at each start; one is made up only where there is no user at all. */
async function firstUser(
  { accounts, user }: Pick<Household, 'accounts' | 'user'>,
  password: string | undefined,
): Promise<string | undefined> {
  const first = { name: user, role: 'admin' } as const;
  if (password !== undefined) {
    if (!(await accounts.has(first, password))) await accounts.makeUser(first, password, true);
    return undefined;
  }
  if ((await accounts.users()).length > 0) return undefined;
  const made = newSecret().slice(0, PASSWORD_CHARS);
  return (await accounts.makeUser(first, made)) ? made : undefined;
}
