/** What the page asks of the server: the shapes are the contract's (web/api). A 401 shows the sign-in. */
import type { RefusalBody, WhyBody } from '../../api/bodies.ts';

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
  /** When it goes on by itself. */
  readonly dueDate?: string;
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
  readonly trigger?: {
    readonly id: string;
    readonly type: string;
    readonly variables?: Readonly<Record<string, unknown>>;
  };
  /** Of which it is a replay. */
  readonly parentId?: string;
  readonly originalId?: string;
  readonly scheduleDate?: string;
  readonly reason?: string;
  /** Where it was asked for. */
  readonly why?: WhyBody;
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
  /** What a form begins with; the server knows nothing of it. */
  readonly prefill?: unknown;
  readonly min?: number | string;
  readonly max?: number | string;
  /** It is asked for only if others have values, and a condition holds. */
  readonly dependsOn?: unknown;
  readonly values?: readonly (string | { readonly label: string; readonly value: string })[];
  /** Gives the values. */
  readonly expression?: string;
  readonly allowCustomValue?: boolean;
  readonly allowedFileExtensions?: readonly string[];
  /** Of a FORM. */
  readonly inputs?: readonly InputView[];
}

/** What the server would make of an input. */
export interface JudgedInput {
  /** With its whole id, its values rendered. */
  readonly input: InputView;
  readonly value?: unknown;
  readonly enabled: boolean;
  readonly isDefault: boolean;
  /** Absent where nothing is wrong. */
  readonly errors?: readonly { readonly message: string }[];
}

export interface FlowView {
  readonly id: string;
  readonly namespace: string;
  readonly revision: number;
  readonly description?: string;
  readonly source?: string;
  readonly disabled?: boolean;
  /** What is wrong with its source: it cannot run. */
  readonly exception?: string;
  readonly inputs?: readonly InputView[];
  readonly labels?: readonly { readonly key: string; readonly value: string }[];
  readonly triggers?: readonly { readonly id: string; readonly type: string; readonly disabled?: boolean }[];
  readonly tasks?: readonly TaskView[];
}

/** As written; those inside of it under any name. */
export interface TaskView {
  readonly id: string;
  readonly type: string;
  readonly [name: string]: unknown;
}

export interface PageOf<T> {
  readonly results: readonly T[];
  readonly total: number;
  /** ISO 8601: what is older was not looked at. */
  readonly reached?: string;
}

const signedOut = new Set<() => void>();
export function onSignedOut(listener: () => void): () => void {
  signedOut.add(listener);
  return () => signedOut.delete(listener);
}

/** One thing that is wrong, and where: `inputs.copies`, `tasks[0].type`. */
export interface ProblemView {
  readonly path: string;
  readonly message: string;
}

/** What the server said was wrong. */
export class ApiError extends Error {
  readonly status: number;
  readonly problems: readonly ProblemView[];

  constructor(status: number, message: string, problems: readonly ProblemView[] = []) {
    super(message);
    this.status = status;
    this.problems = problems;
  }
}

export async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  const answer = await fetch(path.startsWith('/') ? `${API}${path}` : path, init);
  const text = await answer.text();
  if (answer.status === 401) for (const listener of signedOut) listener();
  if (!answer.ok) throw refusalIn(answer.status, text);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

function refusalIn(status: number, text: string): ApiError {
  try {
    const { detail, message, problems } = JSON.parse(text) as Partial<RefusalBody>;
    return new ApiError(status, detail ?? message ?? `expected an answer, got ${status}`, problems);
  } catch {
    // Not our server's answer, such as a proxy's page.
    return new ApiError(status, `expected an answer, got ${status}`);
  }
}

/** What a person is told of anything that was thrown. */
export const sentenceOf = (failure: unknown): string => {
  if (!(failure instanceof ApiError)) return 'The server does not answer. Try again in a moment.';
  const said = failure.problems.map(({ path, message }) => (path ? `${path}: ${message}` : message));
  return said.length > 0 && !failure.message.includes(failure.problems[0]!.message)
    ? `${failure.message}\n${said.slice(0, 5).join('\n')}`
    : failure.message;
};

export const JSON_TYPE = { 'content-type': 'application/json' };
/** A part of an address. */
export const part = encodeURIComponent;

export const signIn = (username: string, password: string) =>
  ask<unknown>('/login', { method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ username, password }) });
export async function signOut(): Promise<void> {
  await ask('/logout', { method: 'POST' });
  for (const listener of signedOut) listener();
}
/** Who is signed in; a server without sign-in says `anonymous`. */
export const whoAmI = () => ask<{ readonly username: string }>('/me');
