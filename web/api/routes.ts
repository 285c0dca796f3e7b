/** The contract: every route, once. Who serves, who calls, and the documentation read it here. */
import type { Route } from './route.ts';
import { ACCESS_ROUTES } from './routes/access.ts';
import { EXECUTION_BULK_ROUTES } from './routes/execution-bulk.ts';
import { EXECUTION_OPERATION_ROUTES } from './routes/execution-operations.ts';
import { EXECUTION_ROUTES } from './routes/executions.ts';
import { FLOW_BULK_ROUTES } from './routes/flow-bulk.ts';
import { FLOW_ROUTES } from './routes/flows.ts';
import { LOG_ROUTES } from './routes/logs.ts';
import { NAMESPACE_ROUTES } from './routes/namespaces.ts';
import { OPERATOR_ROUTES } from './routes/operator.ts';
import { PLUGIN_ROUTES } from './routes/plugins.ts';
import { SESSION_ROUTES } from './routes/session.ts';
import { STATISTICS_ROUTES } from './routes/statistics.ts';

export type { Route } from './route.ts';

/** By what they are of; what stands before others in the contract answers before them. */
export const SECTIONS = {
  session: SESSION_ROUTES,
  'many flows': FLOW_BULK_ROUTES,
  flows: FLOW_ROUTES,
  namespaces: NAMESPACE_ROUTES,
  'many executions': EXECUTION_BULK_ROUTES,
  'what may be done to executions': EXECUTION_OPERATION_ROUTES,
  executions: EXECUTION_ROUTES,
  logs: LOG_ROUTES,
  statistics: STATISTICS_ROUTES,
  plugins: PLUGIN_ROUTES,
  operators: OPERATOR_ROUTES,
  'users and tokens': ACCESS_ROUTES,
} as const;

export const ROUTES = {
  ...SESSION_ROUTES,
  ...FLOW_BULK_ROUTES,
  ...FLOW_ROUTES,
  ...NAMESPACE_ROUTES,
  ...EXECUTION_BULK_ROUTES,
  ...EXECUTION_OPERATION_ROUTES,
  ...EXECUTION_ROUTES,
  ...LOG_ROUTES,
  ...STATISTICS_ROUTES,
  ...PLUGIN_ROUTES,
  ...OPERATOR_ROUTES,
  ...ACCESS_ROUTES,
} as const satisfies Readonly<Record<string, Route>>;

export type RouteName = keyof typeof ROUTES;
