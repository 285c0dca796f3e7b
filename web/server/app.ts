/**
 * The web application: what stands before every route (headers, refusals, the guard), the routes of the contract, the page.
 * What is thrown becomes an answer here and nowhere else.
 */
import Koa, { type Middleware } from 'koa';
import { Fault } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { histogram } from '../../lib/metrics.ts';
import { type Door, guard } from './auth/guard.ts';
import { page } from './page.ts';
import { RETRY_AFTER_S, refusalOf } from './refusals.ts';
import { type Handlers, type Routers, routerFor, routersOf } from './routes/register.ts';

const HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; style-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
};
const seconds = histogram(
  'http_request_seconds',
  'How long an answer took; streams are not counted',
  [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
  ['method', 'route', 'status'],
);

export interface AppParts {
  readonly handlers: Handlers;
  readonly door: Door;
  readonly allowedHosts: readonly string[];
  readonly log: Log;
}

export function appOf({ handlers, door, allowedHosts, log }: AppParts): Koa {
  const routers = routersOf(handlers, door);
  const app = new Koa();
  app.silent = true;
  // A reader that goes away in the middle of an answer is no error of ours.
  app.on('error', (error: unknown) => log.debug({ err: error }, 'an answer broke off'));
  app.use(refusals(log));
  app.use(guard(allowedHosts));
  app.use(page());
  app.use(routed(routers));
  app.use(unknownAddress(routers));
  return app;
}

function refusals(log: Log): Middleware {
  return async (context, next) => {
    const fromMs = performance.now();
    context.set(HEADERS);
    try {
      await next();
    } catch (error) {
      const { status, body, isBug } = refusalOf(error);
      if (isBug)
        log.error({ method: context.method, route: routeOf(context), err: error }, 'a request failed by a bug');
      if (context.res.headersSent) return void context.res.end();
      context.respond = true;
      context.status = status;
      context.type = 'application/json';
      if (status === 429 || status === 503) context.set('retry-after', String(RETRY_AFTER_S));
      if (status === 401 && !isPage(context.req.headers)) context.set('www-authenticate', 'Basic realm="Windhover"');
      context.body = JSON.stringify(body);
    }
    if (context.respond !== false)
      seconds.observe(
        { method: context.method, route: routeOf(context), status: String(context.status) },
        (performance.now() - fromMs) / 1_000,
      );
  };
}

/** The browser's own box for passwords would hide our page's. */
const isPage = (headers: NodeJS.Dict<string | string[]>): boolean => headers['sec-fetch-mode'] !== undefined;

const routeOf = (context: object): string => String((context as { _matchedRoute?: unknown })._matchedRoute ?? 'other');

function routed(routers: Routers): Middleware {
  const routes = new Map([...routers.values()].map((router) => [router, router.routes() as unknown as Middleware]));
  return (context, next) => {
    const router = routerFor(routers, context.path);
    return router ? routes.get(router)!(context, next) : next();
  };
}

/** Says which methods an address has, if it has others. */
function unknownAddress(routers: Routers): Middleware {
  return async (context) => {
    const { method, path } = context;
    const layers = routerFor(routers, path)?.match(path, method).path ?? [];
    const known = [...new Set(layers.flatMap(({ methods }) => methods))];
    const address = `${method} ${path.slice(0, 200)}`;
    if (known.length > 0) {
      context.set('allow', known.join(', '));
      const told = known.filter((each) => each !== 'HEAD').join(' or ');
      throw new Fault('request.method', `expected ${told}, got ${address}`);
    }
    throw new Fault('request.unknown', `expected an address of the interface, got ${address}`);
  };
}
