/** Addresses: each view has one, so that it can be linked to and come back to. Pure. */

export const ROOT = '/ui';

/** What the list of executions is narrowed to, and which page of it. */
export interface ListView {
  readonly text: string;
  /** Empty: all. */
  readonly states: readonly string[];
  /** And those below it; empty: all. */
  readonly namespace: string;
  readonly flowId: string;
  /** `key:value`, all of which must fit. */
  readonly labels: readonly string[];
  /** ISO-8601 such as PT24H, back from now; empty: all. */
  readonly since: string;
  /** From 1. */
  readonly number: number;
}

export const WHOLE_LIST: ListView = {
  text: '',
  states: [],
  namespace: '',
  flowId: '',
  labels: [],
  since: '',
  number: 1,
};

export interface LogsView {
  readonly text: string;
  /** And above. */
  readonly level: string;
  readonly since: string;
  readonly number: number;
}

export const FLOW_TABS = ['overview', 'edit', 'revisions', 'executions'] as const;
export type FlowTab = (typeof FLOW_TABS)[number];
export const EXECUTION_VIEWS = ['gantt', 'topology'] as const;
export type ExecutionViewName = (typeof EXECUTION_VIEWS)[number];

export interface FlowPlace {
  readonly tab?: FlowTab;
  /** The form that runs it is open. */
  readonly runs?: boolean;
  /** The execution whose inputs the form begins with. */
  readonly inputsOf?: string;
}

/** What the start page counts. */
export interface StartView {
  /** ISO-8601, back from now. */
  readonly since: string;
  /** And those below it; empty: all. */
  readonly namespace: string;
}
const STARTS_SINCE = 'P7D';

export type Route =
  | { readonly page: 'start'; readonly view: StartView }
  | { readonly page: 'flows'; readonly text: string; readonly namespace: string; readonly number: number }
  | { readonly page: 'new flow' }
  | ({ readonly page: 'flow'; readonly namespace: string; readonly id: string } & FlowPlace & { readonly tab: FlowTab })
  | { readonly page: 'executions'; readonly view: ListView }
  | {
      readonly page: 'execution';
      readonly id: string;
      readonly taskRunId?: string;
      readonly view: ExecutionViewName;
    }
  | { readonly page: 'logs'; readonly view: LogsView }
  | { readonly page: 'plugins'; readonly type?: string }
  | { readonly page: 'services' }
  | { readonly page: 'dead letters'; readonly number: number }
  | { readonly page: 'dead letter'; readonly id: string }
  | { readonly page: 'unknown' };

export function parseRoute(path: string, search: string): Route {
  const query = new URLSearchParams(search);
  const [page, ...rest] = partsOf(path);
  switch (page) {
    case undefined:
      return { page: 'start', view: startView(query) };
    case 'executions':
      return rest[0] === undefined ? { page: 'executions', view: listView(query) } : executionRoute(rest[0], query);
    case 'flows':
      return flowRoute(rest, query);
    case 'logs':
      return { page: 'logs', view: logsView(query) };
    case 'plugins':
      return { page: 'plugins', type: rest[0] };
    case 'services':
      return operatorRoute(rest, query);
    default:
      return { page: 'unknown' };
  }
}

const executionRoute = (id: string, query: URLSearchParams): Route => ({
  page: 'execution',
  id,
  taskRunId: query.get('taskRun') ?? undefined,
  view: EXECUTION_VIEWS.find((view) => view === query.get('view')) ?? 'gantt',
});

function operatorRoute([part, id]: readonly string[], query: URLSearchParams): Route {
  if (part === undefined) return { page: 'services' };
  if (part !== 'dead-letters') return { page: 'unknown' };
  return id === undefined ? { page: 'dead letters', number: numberIn(query) } : { page: 'dead letter', id };
}

