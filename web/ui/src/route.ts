/** Where the person is: the address is the state, so that every view has a link. */
import { useSyncExternalStore } from 'react';

export const ROOT = '/ui';

export type Route =
  | { readonly page: 'flows' }
  | { readonly page: 'flow'; readonly namespace: string; readonly id: string }
  | { readonly page: 'executions' }
  | { readonly page: 'execution'; readonly id: string; readonly taskRunId?: string }
  | { readonly page: 'unknown' };

export function parseRoute(path: string, query: string): Route {
  const parts = path.replace(ROOT, '').split('/').filter(Boolean).map(decodeURIComponent);
  const [page, first, second] = parts;
  if (page === undefined || (page === 'executions' && first === undefined)) return { page: 'executions' };
  if (page === 'executions')
    return { page: 'execution', id: first!, taskRunId: new URLSearchParams(query).get('taskRun') ?? undefined };
  if (page === 'flows' && first === undefined) return { page: 'flows' };
  if (page === 'flows' && second !== undefined) return { page: 'flow', namespace: first!, id: second };
  return { page: 'unknown' };
}

export const paths = {
  flows: `${ROOT}/flows`,
  executions: `${ROOT}/executions`,
  flow: (namespace: string, id: string) => `${ROOT}/flows/${encodeURIComponent(namespace)}/${encodeURIComponent(id)}`,
  execution: (id: string, taskRunId?: string) =>
    `${ROOT}/executions/${encodeURIComponent(id)}${taskRunId ? `?taskRun=${taskRunId}` : ''}`,
};

const listeners = new Set<() => void>();
const changed = () => {
  for (const listener of listeners) listener();
};

export function go(path: string, replace = false): void {
  if (replace) history.replaceState(null, '', path);
  else history.pushState(null, '', path);
  changed();
}

export function useRoute(): Route {
  const address = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      addEventListener('popstate', changed);
      return () => void listeners.delete(listener);
    },
    () => location.pathname + location.search,
  );
  const [path, query = ''] = address.split('?');
  return parseRoute(path!, query);
}
