/**
 * The contract: every route, once. Paths stand below `/api/v1` and `/api/v1/main` alike. `access` says who may ask: `user` is
 * anyone who is signed in; `public` gives its reason.
 */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly access: 'user' | { readonly public: string };
  /** Kestra 2.0 spells it `/executions/:executionId/actions/…`: it is served there as well. */
  readonly action?: boolean;
  /** It takes no form: a form that is sent there starts the flow of that name. */
  readonly formless?: boolean;
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
  killByIds: { method: 'DELETE', path: '/executions/kill/by-ids', access: 'user' },
  killByQuery: { method: 'DELETE', path: '/executions/kill/by-query', access: 'user' },
  deleteByIds: { method: 'DELETE', path: '/executions/by-ids', access: 'user' },
  deleteByQuery: { method: 'DELETE', path: '/executions/by-query', access: 'user' },
  pauseByIds: { method: 'POST', path: '/executions/pause/by-ids', access: 'user', formless: true },
  pauseByQuery: { method: 'POST', path: '/executions/pause/by-query', access: 'user', formless: true },
  resumeByIds: { method: 'POST', path: '/executions/resume/by-ids', access: 'user', formless: true },
  resumeByQuery: { method: 'POST', path: '/executions/resume/by-query', access: 'user', formless: true },
  restartByIds: { method: 'POST', path: '/executions/restart/by-ids', access: 'user', formless: true },
  restartByQuery: { method: 'POST', path: '/executions/restart/by-query', access: 'user', formless: true },
  replayByIds: { method: 'POST', path: '/executions/replay/by-ids', access: 'user', formless: true },
  replayByQuery: { method: 'POST', path: '/executions/replay/by-query', access: 'user', formless: true },
  changeStatusByIds: { method: 'POST', path: '/executions/change-status/by-ids', access: 'user', formless: true },
  changeStatusByQuery: { method: 'POST', path: '/executions/change-status/by-query', access: 'user', formless: true },
  labelsByIds: { method: 'POST', path: '/executions/labels/by-ids', access: 'user', formless: true },
  labelsByQuery: { method: 'POST', path: '/executions/labels/by-query', access: 'user', formless: true },
  forceRunByIds: { method: 'POST', path: '/executions/force-run/by-ids', access: 'user', formless: true },
  forceRunByQuery: { method: 'POST', path: '/executions/force-run/by-query', access: 'user', formless: true },

  pauseExecution: {
    method: 'POST',
    path: '/executions/:executionId/pause',
    access: 'user',
    action: true,
    formless: true,
  },
  validateResume: { method: 'POST', path: '/executions/:executionId/resume/validate', access: 'user', action: true },
  resumeExecution: { method: 'POST', path: '/executions/:executionId/resume', access: 'user', action: true },
  restartExecution: {
    method: 'POST',
    path: '/executions/:executionId/restart',
    access: 'user',
    action: true,
    formless: true,
  },
  replayExecution: {
    method: 'POST',
    path: '/executions/:executionId/replay',
    access: 'user',
    action: true,
    formless: true,
  },
  replayWithInputs: {
    method: 'POST',
    path: '/executions/:executionId/replay-with-inputs',
    access: 'user',
    action: true,
  },
  changeTaskRun: {
    method: 'POST',
    path: '/executions/:executionId/state',
    access: 'user',
    action: true,
    formless: true,
  },
  changeStatus: {
    method: 'POST',
    path: '/executions/:executionId/change-status',
    access: 'user',
    action: true,
    formless: true,
  },
  changeLabels: {
    method: 'POST',
    path: '/executions/:executionId/labels',
    access: 'user',
    action: true,
    formless: true,
  },
  forceRun: {
    method: 'POST',
    path: '/executions/:executionId/force-run',
    access: 'user',
    action: true,
    formless: true,
  },
  evaluate: { method: 'POST', path: '/executions/:executionId/eval', access: 'user', action: true, formless: true },
  evaluateInTaskRun: {
    method: 'POST',
    path: '/executions/:executionId/eval/:taskRunId',
    access: 'user',
    action: true,
  },
  deleteExecution: { method: 'DELETE', path: '/executions/:executionId', access: 'user' },

  validateInputs: { method: 'POST', path: '/executions/:namespace/:flowId/validate', access: 'user' },
  createExecution: { method: 'POST', path: '/executions/:namespace/:flowId', access: 'user' },
  followExecution: { method: 'GET', path: '/executions/:executionId/follow', access: 'user' },
  downloadFile: { method: 'GET', path: '/executions/:executionId/file', access: 'user' },
  fileMetas: { method: 'GET', path: '/executions/:executionId/file/metas', access: 'user' },
  killExecution: { method: 'DELETE', path: '/executions/:executionId/kill', access: 'user', action: true },
  readExecution: { method: 'GET', path: '/executions/:executionId', access: 'user' },

  downloadLogs: { method: 'GET', path: '/logs/:executionId/download', access: 'user' },
  followLogs: { method: 'GET', path: '/logs/:executionId/follow', access: 'user' },
  readLogs: { method: 'GET', path: '/logs/:executionId', access: 'user' },
} as const satisfies Readonly<Record<string, Route>>;

export type RouteName = keyof typeof ROUTES;
