/**
 * Before any route: the Host must be one of ours (a page that rebinds its name to loopback has another), and what writes must
 * not come from a foreign page. The route's own `access` decides the rest (`authorize`).
 */
import type { Middleware, ParameterizedContext } from 'koa';
import { Fault, isFault } from '../../../lib/errors.ts';
import type { Route } from '../../api/routes.ts';
import type { Keeper } from './keeper.ts';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export interface Principal {
  user: string;
}

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
export function authorize(route: Route, { keeper, cookie }: Door): Middleware<Principal> {
  if (route.access !== 'user') return (_, next) => next();
  return async (context, next) => {
    context.state.user = await userOf(context, keeper, cookie);
    await next();
  };
}

/** Whether who was let in would be let in again; a doubt lets it stay. */
export async function stillAllowed(
  route: Route,
  context: ParameterizedContext,
  { keeper, cookie }: Door,
): Promise<boolean> {
  if (route.access !== 'user') return true;
  try {
    await userOf(context, keeper, cookie);
    return true;
  } catch (error) {
    return !isFault(error, 'auth.required');
  }
}

async function userOf(context: ParameterizedContext, keeper: Keeper | undefined, cookie: string): Promise<string> {
  // Authentication is off: only on loopback, see `refuseOpenDoor`.
  if (!keeper) return 'anonymous';
  const { authorization } = context.req.headers;
  const user = await keeper.userOf(
    authorization,
    authorization === undefined ? cookieOf(context.req.headers.cookie, cookie) : undefined,
    context.ip,
  );
  if (user === undefined)
    throw new Fault(
      'auth.required',
      authorization === undefined
        ? 'expected Basic, Bearer or a session, got none'
        : 'expected credentials that are valid, got others',
    );
  return user;
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
