/** Users and tokens: made, listed, taken away. What is taken away opens nothing from then on, on any webserver. */
import { randomBytes } from 'node:crypto';
import {
  keepToken,
  newToken,
  type Principal,
  type StoredToken,
  storedPrincipal,
  storedToken,
  TOKENS,
  tokenKey,
} from '../../../lib/bus/credentials.ts';
import type { Vault } from '../../../lib/bus/vault.ts';
import { Fault } from '../../../lib/errors.ts';
import type { Role } from '../../../lib/model/scope.ts';
import { derived, matches, SESSIONS, type StoredUser, storedUser, USERS, userKey } from './stored.ts';

const SALT_BYTES = 16;
/** Of a token's digest: names it, and opens nothing. */
const ID_CHARS = 12;

export interface User {
  readonly name: string;
  readonly role: Role;
}

export interface Token extends StoredToken {
  readonly id: string;
}

export class Accounts {
  readonly #vault: Vault;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  /** Whether there is this user, with this password. */
  async has({ name, role }: User, password: string): Promise<boolean> {
    const kept = await this.#vault.get(userKey(name));
    return (await matches(password, kept)) && storedUser(kept!).role === role;
  }

  /** Makes the user if there is none of this name; true if it was made. `always` sets password and role anew. */
  async makeUser({ name, role }: User, password: string, always = false): Promise<boolean> {
    const salt = randomBytes(SALT_BYTES);
    const key = await derived(password, salt);
    const user: StoredUser = { salt: salt.toString('base64url'), key: key.toString('base64url'), role };
    return this.#vault.set(userKey(name), JSON.stringify(user), { onlyIfAbsent: !always });
  }

  async users(): Promise<readonly User[]> {
    const kept = await this.#all(USERS);
    const users = kept.map(([key, text]) => ({ name: key.slice(USERS.length), role: storedUser(text).role }));
    return users.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** With their sessions and their tokens. Throws `user.unknown`. */
  async removeUser(name: string): Promise<void> {
    if ((await this.#vault.get(userKey(name))) === undefined)
      throw new Fault('user.unknown', `expected a user, got ${name}`);
    await this.#vault.remove(userKey(name));
    const tokens = (await this.#all(TOKENS)).filter(([, text]) => storedToken(text).user === name);
    const sessions = (await this.#all(SESSIONS)).filter(([, text]) => storedPrincipal(text).user === name);
    for (const [key] of [...tokens, ...sessions]) await this.#vault.remove(key);
  }

  /** The secret is known to whoever gets it here, and to nobody afterwards. */
  async makeToken(
    principal: Required<Principal> & { readonly ttlMs?: number },
  ): Promise<Token & { readonly secret: string }> {
    const secret = newToken();
    const stored = await keepToken(this.#vault, secret, principal);
    return { ...stored, id: idOf(tokenKey(secret)), secret };
  }

  /** The oldest first. */
  async tokens(): Promise<readonly Token[]> {
    const kept = await this.#all(TOKENS);
    const tokens = kept.map(([key, text]) => ({ ...storedToken(text), id: idOf(key) }));
    return tokens.sort((a, b) => a.createdAtMs - b.createdAtMs);
  }

  /** Throws `token.unknown`. */
  async revokeToken(id: string): Promise<void> {
    const key = (await this.#vault.keys(TOKENS)).find((each) => idOf(each) === id);
    if (key === undefined) throw new Fault('token.unknown', `expected the id of a token, got ${id}`);
    await this.#vault.remove(key);
  }

  async #all(prefix: string): Promise<readonly (readonly [key: string, text: string])[]> {
    const keys = await this.#vault.keys(prefix);
    const texts = await Promise.all(keys.map((key) => this.#vault.get(key)));
    // What has ended between the two is none.
    return keys.flatMap((key, n) => (texts[n] === undefined ? [] : [[key, texts[n]] as const]));
  }
}

const idOf = (key: string): string =>
  Buffer.from(key.slice(TOKENS.length), 'base64url').toString('hex').slice(0, ID_CHARS);
