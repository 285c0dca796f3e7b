/**
 * Who may ask: users with passwords (scrypt), API tokens, sessions, links that sign in once. All webservers share them in the
 * vault; nothing that opens a door is stored as it is.
 */
import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Vault } from '../../../lib/bus/vault.ts';
import { Fault } from '../../../lib/errors.ts';

const SALT_BYTES = 16;
const KEY_BYTES = 32;
const SECRET_BYTES = 32;
const SESSION_MS = 7 * 24 * 60 * 60_000;
const LINK_MS = 60 * 60_000;
/** A password that was right is not computed again for this long: scrypt takes 50 ms. */
const REMEMBER_MS = 60_000;
const REMEMBERED_MAX = 1_000;
const FAILURES_MAX = 10;
const FAILURES_MS = 60_000;

const derive = promisify<string, Buffer, number, Buffer>(scrypt);
const digest = (secret: string): string => createHash('sha256').update(secret).digest('base64url');
export const newSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url');

interface StoredUser {
  readonly salt: string;
  readonly key: string;
}

export class Keeper {
  readonly #vault: Vault;
  readonly #remembered = new Map<string, { readonly user: string; readonly untilMs: number }>();
  readonly #failures = new Map<string, { count: number; readonly untilMs: number }>();

  constructor(vault: Vault) {
    this.#vault = vault;
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

  /** `from` is where the try comes from: too many that failed are refused. */
  async signIn(name: string, password: string, from: string): Promise<string | undefined> {
    const place = `${from}/${name}`;
    this.#refuseTooMany(place);
    const stored = await this.#vault.get(`user/${name}`);
    const { salt, key } = stored === undefined ? NOBODY : (JSON.parse(stored) as StoredUser);
    const given = await derive(password, Buffer.from(salt, 'base64url'), KEY_BYTES);
    if (stored !== undefined && timingSafeEqual(given, Buffer.from(key, 'base64url'))) return name;
    this.#countFailure(place);
    return undefined;
  }

  async keepToken(token: string, user: string): Promise<void> {
    await this.#vault.set(`token/${digest(token)}`, user);
  }

  async openSession(user: string): Promise<{ readonly secret: string; readonly maxAgeMs: number }> {
    const secret = newSecret();
    await this.#vault.set(`session/${digest(secret)}`, user, { ttlMs: SESSION_MS });
    return { secret, maxAgeMs: SESSION_MS };
  }

  async closeSession(secret: string): Promise<void> {
    this.#remembered.delete(digest(secret));
    await this.#vault.remove(`session/${digest(secret)}`);
  }

  /** The secret of a link that signs in once. */
  async makeLink(user: string): Promise<string> {
    const secret = newSecret();
    await this.#vault.set(`link/${digest(secret)}`, user, { ttlMs: LINK_MS });
    return secret;
  }

  async useLink(secret: string): Promise<string | undefined> {
    const key = `link/${digest(secret)}`;
    const user = await this.#vault.get(key);
    if (user !== undefined) await this.#vault.remove(key);
    return user;
  }

  /** The user of an Authorization header or of a session cookie. */
  async userOf(
    authorization: string | undefined,
    session: string | undefined,
    from: string,
  ): Promise<string | undefined> {
    if (authorization !== undefined)
      return this.#remember(authorization, () => this.#userOfHeader(authorization, from));
    if (session !== undefined) return this.#remember(session, () => this.#vault.get(`session/${digest(session)}`));
    return undefined;
  }

  async #userOfHeader(authorization: string, from: string): Promise<string | undefined> {
    const [scheme = '', credentials = ''] = authorization.split(' ', 2);
    if (/^bearer$/i.test(scheme)) return this.#vault.get(`token/${digest(credentials)}`);
    if (!/^basic$/i.test(scheme)) return undefined;
    const text = Buffer.from(credentials, 'base64').toString();
    const colon = text.indexOf(':');
    return colon < 0 ? undefined : this.signIn(text.slice(0, colon), text.slice(colon + 1), from);
  }

  async #remember(secret: string, look: () => Promise<string | undefined>): Promise<string | undefined> {
    const key = digest(secret);
    const known = this.#remembered.get(key);
    if (known && known.untilMs > performance.now()) return known.user;
    this.#remembered.delete(key);
    const user = await look();
    if (user === undefined) return undefined;
    if (this.#remembered.size >= REMEMBERED_MAX) this.#remembered.delete(this.#remembered.keys().next().value!);
    this.#remembered.set(key, { user, untilMs: performance.now() + REMEMBER_MS });
    return user;
  }

  #refuseTooMany(place: string): void {
    const failures = this.#failures.get(place);
    if (failures && failures.untilMs > performance.now() && failures.count >= FAILURES_MAX)
      throw new Fault('auth.tooMany', `expected at most ${FAILURES_MAX} failed sign-ins a minute, got more`);
  }

  #countFailure(place: string): void {
    const failures = this.#failures.get(place);
    if (failures && failures.untilMs > performance.now()) failures.count++;
    else {
      if (this.#failures.size >= REMEMBERED_MAX) this.#failures.clear();
      this.#failures.set(place, { count: 1, untilMs: performance.now() + FAILURES_MS });
    }
  }
}

/** Somebody who does not exist takes as long to refuse as somebody who does. */
const NOBODY: StoredUser = { salt: 'AAAAAAAAAAAAAAAAAAAAAA', key: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' };
