/**
 * How the command line talks to a server: over REST. Where: WINDHOVER_URL and WINDHOVER_TOKEN; else what the server that runs here
 * has left in the data folder; else where somebody has signed in (`windhover login`). Whatever goes wrong is a Fault.
 */
import { readFileSync } from 'node:fs';
import { systemClock } from '../../lib/clock.ts';
import type { Config } from '../../lib/config.ts';
import { addressFile, tokenFile } from '../../lib/data-folder.ts';
import { FAULTS, Fault, type FaultCode, isFault, textOf } from '../../lib/errors.ts';
import type { Problem } from '../../lib/model/problem.ts';
import { readLogin } from './login-file.ts';
import { eventsOf, type ServerEvent } from './sse.ts';

export const API = '/api/v1/main';
const DEFAULT_URL = 'http://127.0.0.1:8080';
/** A stream that was lost is opened again after these times; silence between them starts anew. */
const REOPEN_MS = [200, 500, 1_000, 2_000, 5_000];
const REOPEN_TRIES_MAX = 60;

export interface StateAnswer {
  readonly current: string;
  readonly histories: readonly { readonly state: string; readonly date: string }[];
  readonly startDate?: string;
  readonly endDate?: string;
}

export interface TaskRunAnswer {
  readonly id: string;
  readonly taskId: string;
  readonly parentTaskRunId?: string;
  readonly value?: string;
  readonly state: StateAnswer;
  readonly attempts?: readonly unknown[];
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly reason?: string;
}

export interface ExecutionAnswer {
  readonly id: string;
  readonly namespace: string;
  readonly flowId: string;
  readonly state: StateAnswer;
  readonly taskRunList?: readonly TaskRunAnswer[];
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly reason?: string;
}

export interface LineAnswer {
  readonly timestamp: string;
  readonly level: string;
  readonly message: string;
  readonly taskId?: string;
}

export interface Client {
  /** Such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** `path` below /api/v1/main. */
  ask<T>(path: string, init?: RequestInit): Promise<T>;
  open(path: string, init?: RequestInit): Promise<Response>;
  /** The events of a stream up to its `end`, over lost connections, none twice. */
  follow(path: string, signal?: AbortSignal): AsyncGenerator<ServerEvent>;
}

/** `data` is the data folder; `url` and `token`, where set, come first. */
export function openClient({ data, url, token }: Pick<Config, 'data' | 'url' | 'token'>): Client {
  const here = firstLine(addressFile(data));
  const login = readLogin();
  const at = (url ?? here ?? login?.url ?? DEFAULT_URL).replace(/\/+$/, '');
  // The local token is no business of another machine's server.
  const secret = token ?? (url === undefined && at === (here ?? DEFAULT_URL) ? firstLine(tokenFile(data)) : undefined);
  const authorization: Record<string, string> =
    secret !== undefined
      ? { authorization: `Bearer ${secret}` }
      : login?.url === at && login.cookie !== ''
        ? { cookie: login.cookie }
        : {};
  const open = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = { ...authorization, ...(init.headers as Record<string, string>) };
    const answer = await reach(at, `${at}${API}${path}`, { ...init, headers });
    if (!answer.ok) throw refusal(answer.status, await answer.text());
    return answer;
  };
  return {
    url: at,
    open,
    ask: async <T>(path: string, init?: RequestInit) => {
      const text = await (await open(path, init)).text();
      return (text === '' ? undefined : JSON.parse(text)) as T;
    },
    follow: (path, signal) => followed(open, path, signal),
  };
}

function firstLine(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').split('\n')[0]!.trim() || undefined;
  } catch {
    return undefined; // No server has run here yet: then the default is asked, and says so.
  }
}

/** Throws `server.unavailable`. */
export async function reach(at: string, address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    const cause = error instanceof Error && error.cause ? textOf(error.cause) : textOf(error);
    throw new Fault(
      'server.unavailable',
      `expected Windhover at ${at}, got ${cause}. Start it (npm start), or set WINDHOVER_URL`,
      { cause: error },
    );
  }
}

interface RefusalBody {
  readonly code?: string;
  readonly message?: string;
  readonly detail?: string;
  readonly problems?: readonly Problem[];
}

/** What the server said, as the Fault that it was there. */
export function refusal(status: number, text: string): Fault {
  const body = bodyOf(text);
  const code = body.code !== undefined && body.code in FAULTS ? (body.code as FaultCode) : codeOf(status);
  return new Fault(code, body.detail ?? body.message ?? `status ${status}`, { problems: body.problems });
}

function bodyOf(text: string): RefusalBody {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : {};
  } catch {
    return {}; // Not our server's answer, such as a proxy's page.
  }
}

function codeOf(status: number): FaultCode {
  if (status === 401) return 'auth.required';
  if (status === 403) return 'auth.refused';
  if (status === 404) return 'request.unknown';
  if (status === 413) return 'request.tooLarge';
  return status >= 500 ? 'server.unavailable' : 'request.invalid';
}

async function* followed(open: Client['open'], path: string, signal?: AbortSignal): AsyncGenerator<ServerEvent> {
  let id = '';
  for (let tries = 0; tries < REOPEN_TRIES_MAX; tries++) {
    try {
      const headers: Record<string, string> = { accept: 'text/event-stream', ...(id && { 'last-event-id': id }) };
      const answer = await open(`${path}${path.includes('?') ? '&' : '?'}resume=true`, { headers, signal });
      for await (const event of eventsOf(answer.body!)) {
        tries = 0;
        id = event.id;
        yield event;
        if (event.event === 'end') return;
      }
    } catch (error) {
      if (signal?.aborted) return;
      // A stream that breaks is a TypeError of fetch's; a refusal that will stay one is the caller's.
      if (!(error instanceof TypeError) && !(isFault(error) && error.retry)) throw error;
      if (id === '' && tries === 0) throw error;
    }
    await systemClock.sleep(REOPEN_MS[Math.min(tries, REOPEN_MS.length - 1)]!, signal);
    if (signal?.aborted) return;
  }
  throw new Fault(
    'server.unavailable',
    `expected the stream ${path} to go on, got nothing in ${REOPEN_TRIES_MAX} tries`,
  );
}
