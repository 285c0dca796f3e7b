/** `http()`: one request through the connector that checks what it connects to; the answer is its body, read by its type. */
import { buffer } from 'node:stream/consumers';
import type { Http, HttpRequest, HttpResponse } from '../../../plugins/sdk/index.ts';
import type { Answer, Question } from '../../expression/world.ts';

const BYTES_MAX = 1024 * 1024;
const TOTAL_MS = 20_000;
/** Of a refusal's body, for the reason. */
const EXCERPT_CHARS = 300;
const OPTIONS: ReadonlySet<string> = new Set(['allowFailed', 'followRedirects', 'auth']);

type Values = Readonly<Record<string, unknown>>;

export async function answerHttp({ args }: Question, { http }: { readonly http: () => Http }): Promise<Answer> {
  const options = mapIn('options', args.options);
  const unknown = Object.keys(options).find((name) => !OPTIONS.has(name));
  if (unknown !== undefined) return { refused: `options: expected ${[...OPTIONS].join(', ')}, got ${unknown}` };
  const response = await http().send(requestOf(args, options));
  const content = await buffer(response.body);
  if (response.status >= 400 && options.allowFailed !== true) return { refused: refusal(response, content) };
  return { value: read(content.toString('utf8'), response.headers['content-type']?.[0] ?? '') };
}

function requestOf(args: Values, options: Values): HttpRequest {
  const hasBody = args.body !== null && args.body !== undefined;
  const headers: Record<string, string | readonly string[]> = {
    accept: String(args.accept),
    'user-agent': 'Windhover',
    ...(hasBody ? { 'content-type': String(args.contentType) } : {}),
    ...credentialsOf(mapIn('options.auth', options.auth)),
  };
  for (const [name, value] of Object.entries(mapIn('headers', args.headers)))
    headers[name.toLowerCase()] = Array.isArray(value) ? value.map(String) : String(value);
  return {
    url: addressOf(args),
    method: String(args.method),
    headers,
    ...(hasBody ? { body: Buffer.from(typeof args.body === 'string' ? args.body : JSON.stringify(args.body)) } : {}),
    followRedirects: options.followRedirects !== false,
    bytesMax: BYTES_MAX,
    timeoutMs: TOTAL_MS,
  };
}

/** What is no address is refused by the connector, in its words. */
function addressOf({ uri, query }: Values): string {
  if (!URL.canParse(String(uri))) return String(uri);
  const url = new URL(String(uri));
  for (const [name, value] of Object.entries(mapIn('query', query)))
    for (const each of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(each));
  return url.href;
}

function credentialsOf({ type, username = '', password = '', token }: Values): { readonly authorization?: string } {
  if (type === undefined) return {};
  switch (String(type).toUpperCase()) {
    case 'BASIC':
      return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
    case 'BEARER':
      return { authorization: `Bearer ${token}` };
  }
  throw new Error(`options.auth: expected the type BASIC or BEARER, got ${JSON.stringify(type)}`);
}

function mapIn(name: string, value: unknown): Values {
  if (value === null || value === undefined) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Values;
  throw new Error(`${name}: expected a map, got ${JSON.stringify(value).slice(0, 80)}`);
}

function read(text: string, type: string): unknown {
  if (!/[/+]json\b/i.test(type)) return text;
  try {
    return JSON.parse(text);
  } catch {
    // It says that it is JSON; what it is can still be used as a text.
    return text;
  }
}

function refusal({ status, url }: HttpResponse, content: Buffer): string {
  const excerpt = content.toString('utf8').slice(0, EXCERPT_CHARS).trim();
  return `expected an answer of http() below 400, got ${status} from ${new URL(url).origin}${excerpt && `: ${excerpt}`}`;
}
