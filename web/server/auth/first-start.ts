/**
 * What an installation must have before anybody can ask: an id that all its webservers share, a user, a token for the command
 * line of this machine. Made once; a password that was made up is told once.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { newSecret } from '../../../lib/bus/credentials.ts';
import type { Vault } from '../../../lib/bus/vault.ts';
import type { Config } from '../../../lib/config.ts';
import { type DataFolder, writeWhole } from '../../../lib/data-folder.ts';
import { idOf } from '../../../lib/model/ids.ts';
import { Keeper } from './keeper.ts';

const USER = 'admin';
const PASSWORD_CHARS = 16;
const INSTANCE = 'instance';

export interface Household {
  /** Names the installation. */
  readonly instance: string;
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
  const instance = (await vault.get(INSTANCE))!;
  const name = user ?? USER;
  if (!auth) return { instance, user: name };
  const keeper = new Keeper(vault);
  const made = await firstUser(keeper, name, password);
  const token = existsSync(data.token) ? readFileSync(data.token, 'utf8').trim() : newSecret();
  // Redis may be another one than at the last start, or have lost it.
  await keeper.keepToken(token, name);
  writeWhole(data.token, `${token}\n`);
  return { instance, keeper, user: name, ...(made === undefined ? {} : { password: made }) };
}

/** A password that was given is set at each start; one is made up only where there is no user at all. */
async function firstUser(keeper: Keeper, name: string, password: string | undefined): Promise<string | undefined> {
  if (password !== undefined) {
    await keeper.makeUser(name, password, true);
    return undefined;
  }
  if (await keeper.hasUsers()) return undefined;
  const made = newSecret().slice(0, PASSWORD_CHARS);
  return (await keeper.makeUser(name, made)) ? made : undefined;
}
