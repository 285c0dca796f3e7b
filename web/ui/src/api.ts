/** What the page asks of the server: the shapes are the contract's (web/api). A 401 shows the sign-in. */

export const API = '/api/v1/main';

export interface StateView {
  readonly current: string;
  readonly histories: readonly { readonly state: string; readonly date: string }[];
  readonly startDate: string;
  readonly endDate?: string;
}

export interface TaskRunView {
  readonly id: string;
  readonly taskId: string;
  readonly parentTaskRunId?: string;
  readonly value?: string;
  readonly iteration?: number;
  readonly state: StateView;
  readonly attempts?: readonly { readonly state: StateView; readonly workerId?: string }[];
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly reason?: string;
}

export interface ExecutionView {
  readonly id: string;
  readonly namespace: string;
  readonly flowId: string;
  readonly flowRevision: number;
  readonly state: StateView;
  readonly taskRunList?: readonly TaskRunView[];
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly labels?: readonly { readonly key: string; readonly value: string }[];
  readonly trigger?: { readonly id: string; readonly type: string };
  readonly reason?: string;
}

export interface LogView {
  readonly id?: string;
  readonly timestamp: string;
  readonly level: string;
  readonly message: string;
  readonly taskId?: string;
  readonly taskRunId?: string;
  readonly attemptNumber?: number;
}

export interface InputView {
  readonly id: string;
  readonly type: string;
  readonly required?: boolean;
  readonly defaults?: unknown;
  readonly description?: string;
  readonly displayName?: string;
}

export interface FlowView {
  readonly id: string;
  readonly namespace: string;
  readonly revision: number;
  readonly description?: string;
  readonly source?: string;
  readonly inputs?: readonly InputView[];
}

export interface PageOf<T> {
  readonly results: readonly T[];
  readonly total: number;
}

const signedOut = new Set<() => void>();
export function onSignedOut(listener: () => void): () => void {
  signedOut.add(listener);
  return () => signedOut.delete(listener);
}

/** What the server said was wrong. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  const answer = await fetch(path.startsWith('/') ? `${API}${path}` : path, init);
  const text = await answer.text();
  if (answer.status === 401) for (const listener of signedOut) listener();
  if (!answer.ok) throw new ApiError(answer.status, messageIn(text) ?? `expected an answer, got ${answer.status}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

function messageIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { message?: string }).message;
  } catch {
    return undefined; // Not our server's answer, such as a proxy's page.
  }
}

export const searchExecutions = (query: URLSearchParams) => ask<PageOf<ExecutionView>>(`/executions/search?${query}`);
export const searchFlows = (query: URLSearchParams) => ask<PageOf<FlowView>>(`/flows/search?${query}`);
export const readFlow = (namespace: string, id: string) =>
  ask<FlowView>(`/flows/${encodeURIComponent(namespace)}/${encodeURIComponent(id)}?source=true`);
export const killExecution = (id: string) => ask<unknown>(`/executions/${id}/kill`, { method: 'DELETE' });
export const fileLink = (executionId: string, uri: string): string =>
  `${API}/executions/${executionId}/file?path=${encodeURIComponent(uri)}`;

export function startExecution(
  namespace: string,
  id: string,
  inputs: Readonly<Record<string, string>>,
): Promise<ExecutionView> {
  const body = new FormData();
  for (const [name, value] of Object.entries(inputs)) body.append(name, value);
  return ask(`/executions/${encodeURIComponent(namespace)}/${encodeURIComponent(id)}`, { method: 'POST', body });
}
