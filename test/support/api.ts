/** REST in the words of tests: save a flow, run it, wait for its end. What is refused is given back, not thrown. */
import { eventually } from './eventually.ts';

const ENDS = new Set(['SUCCESS', 'WARNING', 'FAILED', 'KILLED', 'CANCELLED', 'RETRIED', 'SKIPPED']);

export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Undefined where it is no JSON. */
  readonly body: T;
}

export interface RunAnswer {
  readonly id: string;
  readonly taskId: string;
  readonly value?: string;
  readonly parentTaskRunId?: string;
  readonly state: { readonly current: string; readonly histories: readonly { state: string; date: string }[] };
  readonly attempts?: readonly {
    readonly state: { readonly current: string };
    readonly workerId?: string;
    readonly logFile?: string;
  }[];
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly reason?: string;
}

export interface ExecutionAnswer {
  readonly id: string;
  readonly namespace: string;
  readonly flowId: string;
  readonly flowRevision: number;
  readonly state: RunAnswer['state'];
  readonly taskRunList: readonly RunAnswer[];
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly labels: readonly { readonly key: string; readonly value: string }[];
  readonly reason?: string;
}

export interface Api {
  readonly url: string;
  readonly token: string;
  /** `path` below /api/v1/main. */
  ask<T = Record<string, unknown>>(method: string, path: string, init?: RequestInit): Promise<Answer<T>>;
  /** Creates the flow, or saves it anew; throws what is refused. */
  save(source: string): Promise<void>;
  /** Starts `namespace/id`; throws what is refused. */
  start(flow: string, inputs?: Readonly<Record<string, string | Blob>>, query?: string): Promise<ExecutionAnswer>;
  execution(id: string): Promise<ExecutionAnswer>;
  /** As it ended. */
  ended(id: string, withinMs?: number): Promise<ExecutionAnswer>;
  /** Starts, and waits for its end. */
  run(flow: string, inputs?: Readonly<Record<string, string | Blob>>, withinMs?: number): Promise<ExecutionAnswer>;
  /** Saves the flow, starts it, and waits for its end. */
  runSource(source: string, inputs?: Readonly<Record<string, string | Blob>>): Promise<ExecutionAnswer>;
}

export function apiOf(url: string, token: string): Api {
  const ask: Api['ask'] = async <T>(method: string, path: string, init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) };
    const answer = await fetch(`${url}/api/v1/main${path}`, { ...init, method, headers });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, body: parsed(text) as T };
  };
  const done = <T>(answer: Answer<T>): T => {
    if (answer.status >= 300) throw new Error(`expected an answer, got ${answer.status} ${answer.text.slice(0, 500)}`);
    return answer.body;
  };
  const execution = async (id: string) => done(await ask<ExecutionAnswer>('GET', `/executions/${id}`));
  const ended = (id: string, withinMs?: number) =>
    eventually(async () => {
      const seen = await execution(id);
      return ENDS.has(seen.state.current) && seen;
    }, withinMs);
  const start: Api['start'] = async (flow, inputs = {}, query = '') => {
    const body = new FormData();
    for (const [name, value] of Object.entries(inputs)) body.append(name, value);
    const form = Object.keys(inputs).length > 0 ? { body } : {};
    return done(await ask<ExecutionAnswer>('POST', `/executions/${flow}${query}`, form));
  };
  const save = async (source: string) => {
    const init = { headers: { 'content-type': 'application/x-yaml' }, body: source };
    const created = await ask('POST', '/flows', init);
    if (created.status < 300) return;
    done(created.text.includes('already exists') ? await ask('PUT', `/flows/${nameIn(source)}`, init) : created);
  };
  const run: Api['run'] = async (flow, inputs, withinMs) => ended((await start(flow, inputs)).id, withinMs);
  return {
    url,
    token,
    ask,
    save,
    start,
    execution,
    ended,
    run,
    runSource: async (source, inputs) => {
      await save(source);
      return run(nameIn(source), inputs);
    },
  };
}

/** `namespace/id`. */
const nameIn = (source: string): string =>
  ['namespace', 'id'].map((name) => new RegExp(`^${name}: *(\\S+)`, 'm').exec(source)?.[1]).join('/');

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const runOfTask = ({ taskRunList }: ExecutionAnswer, taskId: string): RunAnswer | undefined =>
  taskRunList.find((run) => run.taskId === taskId);

export const stateOfTask = (execution: ExecutionAnswer, taskId: string): string | undefined =>
  runOfTask(execution, taskId)?.state.current;

/** What a Return has given. */
export const valueOfTask = (execution: ExecutionAnswer, taskId: string): string =>
  String(runOfTask(execution, taskId)!.outputs!.value);
