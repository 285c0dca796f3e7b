/** A route of the contract and what answers it: with the authorization that the contract asks for, so that none can be without. */
import type Router from '@koa/router';
import type { Context } from 'koa';
import { ROUTES, type Route, type RouteName } from '../../api/routes.ts';
import { authorize } from '../auth/guard.ts';
import type { Keeper } from '../auth/keeper.ts';

export type Handler = (context: Asked) => Promise<void> | void;

/** The request as handlers see it. */
export interface Asked {
  readonly context: Context;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Who asks. */
  readonly user: string;
  json(body: unknown, status?: number): void;
}

export type Handlers = Readonly<Record<RouteName, Handler>>;

const BASE = '/api/v1';

export function register(router: Router, handlers: Handlers, keeper: Keeper | undefined, cookie: string): void {
  for (const [name, route] of Object.entries(ROUTES) as [RouteName, Route][]) {
    const handler = handlers[name];
    router.register(
      BASE + route.path,
      [route.method],
      [
        authorize(route, keeper, cookie) as never,
        async (context: Context & { params: Record<string, string> }) => {
          await handler({
            context,
            params: context.params,
            query: context.URL.searchParams,
            user: (context.state as { user?: string }).user ?? '',
            json: (body, status = 200) => {
              context.status = status;
              context.type = 'application/json';
              context.body = JSON.stringify(body);
            },
          });
        },
      ],
    );
  }
}
