/**
 * Asks a live webserver for a task that comes with the server. The credentials are the worker's own: made here, known here
 * and to the vault, never in a thread. What may be asked is bounded in time and size; what cannot be asked is an answer too.
 */
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { hostname } from 'node:os';
import { keepToken, newToken } from '../../lib/bus/credentials.ts';
import type { Members } from '../../lib/bus/members.ts';
import type { Vault } from '../../lib/bus/vault.ts';
import { textOf } from '../../lib/errors.ts';
import type { AnswerMessage, Question } from './channel.ts';

/** Tasks that come with the server look at executions, kill and resume them. */
const PRINCIPAL = { user: 'worker', scope: 'run', token: hostname() } as const;
const BASE = '/api/v1/main';
const ANSWER_MS = 30_000;
const ANSWER_BYTES_MAX = 32 * 1024 * 1024;
/** A token opens nothing for long after its worker is gone. */
const TOKEN_MS = 60 * 60_000;
const TOKEN_RENEW_MS = TOKEN_MS / 2;
const PATH = /^(?:\/[\w~!$&'()*+,;=:@%-][\w.~!$&'()*+,;=:@%-]*)+(?:\?[\w.~!$&'()*+,;=:@%/?-]*)?$/;
const PATH_CHARS_MAX = 4_096;
const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'DELETE']);

type Answer = AnswerMessage['answer'];

export class Consult {
  readonly #members: Members;
  readonly #vault: Vault;
  #token: { readonly secret: string; readonly untilMs: number } | undefined;

  constructor(parts: { readonly members: Members; readonly vault: Vault }) {
    this.#members = parts.members;
    this.#vault = parts.vault;
  }

  /** Never throws. */
  async answer(question: Pick<Question, 'method' | 'path' | 'body'>): Promise<Answer> {
    const { method, path } = question;
    if (!METHODS.has(method) || path.length > PATH_CHARS_MAX || !PATH.test(path))
      return { failure: `expected a path below ${BASE}, got ${JSON.stringify(`${method} ${path}`.slice(0, 200))}` };
    try {
      let refused = await this.#ask(question);
      // The vault may have lost the token.
      if ('status' in refused && refused.status === 401) {
        this.#token = undefined;
        refused = await this.#ask(question);
      }
      return refused;
    } catch (error) {
      return { failure: `expected a way to the server, got ${textOf(error)}` };
    }
  }

  /** One after the other, until one can be reached: what has been sent is not sent again. */
  async #ask(question: Pick<Question, 'method' | 'path' | 'body'>): Promise<Answer> {
    const live = await this.#members.live();
    const servers = live.filter(({ role, url }) => role === 'webserver' && url !== undefined);
    servers.sort((a, b) => Number(b.host === hostname()) - Number(a.host === hostname()));
    const secret = await this.#secret();
    for (const { url } of servers) {
      const answer = await fetched(new URL(url!), question, secret);
      if (answer) return answer;
    }
    return { failure: `expected a webserver that can be reached, got none (live: ${servers.length})` };
  }

  async #secret(): Promise<string> {
    const nowMs = performance.now();
    if (this.#token && this.#token.untilMs > nowMs) return this.#token.secret;
    const secret = newToken();
    await keepToken(this.#vault, secret, { ...PRINCIPAL, ttlMs: TOKEN_MS });
    this.#token = { secret, untilMs: nowMs + TOKEN_RENEW_MS };
    return secret;
  }
}

/** Undefined: no connection could be opened. */
function fetched(
  { protocol, hostname, port }: URL,
  { method, path, body }: Pick<Question, 'method' | 'path' | 'body'>,
  secret: string,
): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const request = (protocol === 'https:' ? requestSecure : requestPlain)({
      method,
      hostname: hostname.replace(/^\[|\]$/g, ''),
      port,
      path: BASE + path,
      agent: false,
      // The guard against pages that rebind their name asks for a name of the server's own.
      headers: {
        host: 'localhost',
        authorization: `Bearer ${secret}`,
        accept: 'application/json',
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      },
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    let connected = false;
    const broke = (error: unknown): Answer => ({
      failure: `expected the server's answer to ${method} ${path.split('?')[0]}, got ${textOf(error)}`,
    });
    request.once('socket', (socket) => socket.once('connect', () => (connected = true)));
    request.once('response', (response) => collect(response).then(resolve, (error) => resolve(broke(error))));
    request.once('error', (error) => resolve(connected ? broke(error) : undefined));
    request.end(body);
  });
}

async function collect(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX)
      return { failure: `expected an answer of at most ${ANSWER_BYTES_MAX} bytes, got more` };
    chunks.push(chunk);
  }
  return { status: response.statusCode!, text: Buffer.concat(chunks).toString('utf8') };
}
