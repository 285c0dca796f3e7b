/** One request as the properties say it, with credentials; what the server refuses is a failure with its code and words. */

import type { Readable } from 'node:stream';
import { type HttpRequest, type HttpResponse, type TaskContext, TaskError } from '@windhover/sdk';
import { type Content, contentOf } from './content.ts';
import { digestAnswer } from './digest.ts';
import { logHeaders } from './logs.ts';
import { type Auth, authOf, connectionOf, isAllowed, type Shared } from './options.ts';

/** Of a refusal's body, for the reason. */
const EXCERPT_BYTES = 1_000;

export interface Sent {
  /** Without credentials. */
  readonly uri: string;
  readonly response: HttpResponse;
}

export async function send(
  context: TaskContext,
  given: Shared,
  limits: Pick<HttpRequest, 'bytesMax' | 'timeoutMs'>,
): Promise<Sent> {
  const url = addressOf(given);
  const content = await contentOf(context, given);
  const auth = authOf(given.options);
  const ask = (authorization: string | undefined): Promise<HttpResponse> => {
    const headers = headersOf(given, content, authorization);
    logHeaders(context, given.options, 'REQUEST_HEADERS', headers);
    if (given.options.logs.includes('REQUEST_BODY')) context.log.info(`request body: ${content.text}`);
    const { method } = given;
    return context.http.send({ url: url.href, method, headers, body: content.body, ...limits, ...connectionOf(given) });
  };
  let response = await ask(plainCredentials(auth));
  const proof = proofFor(url, given.method, auth, response);
  if (proof !== undefined) {
    response.body.destroy();
    response = await ask(proof);
  }
  logHeaders(context, given.options, 'RESPONSE_HEADERS', response.headers);
  if (!isAllowed(response.status, given)) throw await refused(response);
  url.username = '';
  url.password = '';
  return { uri: url.href, response };
}

function addressOf({ uri, params = {} }: Shared): URL {
  if (!URL.canParse(uri)) throw new TaskError('uri: expected an address such as https://example.org/path');
  const url = new URL(uri);
  for (const [name, value] of Object.entries(params))
    for (const each of typeof value === 'string' ? [value] : value) url.searchParams.append(name, each);
  return url;
}

function headersOf(
  { headers = {} }: Shared,
  { type }: Content,
  authorization: string | undefined,
): Record<string, string | string[]> {
  // A header may have any name.
  const own: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of Object.entries(headers)) own[name.toLowerCase()] = value;
  if (type !== undefined) own['content-type'] ??= type;
  if (authorization !== undefined) own.authorization ??= authorization;
  own['user-agent'] ??= 'Windhover';
  return own;
}

function plainCredentials(auth: Auth | undefined): string | undefined {
  switch (auth?.type) {
    case 'BASIC':
      return `Basic ${Buffer.from(`${auth.username ?? ''}:${auth.password}`).toString('base64')}`;
    case 'BEARER':
      return `Bearer ${auth.token ?? ''}`;
    case 'DIGEST':
    case undefined:
      return undefined;
  }
}

/** Only for who was asked: a redirect to another origin gets no credentials. */
function proofFor(url: URL, method: string, auth: Auth | undefined, response: HttpResponse): string | undefined {
  const isAsked = response.status === 401 && new URL(response.url).origin === url.origin;
  if (auth?.type !== 'DIGEST' || !isAsked) return undefined;
  return digestAnswer(response.headers['www-authenticate'] ?? [], {
    username: auth.username ?? '',
    password: auth.password,
    method: method.toUpperCase(),
    uri: url.pathname + url.search,
  });
}

async function refused({ status, headers, body }: HttpResponse): Promise<TaskError> {
  const excerpt = await beginningOf(body);
  const words = excerpt === '' ? '' : ` and body:\n${excerpt}`;
  return new TaskError(`Failed http request with response code '${status}'${words}`, {
    outputs: { code: status, headers },
  });
}

async function beginningOf(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > EXCERPT_BYTES) break;
    }
  } catch {
    // The code says more than a body that cannot be read.
  }
  const text = Buffer.concat(chunks).subarray(0, EXCERPT_BYTES).toString('utf8');
  return bytes > EXCERPT_BYTES ? `${text}…` : text;
}
