/**
 * The contract: every route, once. Paths stand below `/api/v1` and `/api/v1/main` alike. `access` says who may ask: `user` is
 * anyone who is signed in; `public` gives its reason.
 */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly access: 'user' | { readonly public: string };
}

export const ROUTES = {
  configs: {
    method: 'GET',
    path: '/configs',
    access: { public: 'clients choose their dialect by it before they sign in; holds nothing of any user' },
  },
  ping: { method: 'GET', path: '/ping', access: { public: 'load balancers ask it' } },
  login: { method: 'POST', path: '/login', access: { public: 'it is how one signs in' } },
  useLink: { method: 'GET', path: '/login/:secret', access: { public: 'the link holds a secret that signs in once' } },
  logout: { method: 'POST', path: '/logout', access: 'user' },
  me: { method: 'GET', path: '/me', access: 'user' },

  searchFlows: { method: 'GET', path: '/flows/search', access: 'user' },
  validateFlows: { method: 'POST', path: '/flows/validate', access: 'user' },
  createFlow: { method: 'POST', path: '/flows', access: 'user' },
  flowRevisions: { method: 'GET', path: '/flows/:namespace/:id/revisions', access: 'user' },
  readFlow: { method: 'GET', path: '/flows/:namespace/:id', access: 'user' },
  updateFlow: { method: 'PUT', path: '/flows/:namespace/:id', access: 'user' },
  deleteFlow: { method: 'DELETE', path: '/flows/:namespace/:id', access: 'user' },

  searchExecutions: { method: 'GET', path: '/executions/search', access: 'user' },
  executionsOfFlow: { method: 'GET', path: '/executions', access: 'user' },
  triggerExecution: { method: 'POST', path: '/executions/trigger/:namespace/:flowId', access: 'user' },
  validateInputs: { method: 'POST', path: '/executions/:namespace/:flowId/validate', access: 'user' },
  createExecution: { method: 'POST', path: '/executions/:namespace/:flowId', access: 'user' },
  followExecution: { method: 'GET', path: '/executions/:executionId/follow', access: 'user' },
  downloadFile: { method: 'GET', path: '/executions/:executionId/file', access: 'user' },
  fileMetas: { method: 'GET', path: '/executions/:executionId/file/metas', access: 'user' },
  killExecution: { method: 'DELETE', path: '/executions/:executionId/kill', access: 'user' },
  readExecution: { method: 'GET', path: '/executions/:executionId', access: 'user' },

  downloadLogs: { method: 'GET', path: '/logs/:executionId/download', access: 'user' },
  followLogs: { method: 'GET', path: '/logs/:executionId/follow', access: 'user' },
  readLogs: { method: 'GET', path: '/logs/:executionId', access: 'user' },
} as const satisfies Readonly<Record<string, Route>>;

export type RouteName = keyof typeof ROUTES;