function flowRoute([namespace, id, tab]: readonly string[], query: URLSearchParams): Route {
  if (namespace === undefined)
    return {
      page: 'flows',
      text: query.get('q') ?? '',
      namespace: query.get('namespace') ?? '',
      number: numberIn(query),
    };
  if (namespace === 'new' && id === undefined) return { page: 'new flow' };
  const known = FLOW_TABS.find((each) => each === (tab ?? 'overview'));
  if (id === undefined || !known) return { page: 'unknown' };
  const inputsOf = query.get('inputsOf') ?? undefined;
  return { page: 'flow', namespace, id, tab: known, runs: query.has('run') || inputsOf !== undefined, inputsOf };
}

function partsOf(path: string): string[] {
  try {
    return path.replace(ROOT, '').split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    return ['unknown']; // A percent sign that spells nothing.
  }
}

const numberIn = (query: URLSearchParams): number => Math.max(1, Number.parseInt(query.get('page') ?? '', 10) || 1);

const listView = (query: URLSearchParams): ListView => ({
  text: query.get('q') ?? '',
  states: query.getAll('state'),
  namespace: query.get('namespace') ?? '',
  flowId: query.get('flowId') ?? '',
  labels: query.getAll('label'),
  since: query.get('since') ?? '',
  number: numberIn(query),
});

const startView = (query: URLSearchParams): StartView => ({
  since: query.get('since') ?? STARTS_SINCE,
  namespace: query.get('namespace') ?? '',
});

const LEAST_LEVEL = 'INFO';
const logsView = (query: URLSearchParams): LogsView => ({
  text: query.get('q') ?? '',
  level: query.get('level') ?? LEAST_LEVEL,
  since: query.get('since') ?? '',
  number: numberIn(query),
});

/** What is empty is left out. */
function withQuery(path: string, query: Readonly<Record<string, string | readonly string[] | undefined>>): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : (value ?? [])).filter(Boolean).map((text) => [name, text]),
  );
  return pairs.length > 0 ? `${path}?${new URLSearchParams(pairs)}` : path;
}

const pageText = (number: number): string => (number > 1 ? String(number) : '');

export const paths = {
  start: `${ROOT}/`,
  startOf: ({ since, namespace }: StartView) =>
    withQuery(`${ROOT}/`, { since: since === STARTS_SINCE ? '' : since, namespace }),
  flows: `${ROOT}/flows`,
  newFlow: `${ROOT}/flows/new`,
  executions: `${ROOT}/executions`,
  logs: `${ROOT}/logs`,
  logsOf: ({ text, level, since, number }: LogsView) => {
    const query = { q: text, level: level === LEAST_LEVEL ? '' : level, since, page: pageText(number) };
    return withQuery(`${ROOT}/logs`, query);
  },
  plugins: `${ROOT}/plugins`,
  plugin: (type: string) => `${ROOT}/plugins/${encodeURIComponent(type)}`,
  services: `${ROOT}/services`,
  deadLetters: (number = 1) => withQuery(`${ROOT}/services/dead-letters`, { page: pageText(number) }),
  deadLetter: (id: string) => `${ROOT}/services/dead-letters/${encodeURIComponent(id)}`,
  flowsOf: ({ text = '', namespace = '', number = 1 }) =>
    withQuery(`${ROOT}/flows`, { q: text, namespace, page: pageText(number) }),
  listOf: (view: Partial<ListView>) => {
    const { text, states, namespace, flowId, labels, since, number } = { ...WHOLE_LIST, ...view };
    const query = { q: text, state: states, namespace, flowId, label: labels, since, page: pageText(number) };
    return withQuery(`${ROOT}/executions`, query);
  },
  flow: (namespace: string, id: string, { tab = 'overview', runs = false, inputsOf }: FlowPlace = {}) =>
    withQuery(
      `${ROOT}/flows/${encodeURIComponent(namespace)}/${encodeURIComponent(id)}${tab === 'overview' ? '' : `/${tab}`}`,
      { run: runs && inputsOf === undefined ? 'true' : '', inputsOf },
    ),
  execution: (id: string, taskRunId?: string, view: ExecutionViewName = 'gantt') =>
    withQuery(`${ROOT}/executions/${encodeURIComponent(id)}`, {
      taskRun: taskRunId,
      view: view === 'gantt' ? '' : view,
    }),
};
