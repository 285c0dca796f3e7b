/** Users and tokens, for whoever administers the installation. */
import { Fault } from '../../../lib/errors.ts';
import { durationMs } from '../../../lib/flow/duration.ts';
import { ROLES, SCOPES } from '../../../lib/model/scope.ts';
import type { Accounts, Token } from '../auth/accounts.ts';
import { jsonOf } from '../body.ts';
import type { Handlers } from './register.ts';

const BODY_BYTES_MAX = 16 * 1024;
const NAME = /^\S.{0,63}$/u;
/** No colon, since it ends the name in `Authorization: Basic`; no space, since it is part of a key. */
const USERNAME = /^[\w@][\w.@-]{0,63}$/;
const PASSWORD = /^.{8,1000}$/su;
const AGE_MAX_MS = 3_650 * 24 * 60 * 60_000;

export interface AccessParts {
  readonly accounts: Accounts;
  /** The one that the configuration names. */
  readonly firstUser: string;
}

export function accessHandlers({ accounts, firstUser }: AccessParts) {
  return {
    listTokens: async ({ json }) => {
      const tokens = await accounts.tokens();
      json({ results: tokens.map(tokenBody), total: tokens.length });
    },
    createToken: async ({ context, user, json }) => {
      const { name, scope, maxAge } = await jsonOf(context.req, BODY_BYTES_MAX);
      const { secret, ...token } = await accounts.makeToken({
        user,
        token: textIn('name', name, NAME, 'at most 64 characters'),
        scope: oneOf('scope', scope, SCOPES),
        ttlMs: maxAge === undefined ? undefined : ageMs(maxAge),
      });
      json({ ...tokenBody(token), fullToken: secret });
    },
    revokeToken: async ({ context, params }) => {
      await accounts.revokeToken(params.tokenId!);
      context.status = 204;
    },
    listUsers: async ({ json }) => {
      const users = await accounts.users();
      json({ results: users.map(({ name, role }) => ({ username: name, role })), total: users.length });
    },
    createUser: async ({ context, json }) => {
      const given = await jsonOf(context.req, BODY_BYTES_MAX);
      const name = textIn('username', given.username, USERNAME, 'letters, digits and . _ @ -, at most 64');
      const role = oneOf('role', given.role, ROLES);
      // What it is does not stand in an answer.
      if (typeof given.password !== 'string' || !PASSWORD.test(given.password))
        throw new Fault('request.invalid', 'password: expected 8 to 1000 characters, got others');
      if (!(await accounts.makeUser({ name, role }, given.password)))
        throw new Fault('user.exists', `expected a new name, got ${name}`);
      json({ username: name, role });
    },
    removeUser: async ({ context, params }) => {
      const { username } = params;
      if (username === firstUser)
        throw new Fault('auth.refused', `expected another user than the configuration names, got ${username}`);
      await accounts.removeUser(username!);
      context.status = 204;
    },
  } satisfies Partial<Handlers>;
}

function tokenBody({ id, token, user, scope, createdAtMs, expiresAtMs, usedAtMs }: Token): object {
  const time = (ms: number | undefined) => (ms ? new Date(ms).toISOString() : undefined);
  return {
    id,
    name: token,
    user,
    scope,
    created: time(createdAtMs),
    expires: time(expiresAtMs),
    lastUsed: time(usedAtMs),
  };
}

function textIn(name: string, value: unknown, pattern: RegExp, expected: string): string {
  if (typeof value === 'string' && pattern.test(value)) return value;
  throw wrong(name, expected, value);
}

function oneOf<T extends string>(name: string, value: unknown, all: readonly T[]): T {
  const found = all.find((each) => each === value);
  if (found === undefined) throw wrong(name, all.join(', '), value);
  return found;
}

function ageMs(value: unknown): number {
  const ms = typeof value === 'string' ? durationMs(value) : undefined;
  if (ms === undefined || ms <= 0 || ms > AGE_MAX_MS) throw wrong('maxAge', 'a duration up to P3650D', value);
  return ms;
}

const wrong = (name: string, expected: string, value: unknown): Fault =>
  new Fault(
    'request.invalid',
    `${name}: expected ${expected}, got ${(JSON.stringify(value) ?? 'nothing').slice(0, 80)}`,
  );
