/**
 * The one HTTP connector of tasks. It connects only to addresses that were checked (resolve.ts), follows redirects itself so
 * that each place is checked anew, and ends what is open when its task ends. What it says of a request names its origin and
 * nothing more: paths and queries may hold secrets.
 */
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import {
  type Http,
  type HttpRequest,
  type HttpResponse,
  REDIRECTS_MAX,
  TaskError,
} from '../../../plugins/sdk/index.ts';
import { ACCEPTED_ENCODINGS, bodyOf, type Source } from './body.ts';
import { type Exchange, exchange } from './exchange.ts';
import type { Reachable } from './resolve.ts';

const CONNECT_MS = 30_000;
const IDLE_MS = 5 * 60_000;
const TOTAL_MS = 60 * 60_000;
const TIMEOUT_MS_MAX = 24 * 60 * 60_000;
const METHOD = /^[A-Z]{1,20}$/;
const REFUSED_METHODS: ReadonlySet<string> = new Set(['CONNECT', 'TRACE']);
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Ours to say. */
const OWN_HEADERS: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'connection', 'upgrade']);
/** Not for another origin. */
const CREDENTIALS: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization']);
const OF_BODY: ReadonlySet<string> = new Set(['content-type', 'content-encoding', 'content-language']);

type Headers = Readonly<Record<string, string | readonly string[]>>;

export class HttpConnector implements Http {
  readonly #reachable: Reachable;
  readonly #signal: AbortSignal;
  readonly #closing = new AbortController();

  /** `signal` ends whatever is under way. */
  constructor(reachable: Reachable, signal: AbortSignal) {
    this.#reachable = reachable;
    this.#signal = signal;
  }

