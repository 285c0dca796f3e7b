/** What the page asks of executions, alone and in bulk. */
import { API, ask, type ExecutionView, JSON_TYPE, type JudgedInput, type PageOf, part } from '../api.ts';

const of = (id: string): string => `/executions/${part(id)}`;
const ofFlow = (namespace: string, id: string): string => `/executions/${part(namespace)}/${part(id)}`;
const withQuery = (path: string, query: Readonly<Record<string, string | undefined>>): string => {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return given.length > 0 ? `${path}?${new URLSearchParams(given)}` : path;
};

export interface Judgement {
  readonly inputs: readonly JudgedInput[];
}

/** Without their task runs. */
export const searchExecutions = (query: URLSearchParams) =>
  ask<PageOf<ExecutionView>>(`/executions/search?brief=true&${query}`);
/** And with why each waits, or why it failed. */
export const searchWithReasons = (query: URLSearchParams) =>
  ask<PageOf<ExecutionView>>(`/executions/search?brief=true&why=true&${query}`);
export const readExecution = (id: string) => ask<ExecutionView>(of(id));
/** Its state without its task runs, which may be megabytes; undefined where the indexer has not seen it yet. */
export const glanceAt = async (id: string): Promise<ExecutionView | undefined> =>
  (await searchExecutions(new URLSearchParams({ size: '1', 'filters[executionId][EQUALS]': id }))).results[0];
export const childrenOf = (id: string) =>
  searchExecutions(new URLSearchParams({ size: '100', triggerExecutionId: id, sort: 'state.startDate:asc' }));

export const startExecution = (namespace: string, id: string, body: FormData) =>
  ask<ExecutionView>(ofFlow(namespace, id), { method: 'POST', body });
export const judgeInputs = (namespace: string, id: string, body: FormData) =>
  ask<Judgement>(`${ofFlow(namespace, id)}/validate`, { method: 'POST', body });

const post = <T>(path: string, init: RequestInit = {}) => ask<T>(path, { method: 'POST', ...init });

export const killExecution = (id: string) => ask<unknown>(`${of(id)}/kill`, { method: 'DELETE' });
export const pauseExecution = (id: string) => post<unknown>(`${of(id)}/pause`);
export const resumeExecution = (id: string, body = new FormData()) => post<unknown>(`${of(id)}/resume`, { body });
export const judgeResume = (id: string, body: FormData) => post<Judgement>(`${of(id)}/resume/validate`, { body });
/** What waits for its time goes on now. */
export const forceRun = (id: string) => post<unknown>(`${of(id)}/force-run`);
export const restartExecution = (id: string) => post<ExecutionView>(`${of(id)}/restart`);
export const deleteExecution = (id: string) => ask<unknown>(of(id), { method: 'DELETE' });
export const relabel = (id: string, labels: readonly LabelPair[]) =>
  post<ExecutionView>(`${of(id)}/labels`, { headers: JSON_TYPE, body: JSON.stringify(labels) });
export const changeStatus = (id: string, status: string) =>
  post<ExecutionView>(withQuery(`${of(id)}/change-status`, { status }));
export const changeTaskRun = (id: string, taskRunId: string, state: string) =>
  post<ExecutionView>(`${of(id)}/state`, { headers: JSON_TYPE, body: JSON.stringify({ taskRunId, state }) });
/** `inputs`: other ones than before. */
export function replayExecution(
  id: string,
  { taskRunId, revision, inputs }: { taskRunId?: string; revision?: number; inputs?: FormData },
): Promise<ExecutionView> {
  const path = `${of(id)}/${inputs ? 'replay-with-inputs' : 'replay'}`;
  return post(withQuery(path, { taskRunId, revision: revision?.toString() }), inputs ? { body: inputs } : {});
}

export type LabelPair = { readonly key: string; readonly value: string };
export type Evaluated = { readonly result: string } | { readonly error: string };
/** As a task run sees it, or the execution itself. */
export const evaluate = (id: string, expression: string, taskRunId?: string) =>
  post<Evaluated>(`${of(id)}/eval${taskRunId === undefined ? '' : `/${part(taskRunId)}`}`, {
    headers: { 'content-type': 'text/plain' },
    body: expression,
  });

export const fileLink = (executionId: string, uri: string): string =>
  `${API}/executions/${executionId}/file?path=${encodeURIComponent(uri)}`;
export const logLink = (executionId: string): string => `${API}/logs/${executionId}/download`;

export const csvLink = (query: URLSearchParams): string => `${API}/executions/export/by-query/csv?${query}`;

export type BulkAction = 'kill' | 'pause' | 'resume' | 'restart' | 'replay' | 'delete';
const BULK: Readonly<Record<BulkAction, readonly [method: string, path: string]>> = {
  kill: ['DELETE', '/executions/kill/by-ids'],
  pause: ['POST', '/executions/pause/by-ids'],
  resume: ['POST', '/executions/resume/by-ids'],
  restart: ['POST', '/executions/restart/by-ids'],
  replay: ['POST', '/executions/replay/by-ids'],
  delete: ['DELETE', '/executions/by-ids'],
};
export interface BulkDone {
  readonly count: number;
}
export function actOnAll(action: BulkAction, ids: readonly string[]): Promise<BulkDone> {
  const [method, path] = BULK[action];
  return ask(path, { method, headers: JSON_TYPE, body: JSON.stringify(ids) });
}
/** All that a search finds. */
export function actOnFound(action: BulkAction, query: URLSearchParams): Promise<BulkDone> {
  const [method, path] = BULK[action];
  return ask(`${path.replace('by-ids', 'by-query')}?${query}`, { method });
}
export const relabelAll = (executionsId: readonly string[], executionLabels: readonly LabelPair[]) =>
  post<BulkDone>('/executions/labels/by-ids', {
    headers: JSON_TYPE,
    body: JSON.stringify({ executionsId, executionLabels }),
  });
