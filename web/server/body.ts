/** Request bodies, bounded: a flow's source, JSON, the fields of a form without files. */
import type { IncomingMessage } from 'node:http';
import { Fault } from '../../lib/errors.ts';
import { faultIn } from './value.ts';

export const FLOW_BYTES_MAX = 1024 * 1024;
export const FORM_BYTES_MAX = 8 * 1024 * 1024;
/** So much of a body that is too large is heard: who announces or sends more is refused in the middle of it. */
const HEARD_BYTES_MAX = 64 * 1024 * 1024;
const EXCERPT_CHARS = 60;
/** A byte order mark stays: a source is read back as it was sent. */
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

async function bodyOf(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const refused = () => new Fault('request.tooLarge', `expected at most ${bytesMax} bytes, got more`);
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    request.resume();
    throw new Fault('request.invalid', `Content-Encoding: expected none, got ${encoding}`);
  }
  const heardMax = Math.max(bytesMax, HEARD_BYTES_MAX);
  if (Number(request.headers['content-length'] ?? 0) > heardMax) {
    request.resume();
    throw refused();
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Whoever sends too much is heard, to the end as a rule, so that the refusal reaches it; whoever goes away is owed none.
  const isWhole =
    !request.destroyed &&
    (await new Promise<boolean>((resolve) => {
      request.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= bytesMax) chunks.push(chunk);
        else if (bytes > heardMax) resolve(true);
      });
      request.once('end', () => resolve(true));
      request.once('close', () => resolve(false));
    }));
  if (!isWhole) throw new Fault('request.invalid', 'expected a whole body, got a part of it');
  if (bytes > bytesMax) throw refused();
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

/** Without parameters, in small letters: media types have no case. */
export const mediaTypeOf = ({ headers }: IncomingMessage): string =>
  (headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();

/** The text as it was sent, to the byte. */
export async function sourceOf(request: IncomingMessage, bytesMax: number): Promise<string> {
  return textIn(await bodyOf(request, bytesMax));
}

/** Anything else would be stored as something that nobody has sent. */
export function textIn(body: Buffer, name = 'a body'): string {
  try {
    return UTF_8.decode(body);
  } catch {
    throw new Fault('request.invalid', `expected ${name} in UTF-8, got bytes that are none`);
  }
}

export async function jsonOf(request: IncomingMessage, bytesMax: number): Promise<Record<string, unknown>> {
  const value = (await jsonIn(request, bytesMax)) ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) throw notJson('a JSON object', value);
  return value as Record<string, unknown>;
}

/** A list of texts, such as ids. */
export async function textsOf(request: IncomingMessage, bytesMax: number): Promise<readonly string[]> {
  const value = await jsonIn(request, bytesMax);
  if (!Array.isArray(value) || value.some((each) => typeof each !== 'string'))
    throw notJson('a JSON list of texts', value);
  return value as readonly string[];
}

/** Any JSON; undefined where the body is empty. */
export async function jsonIn(request: IncomingMessage, bytesMax: number): Promise<unknown> {
  const text = await sourceOf(request, bytesMax);
  if (text === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Fault('request.invalid', `expected JSON, got ${JSON.stringify(text.slice(0, EXCERPT_CHARS))}`);
  }
  const fault = faultIn(value);
  if (fault !== undefined) throw new Fault('request.invalid', fault);
  return value;
}

export const notJson = (expected: string, value: unknown): Fault =>
  new Fault(
    'request.invalid',
    `expected ${expected}, got ${(JSON.stringify(value) ?? 'nothing').slice(0, EXCERPT_CHARS)}`,
  );

/** The fields of what is no multipart form: an execution's inputs. */
export async function fieldsOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const type = mediaTypeOf(request);
  if (type === 'application/json') return jsonOf(request, FORM_BYTES_MAX);
  const body = await bodyOf(request, FORM_BYTES_MAX);
  if (body.length === 0) return {};
  if (type === 'application/x-www-form-urlencoded') return Object.fromEntries(new URLSearchParams(textIn(body)));
  throw new Fault('request.invalid', `Content-Type: expected multipart/form-data, got ${type || 'none'}`);
}
