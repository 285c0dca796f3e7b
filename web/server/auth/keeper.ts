/**
 * Who may ask: users with passwords (scrypt), API tokens, sessions, links that sign in once. All webservers share them in the
 * vault; nothing that opens a door is stored as it is.
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { digestOf as digest, keepToken, newSecret, userOfToken } from '../../../lib/bus/credentials.ts';
import type { Vault } from '../../../lib/bus/vault.ts';
import { hasty } from './hasty-vault.ts';
import { Tries } from './tries.ts';

const SALT_BYTES = 16;
const KEY_BYTES = 32;
const SESSION_MS = 7 * 24 * 60 * 60_000;
const LINK_MS = 60 * 60_000;
/** Passwords that were right and have not changed since are not computed again: scrypt takes 50 ms. */
const REMEMBERED_MAX = 1_000;

const derive = promisify<string, Buffer, number, Buffer>(scrypt);

interface StoredUser {
  readonly salt: string;
  readonly key: string;
}

/**
 * What the vault says is asked anew for every request: a session that was closed, a token that was taken away and a password
 * that was changed on one webserver end on all of them at once.
 */
export class Keeper {
  readonly #vault: Vault;
  readonly #tries = new Tries();
  /** Digest of name and password → the stored user that they were right for. */
  readonly #right = new Map<string, string>();
  /** The same digest, while it is found out. */
  readonly #trying = new Map<string, Promise<boolean>>();

  constructor(vault: Vault) {
    this.#vault = hasty(vault);
  }

  /** Makes the user if there is none of this name; true if it was made. `always` sets the password anew. */
  async makeUser(name: string, password: string, always = false): Promise<boolean> {
    const salt = randomBytes(SALT_BYTES);
    const key = await derive(password, salt, KEY_BYTES);
    const user: StoredUser = { salt: salt.toString('base64url'), key: key.toString('base64url') };
    return this.#vault.set(`user/${name}`, JSON.stringify(user), { onlyIfAbsent: !always });
  }

  async hasUsers(): Promise<boolean> {
    return (await this.#vault.keys('user/')).length > 0;
  }

  /** `from` is where the try comes from: too many that failed are refused. Throws `auth.tooMany`. */
  async signIn(name: string, password: string, from: string): Promise<string | undefined> {
    const stored = await this.#vault.get(`user/${name}`);
    const given = digest(`${name}\n${password}`);
    if (stored !== undefined && this.#right.get(given) === stored) return name;
    // A client that sends one password with many requests at once has tried one.
    let trying = this.#trying.get(given);
    if (!trying) {
      trying = this.#tries.take([from, `${from}/${digest(name)}`], () => matches(password, stored));
      this.#trying.set(given, trying);
    }
    const right = await trying.finally(() => this.#trying.delete(given));
    if (!right) return undefined;
    if (this.#right.size >= REMEMBERED_MAX) this.#right.delete(this.#right.keys().next().value!);
    this.#right.set(given, stored!);
    return name;
  }

  async keepToken(token: string, user: string): Promise<void> {
    await keepToken(this.#vault, token, user);
  }

  async openSession(user: string): Promise<{ readonly secret: string; readonly maxAgeMs: number }> {
    const secret = newSecret();
    await this.#vault.set(`session/${digest(secret)}`, user, { ttlMs: SESSION_MS });
    return { secret, maxAgeMs: SESSION_MS };
  }

  async closeSession(secret: string): Promise<void> {
    await this.#vault.remove(`session/${digest(secret)}`);
  }

  /** The secret of a link that signs in once. */
  async makeLink(user: string): Promise<string> {
    const secret = newSecret();
    await this.#vault.set(`link/${digest(secret)}`, user, { ttlMs: LINK_MS });
    return secret;
  }

  /** Of those that use it at once, one is let in: whoever leaves the mark. */
  async useLink(secret: string): Promise<string | undefined> {
    const key = `link/${digest(secret)}`;
    const user = await this.#vault.get(key);
    if (user === undefined) return undefined;
    const first = await this.#vault.set(`used/${digest(secret)}`, user, { ttlMs: LINK_MS, onlyIfAbsent: true });
    await this.#vault.remove(key);
    return first ? user : undefined;
  }

  /** The user of an Authorization header or of a session cookie. */
  async userOf(
    authorization: string | undefined,
    session: string | undefined,
    from: string,
  ): Promise<string | undefined> {
    if (authorization !== undefined) return this.#userOfHeader(authorization, from);
    return session === undefined ? undefined : this.#vault.get(`session/${digest(session)}`);
  }

  async #userOfHeader(authorization: string, from: string): Promise<string | undefined> {
    const [scheme = '', credentials = ''] = authorization.split(' ', 2);
    if (/^bearer$/i.test(scheme)) return userOfToken(this.#vault, credentials);
    if (!/^basic$/i.test(scheme)) return undefined;
    const text = Buffer.from(credentials, 'base64').toString();
    const colon = text.indexOf(':');
    return colon < 0 ? undefined : this.signIn(text.slice(0, colon), text.slice(colon + 1), from);
  }
}

async function matches(password: string, stored: string | undefined): Promise<boolean> {
  const { salt, key } = stored === undefined ? NOBODY : (JSON.parse(stored) as StoredUser);
  const given = await derive(password, Buffer.from(salt, 'base64url'), KEY_BYTES);
  return timingSafeEqual(given, Buffer.from(key, 'base64url')) && stored !== undefined;
}

/** Somebody who does not exist takes as long to refuse as somebody who does. */
const NOBODY: StoredUser = { salt: 'AAAAAAAAAAAAAAAAAAAAAA', key: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' };
