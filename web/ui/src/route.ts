/** Where the person is: the address is the state, so that every view has a link. */
import { useEffect, useSyncExternalStore } from 'react';

export const ROOT = '/ui';

/** What the list of executions is narrowed to, and which page of it. */
export interface ListView {
  readonly text: string;
  /** Empty: all. */
  readonly state: string;
  /** From 1. */
  readonly number: number;
}

export type Route =
  | { readonly page: 'flows' }
  | { readonly page: 'flow'; readonly namespace: string; readonly id: string; readonly inputsOf?: string }
  | { readonly page: 'executions'; readonly view: ListView }
  | { readonly page: 'execution'; readonly id: string; readonly taskRunId?: string }
  | { readonly page: 'unknown' };

export function parseRoute(path: string, search: string): Route {
  const query = new URLSearchParams(search);
  const [page, first, second] = partsOf(path);
  if (page === undefined || (page === 'executions' && first === undefined))
    return { page: 'executions', view: listView(query) };
  if (page === 'executions') return { page: 'execution', id: first!, taskRunId: query.get('taskRun') ?? undefined };
  if (page === 'flows' && first === undefined) return { page: 'flows' };
  if (page === 'flows' && second !== undefined)
    return { page: 'flow', namespace: first!, id: second, inputsOf: query.get('inputsOf') ?? undefined };
  return { page: 'unknown' };
}

function partsOf(path: string): string[] {
  try {
    return path.replace(ROOT, '').split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    return ['unknown']; // A percent sign that spells nothing.
  }
}

const listView = (query: URLSearchParams): ListView => ({
  text: query.get('q') ?? '',
  state: query.get('state') ?? '',
  number: Math.max(1, Number.parseInt(query.get('page') ?? '', 10) || 1),
});

export const paths = {
  flows: `${ROOT}/flows`,
  executions: `${ROOT}/executions`,
  listOf: ({ text, state, number }: ListView) => {
    const query = new URLSearchParams({
      ...(text && { q: text }),
      ...(state && { state }),
      ...(number > 1 && { page: String(number) }),
    });
    return `${ROOT}/executions${query.size > 0 ? `?${query}` : ''}`;
  },
  /** `inputsOf`: the execution whose inputs the form begins with. */
  flow: (namespace: string, id: string, inputsOf?: string) =>
    `${ROOT}/flows/${encodeURIComponent(namespace)}/${encodeURIComponent(id)}${inputsOf ? `?inputsOf=${inputsOf}` : ''}`,
  execution: (id: string, taskRunId?: string) =>
    `${ROOT}/executions/${encodeURIComponent(id)}${taskRunId ? `?taskRun=${encodeURIComponent(taskRunId)}` : ''}`,
};

const listeners = new Set<() => void>();
const changed = () => {
  for (const listener of listeners) listener();
};

export function go(path: string, replace = false): void {
  if (replace) history.replaceState(null, '', path);
  else {
    history.pushState(null, '', path);
    scrollTo(0, 0);
  }
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

/** What the browser's tab and history say. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Windhover`;
  }, [title]);
}
