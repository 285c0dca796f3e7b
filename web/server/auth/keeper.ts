/**
 * Who may ask, and what: users with passwords (scrypt), API tokens, sessions, links that sign in once. All webservers share them
 * in the vault; nothing that opens a door is stored as it is.
 */
import {
  digestOf as digest,
  newSecret,
  type Principal,
  type StoredToken,
  storedPrincipal,
  storedToken,
  tokenKey,
} from '../../../lib/bus/credentials.ts';
import type { Vault } from '../../../lib/bus/vault.ts';
import { SCOPE_OF } from '../../../lib/model/scope.ts';
import { hasty } from './hasty-vault.ts';
import { matches, sessionKey, storedUser, userKey } from './stored.ts';
import { Tries } from './tries.ts';

const SESSION_MS = 7 * 24 * 60 * 60_000;
const LINK_MS = 60 * 60_000;
/** When a token was last used is written at most so often. */
const USED_EACH_MS = 5 * 60_000;
/** Passwords that were right and have not changed since are not computed again: scrypt takes 50 ms. */
const REMEMBERED_MAX = 1_000;

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
  /** Keys of tokens whose use is being written down. */
  readonly #marking = new Set<string>();

  constructor(vault: Vault) {
    this.#vault = hasty(vault);
  }

  /** `from` is where the try comes from: too many that failed are refused. Throws `auth.tooMany`. */
  async signIn(name: string, password: string, from: string): Promise<Principal | undefined> {
    const kept = await this.#vault.get(userKey(name));
    const given = digest(`${name}\n${password}`);
    if (kept !== undefined && this.#right.get(given) === kept) return principalOf(name, kept);
    // A client that sends one password with many requests at once has tried one.
    let trying = this.#trying.get(given);
    if (!trying) {
      trying = this.#tries.take([from, `${from}/${digest(name)}`], () => matches(password, kept));
      this.#trying.set(given, trying);
    }
    const right = await trying.finally(() => this.#trying.delete(given));
    if (!right || kept === undefined) return undefined;
    if (this.#right.size >= REMEMBERED_MAX) this.#right.delete(this.#right.keys().next().value!);
    this.#right.set(given, kept);
    return principalOf(name, kept);
  }

  /** Undefined if the user has gone meanwhile: whoever removes one closes the sessions that there are. */
  async openSession({
    user,
    scope,
  }: Principal): Promise<{ readonly secret: string; readonly maxAgeMs: number } | undefined> {
    const secret = newSecret();
    const session: Principal = { user, scope };
    await this.#vault.set(sessionKey(secret), JSON.stringify(session), { ttlMs: SESSION_MS });
    if ((await this.#vault.get(userKey(user))) !== undefined) return { secret, maxAgeMs: SESSION_MS };
    await this.closeSession(secret);
    return undefined;
  }

  async closeSession(secret: string): Promise<void> {
    await this.#vault.remove(sessionKey(secret));
  }

  /** The secret of a link that signs in once. */
  async makeLink(user: string): Promise<string> {
    const secret = newSecret();
    await this.#vault.set(`link/${digest(secret)}`, user, { ttlMs: LINK_MS });
    return secret;
  }

  /** Of those that use it at once, one is let in: whoever leaves the mark. */
  async useLink(secret: string): Promise<Principal | undefined> {
    const key = `link/${digest(secret)}`;
    const user = await this.#vault.get(key);
    if (user === undefined) return undefined;
    const first = await this.#vault.set(`used/${digest(secret)}`, user, { ttlMs: LINK_MS, onlyIfAbsent: true });
    await this.#vault.remove(key);
    const kept = first ? await this.#vault.get(userKey(user)) : undefined;
    return kept === undefined ? undefined : principalOf(user, kept);
  }

  /** Of an Authorization header or of a session's cookie. */
  async principalOf(
    authorization: string | undefined,
    session: string | undefined,
    from: string,
  ): Promise<Principal | undefined> {
    if (authorization !== undefined) return this.#ofHeader(authorization, from);
    const kept = session === undefined ? undefined : await this.#vault.get(sessionKey(session));
    return kept === undefined ? undefined : storedPrincipal(kept);
  }

  async #ofHeader(authorization: string, from: string): Promise<Principal | undefined> {
    const [scheme = '', credentials = ''] = authorization.split(' ', 2);
    if (/^bearer$/i.test(scheme)) return this.#ofToken(tokenKey(credentials));
    if (!/^basic$/i.test(scheme)) return undefined;
    const text = Buffer.from(credentials, 'base64').toString();
    const colon = text.indexOf(':');
    return colon < 0 ? undefined : this.signIn(text.slice(0, colon), text.slice(colon + 1), from);
  }

  async #ofToken(key: string): Promise<Principal | undefined> {
    const kept = await this.#vault.get(key);
    if (kept === undefined) return undefined;
    const token = storedToken(kept);
    if (Date.now() - (token.usedAtMs ?? 0) > USED_EACH_MS) void this.#markUsed(key, token);
    return token;
  }

  /** Nobody waits for it; a token that is taken away meanwhile stays away. */
  async #markUsed(key: string, token: StoredToken): Promise<void> {
    if (this.#marking.has(key)) return;
    this.#marking.add(key);
    const used: StoredToken = { ...token, usedAtMs: Date.now() };
    await this.#vault.replace(key, JSON.stringify(used)).catch(() => {}); // The next request tries again.
    this.#marking.delete(key);
  }
}

const principalOf = (user: string, kept: string): Principal => ({ user, scope: SCOPE_OF[storedUser(kept).role] });
