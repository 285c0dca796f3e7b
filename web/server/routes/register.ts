/** A route of the contract and what answers it: with the authorization that the contract asks for, so that none can be without. */
import Router from '@koa/router';
import type { Context } from 'koa';
import type { Principal } from '../../../lib/bus/credentials.ts';
import type { Scope } from '../../../lib/model/scope.ts';
import { ROUTES, type Route, type RouteName } from '../../api/routes.ts';
import { authorize, type Door, stillAllowed } from '../auth/guard.ts';
import { mediaTypeOf } from '../body.ts';
import { EventStream } from '../sse.ts';

export type Handler = (context: Asked) => Promise<void> | void;

/** The request as handlers see it. */
export interface Asked {
  readonly context: Context;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Who asks. */
  readonly user: string;
  /** What they may do; nothing on a public route. */
  readonly scope?: Scope;
  json(body: unknown, status?: number): void;
  /** Begins to answer with events; nothing else can be answered then. */
  readonly stream: () => EventStream;
  /** Fires when whoever asked has gone. */
  readonly gone: AbortSignal;
}

export type Handlers = Readonly<Record<RouteName, Handler>>;

/** Kestra's clients name the tenant since 0.23; ours is always `main`. */
const BASE = '/api/v1{/main}';

/** By the first word of their addresses, since a router tries all of its routes one after another. */
export type Routers = ReadonlyMap<string, Router>;

export function routersOf(handlers: Handlers, door: Door): Routers {
  const routers = new Map<string, Router>();
  for (const [name, route] of Object.entries(ROUTES) as [RouteName, Route][]) {
    const word = firstWordOf(route.path);
    if (!routers.has(word)) routers.set(word, new Router());
    routers
      .get(word)!
      .register(
        pathsOf(route),
        [route.method],
        [
          authorize(route, door) as never,
          (context: RoutedContext, next: () => Promise<void>) =>
            route.formless && isForm(context)
              ? next()
              : handlers[name](askedOf(context, () => stillAllowed(route, context, door))),
        ],
      );
  }
  return routers;
}

/** Who knows an address, if anybody does. */
export const routerFor = (routers: Routers, path: string): Router | undefined =>
  routers.get(firstWordOf(path.replace(/^\/api\/v1(?=\/)(\/main(?=\/))?/i, '')));

const firstWordOf = (path: string): string => (path.split('/', 2)[1] ?? '').toLowerCase();

const OF_EXECUTION = '/executions/:executionId/';

const pathsOf = ({ path, action }: Route): string[] => [
  BASE + path,
  ...(action ? [BASE + path.replace(OF_EXECUTION, `${OF_EXECUTION}actions/`)] : []),
];

const isForm = ({ req }: Context): boolean => mediaTypeOf(req).startsWith('multipart/');

type RoutedContext = Context & { readonly params: Record<string, string> };

function askedOf(context: RoutedContext, allowed: () => Promise<boolean>): Asked {
  let gone: AbortController | undefined;
  const { principal } = context.state as { readonly principal?: Principal };
  return {
    context,
    params: context.params,
    query: new URLSearchParams(context.querystring),
    user: principal?.user ?? '',
    scope: principal?.scope,
    json: (body, status = 200) => {
      context.status = status;
      context.type = 'application/json';
      context.body = JSON.stringify(body);
    },
    stream: () => new EventStream(context, allowed),
    get gone() {
      if (!gone) {
        const controller = new AbortController();
        context.res.once('close', () => {
          if (!context.res.writableFinished) controller.abort();
        });
        gone = controller;
      }
      return gone.signal;
    },
  };
}
