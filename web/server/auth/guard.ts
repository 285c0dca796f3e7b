/**
 * Before any route: the Host must be one of ours (a page that rebinds its name to loopback has another), and what writes must
 * not come from a foreign page. The route's own `access` decides the rest (`authorize`).
 */
import type { Middleware, ParameterizedContext } from 'koa';
import type { Principal } from '../../../lib/bus/credentials.ts';
import { Fault, isFault } from '../../../lib/errors.ts';
import { mayDo, type Scope } from '../../../lib/model/scope.ts';
import type { Route } from '../../api/routes.ts';
import type { Keeper } from './keeper.ts';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export const ANONYMOUS: Principal = { user: 'anonymous', scope: 'admin' };

export interface Door {
  /** Absent: authentication is off. */
  readonly keeper?: Keeper;
  /** The session's cookie. */
  readonly cookie: string;
}

export function guard(allowedHosts: readonly string[]): Middleware {
  const allowed = new Set([...LOOPBACK, ...allowedHosts].map((host) => host.toLowerCase()));
  const isOurs = (host: string): boolean =>
    allowed.has(host.toLowerCase()) || allowed.has(host.replace(/:\d+$/, '').toLowerCase());
  return async (context, next) => {
    const host = context.req.headers.host ?? '';
    if (!isOurs(host))
      throw new Fault(
        'auth.refused',
        `expected a Host that this server is known by (WINDHOVER_ALLOWED_HOSTS), got ${JSON.stringify(host.slice(0, 100))}`,
      );
    if (!SAFE_METHODS.has(context.method)) refuseForeign(context.req.headers, host);
    await next();
  };
}

function refuseForeign(headers: NodeJS.Dict<string | string[]>, host: string): void {
  const { origin } = headers;
  if (headers['sec-fetch-site'] === 'cross-site')
    throw new Fault('auth.refused', 'expected a write from this server’s own page, got one from another site');
  if (typeof origin !== 'string') return;
  if (origin !== `http://${host}` && origin !== `https://${host}`)
    throw new Fault('auth.refused', `expected the Origin of this server, got ${JSON.stringify(origin.slice(0, 100))}`);
}

/** The one place that decides who may use a route. */
export function authorize({ access }: Route, door: Door): Middleware<{ principal: Principal }> {
  if (typeof access !== 'string') return (_, next) => next();
  return async (context, next) => {
    context.state.principal = await admitted(access, context, door);
    await next();
  };
}

/** Whether who was let in would be let in again; a doubt lets it stay. */
export async function stillAllowed({ access }: Route, context: ParameterizedContext, door: Door): Promise<boolean> {
  if (typeof access !== 'string') return true;
  try {
    await admitted(access, context, door);
    return true;
  } catch (error) {
    return !isFault(error, 'auth.required') && !isFault(error, 'auth.refused');
  }
}

/** Throws `auth.required` for somebody unknown, `auth.refused` for who lacks the scope. */
async function admitted(needed: Scope, context: ParameterizedContext, { keeper, cookie }: Door): Promise<Principal> {
  // Authentication is off: only on loopback, see `refuseOpenDoor`.
  if (!keeper) return ANONYMOUS;
  const { authorization } = context.req.headers;
  const session = authorization === undefined ? cookieOf(context.req.headers.cookie, cookie) : undefined;
  const principal = await keeper.principalOf(authorization, session, context.ip);
  if (!principal)
    throw new Fault(
      'auth.required',
      authorization === undefined
        ? 'expected Basic, Bearer or a session, got none'
        : 'expected credentials that are valid, got others',
    );
  const { user, scope, token } = principal;
  if (!mayDo(needed, scope)) {
    const who = token === undefined ? `the user ${user}` : `the token ${token} of ${user}`;
    throw new Fault('auth.refused', `expected the scope ${needed}, got ${scope}: ${who} may not do this`);
  }
  return principal;
}

export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name) return value;
  }
  return undefined;
}

/** Throws `config.invalid`. */
export function refuseOpenDoor(auth: boolean, host: string): void {
  if (auth || LOOPBACK.includes(host) || host === '::1') return;
  throw new Fault(
    'config.invalid',
    `auth (WINDHOVER_AUTH): expected true when listening on ${host}, got false: anybody there could run code`,
  );
}