  async send(request: HttpRequest): Promise<HttpResponse> {
    const first = addressIn(request.url);
    const totalMs = bounded(request.timeoutMs ?? TOTAL_MS);
    const late = AbortSignal.timeout(totalMs);
    const signal = AbortSignal.any([this.#signal, this.#closing.signal, late]);
    let asked: Exchange = {
      url: first.url,
      method: methodIn(request.method),
      headers: headersOf(request, first.credentials),
      body: request.body,
      connectTimeoutMs: bounded(request.connectTimeoutMs ?? CONNECT_MS),
      idleTimeoutMs: bounded(request.idleTimeoutMs ?? IDLE_MS),
      insecure: request.insecure === true,
      proxy: request.proxy,
      reachable: this.#reachable,
      signal,
    };
    for (let redirects = 0; ; redirects++) {
      const { url } = asked;
      const inWords = (error: unknown): Error => (late.aborted ? tooLate(url, totalMs) : told(error, url));
      const { response, why } = await exchange(asked).catch((error: unknown) => {
        throw inWords(error);
      });
      const next = request.followRedirects === false ? undefined : redirected(asked, response);
      if (!next)
        return answer(asked, response, request.bytesMax, {
          name: url.origin,
          told: (error) => inWords(why() ?? error),
        });
      response.destroy();
      if (redirects === REDIRECTS_MAX)
        throw new TaskError(`expected at most ${REDIRECTS_MAX} redirects, got more from ${first.url.origin}`);
      asked = next;
    }
  }

  /** Ends what is open. */
  close(): void {
    this.#closing.abort();
  }
}

function answer({ url, method }: Exchange, response: IncomingMessage, bytesMax: number, source: Source): HttpResponse {
  const status = response.statusCode!;
  const isEmpty = method === 'HEAD' || status === 204 || status === 304;
  // Its headers may speak of a body that is not sent.
  const { body, isUnpacked } = isEmpty
    ? { body: emptied(response), isUnpacked: false }
    : orEnded(response, () => bodyOf(response, bytesMax, source));
  return { url: url.href, status, headers: headersIn(response, isUnpacked), body };
}

function emptied(response: IncomingMessage): Readable {
  response.on('error', () => {}); // Nothing was to come.
  response.resume();
  return Readable.from([]);
}

/** What refuses a response ends its connection. */
function orEnded<T>(response: IncomingMessage, work: () => T): T {
  try {
    return work();
  } catch (error) {
    response.destroy();
    throw error;
  }
}

/** Throws a TaskError. User and password leave the address. */
function addressIn(text: string): { readonly url: URL; readonly credentials?: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url)
    throw new TaskError(`expected an address such as https://example.org/path, got ${JSON.stringify(cut(text))}`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new TaskError(`expected http: or https:, got ${JSON.stringify(url.protocol)}`);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  url.hash = '';
  if (username === '') return { url };
  const pair = `${unescaped(username)}:${unescaped(password)}`;
  return { url, credentials: `Basic ${Buffer.from(pair).toString('base64')}` };
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray `%` stands for itself.
    return text;
  }
}

const TEXT_CHARS_MAX = 100;
/** A text that is no address may still hold a password. */
const cut = (text: string): string => text.replace(/\/\/[^/@]*@/, '//…@').slice(0, TEXT_CHARS_MAX);

function methodIn(method = 'GET'): string {
  const upper = method.toUpperCase();
  if (METHOD.test(upper) && !REFUSED_METHODS.has(upper)) return upper;
  throw new TaskError(`expected a method such as GET or POST, got ${JSON.stringify(cut(method))}`);
}

function headersOf({ headers = {}, body }: HttpRequest, credentials: string | undefined): Headers {
  // A header may have any name.
  const own: Record<string, string | readonly string[]> = Object.create(null);
  own['accept-encoding'] = ACCEPTED_ENCODINGS;
  if (credentials !== undefined) own.authorization = credentials;
  for (const [name, value] of Object.entries(headers))
    if (!OWN_HEADERS.has(name.toLowerCase())) own[name.toLowerCase()] = value;
  const bytes = body instanceof Uint8Array ? body.byteLength : body?.bytes;
  if (bytes !== undefined) own['content-length'] = String(bytes);
  return own;
}

/** Undefined: it leads nowhere else. Throws a TaskError. */
function redirected(asked: Exchange, { statusCode = 0, headers }: IncomingMessage): Exchange | undefined {
  const { location } = headers;
  if (!REDIRECTS.has(statusCode) || location === undefined) return undefined;
  if (!URL.canParse(location, asked.url))
    throw new TaskError(
      `expected a redirect to an address, got ${JSON.stringify(cut(location))} from ${asked.url.origin}`,
    );
  const { url } = addressIn(new URL(location, asked.url).href);
  const forgets = statusCode === 303 ? asked.method !== 'HEAD' : statusCode < 303 && asked.method === 'POST';
  const isElsewhere = url.origin !== asked.url.origin;
  const kept = Object.entries(asked.headers).filter(
    ([name]) =>
      name !== 'host' &&
      !(isElsewhere && CREDENTIALS.has(name)) &&
      !(forgets && (OF_BODY.has(name) || name === 'content-length')),
  );
  const next = { ...asked, url, headers: Object.fromEntries(kept) };
  return forgets ? { ...next, method: 'GET', body: undefined } : next;
}

function headersIn({ headersDistinct }: IncomingMessage, isUnpacked: boolean): HttpResponse['headers'] {
  const entries = Object.entries(headersDistinct).filter(
    ([name]) => !(isUnpacked && (name === 'content-encoding' || name === 'content-length')),
  );
  return Object.fromEntries(entries.map(([name, values]) => [name, values ?? []]));
}

const bounded = (ms: number): number => Math.min(Math.max(1, ms), TIMEOUT_MS_MAX);

const tooLate = ({ origin }: URL, totalMs: number): TaskError =>
  new TaskError(`expected the whole answer of ${origin} within ${totalMs} ms, got a part of it`);

/** In words, without paths, queries and credentials. */
function told(error: unknown, { origin }: URL): Error {
  if (error instanceof TaskError) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  return new TaskError(`expected an answer from ${origin}, got ${REASONS[code] ?? (message || code)}`, {
    cause: error,
  });
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'a refused connection',
  ECONNRESET: 'a broken connection',
  EHOSTUNREACH: 'no way to it',
  ENETUNREACH: 'no way to it',
  ETIMEDOUT: 'no connection in time',
  ERR_STREAM_PREMATURE_CLOSE: 'a part of it',
  HPE_HEADER_OVERFLOW: 'headers of more than 64 KB',
};
