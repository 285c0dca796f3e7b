/**
 * A client as it should be written: it knows what it asked for and what it was told, asks again under the same key where it does
 * not know, waits where it is told to, and goes to another webserver when one is gone.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call, History, Outcome } from './history.ts';
import { NAMESPACE } from './kinds.ts';

/** Beyond this an answer is none. The judge is stricter. */
const ANSWER_MS = 20_000;
const AGAIN_MS = 250;

interface Answer {
  readonly outcome: Outcome;
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly said: string;
}

export class Client {
  readonly #history: History;
  readonly #webs: () => readonly string[];
  readonly #token: () => string;
  readonly #over: AbortSignal;

  constructor(parts: {
    readonly history: History;
    /** Webservers that are said to live, the newest last. */
    readonly webs: () => readonly string[];
    readonly token: () => string;
    readonly over: AbortSignal;
  }) {
    this.#history = parts.history;
    this.#webs = parts.webs;
    this.#token = parts.token;
    this.#over = parts.over;
  }

  /** Its id; undefined where it is not known, or was refused. */
  async start(kind: string, name: string, keyed: boolean): Promise<string | undefined> {
    const path = `/executions/${NAMESPACE}/${kind}?labels=call:${name}`;
    const headers: Record<string, string> = keyed ? { 'idempotency-key': name } : {};
    const answer = await this.#until({ what: 'start', kind, name, keyed }, 'POST', path, headers);
    return answer?.outcome === 'acknowledged' ? (answer.body.id as string) : undefined;
  }

  /** Until it is acknowledged, or there is nothing to kill. */
  async kill(id: string, kind: string, name: string): Promise<boolean> {
    const answer = await this.#until({ what: 'kill', kind, name, keyed: true, id }, 'DELETE', `/executions/${id}/kill`);
    return answer?.outcome === 'acknowledged';
  }

  /** All at once, until it is acknowledged. */
  async killMany(ids: readonly string[], kind: string): Promise<void> {
    while (!this.#over.aborted) {
      const sentMs = Date.now();
      const headers = { 'content-type': 'application/json' };
      const { outcome, status, said } = await this.#ask(
        'DELETE',
        '/executions/kill/by-ids',
        headers,
        JSON.stringify(ids),
      );
      const doneMs = Date.now();
      for (const id of ids)
        this.#history.add({ what: 'kill', kind, name: '', keyed: true, id, sentMs, doneMs, outcome, status, said });
      if (outcome === 'acknowledged') return;
      await sleep(AGAIN_MS);
    }
  }

  async remove(path: string): Promise<void> {
    await this.#until({ what: 'read', kind: '', name: '', keyed: true }, 'DELETE', path);
  }

  async restart(id: string, kind: string, name: string): Promise<boolean> {
    const answer = await this.#until(
      { what: 'restart', kind, name, keyed: true, id },
      'POST',
      `/executions/${id}/restart`,
    );
    return answer?.outcome === 'acknowledged';
  }

  /** Once, and its answer. */
  async read(path: string): Promise<Answer> {
    return this.#once({ what: 'read', kind: '', name: '', keyed: false }, 'GET', path);
  }

  async save(source: string): Promise<void> {
    const headers = { 'content-type': 'application/x-yaml' };
    const { status, body } = await this.#ask('POST', '/flows', headers, source);
    if (status >= 300)
      throw new Error(`expected a flow to be saved, got ${status} ${JSON.stringify(body).slice(0, 500)}`);
  }

  /** What is keyed is asked for until it is known; what is not is not asked twice unless it was surely refused. */
  async #until(
    call: Pick<Call, 'what' | 'kind' | 'name' | 'keyed' | 'id'>,
    method: string,
    path: string,
    headers: Record<string, string> = {},
  ): Promise<Answer | undefined> {
    while (!this.#over.aborted) {
      const answer = await this.#once(call, method, path, headers);
      if (answer.outcome === 'acknowledged') return answer;
      if (answer.outcome === 'unknown' && !call.keyed) return answer;
      if (answer.outcome === 'refused' && answer.status !== 429 && answer.status !== 0) return answer;
      await sleep(AGAIN_MS);
    }
    return undefined;
  }

  async #once(
    call: Pick<Call, 'what' | 'kind' | 'name' | 'keyed' | 'id'>,
    method: string,
    path: string,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const sentMs = Date.now();
    const answer = await this.#ask(method, path, headers);
    const { outcome, status, said, body } = answer;
    const id = (body.id as string | undefined) ?? call.id;
    this.#history.add({ ...call, id, sentMs, doneMs: Date.now(), outcome, status, said });
    return answer;
  }

  async #ask(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Answer> {
    const web = this.#webs().at(-1);
    if (web === undefined) return { outcome: 'refused', status: 0, body: {}, said: 'no webserver' };
    try {
      const answer = await fetch(`${web}/api/v1/main${path}`, {
        method,
        body,
        headers: { authorization: `Bearer ${this.#token()}`, ...headers },
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      const text = await answer.text();
      const outcome = answer.ok ? 'acknowledged' : answer.status >= 500 ? 'unknown' : 'refused';
      return { outcome, status: answer.status, body: parsed(text), said: answer.ok ? '' : text.slice(0, 300) };
    } catch (error) {
      const cause = String((error as { cause?: { code?: string } }).cause?.code ?? error);
      return { outcome: cause === 'ECONNREFUSED' ? 'refused' : 'unknown', status: 0, body: {}, said: cause };
    }
  }
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
