/** The contract: every route, once. Who serves, who calls, and the documentation read it here. */
import type { Route } from './route.ts';
import { EXECUTION_ROUTES } from './routes/executions.ts';
import { FLOW_ROUTES } from './routes/flows.ts';
import { LOG_ROUTES } from './routes/logs.ts';
import { OPERATOR_ROUTES } from './routes/operator.ts';
import { PLUGIN_ROUTES } from './routes/plugins.ts';
import { SESSION_ROUTES } from './routes/session.ts';

export type { Route } from './route.ts';

export const ROUTES = {
  ...SESSION_ROUTES,
  ...FLOW_ROUTES,
  ...EXECUTION_ROUTES,
  ...LOG_ROUTES,
  ...PLUGIN_ROUTES,
  ...OPERATOR_ROUTES,
} as const satisfies Readonly<Record<string, Route>>;

export type RouteName = keyof typeof ROUTES;
