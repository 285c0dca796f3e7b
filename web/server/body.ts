/** Request bodies, bounded: a flow's source, JSON, and the fields of a multipart form. */
import type { IncomingMessage } from 'node:http';
import { Busboy } from '@fastify/busboy';
import { Fault } from '../../lib/errors.ts';
import { faultIn } from './value.ts';

export const FLOW_BYTES_MAX = 1024 * 1024;
export const FORM_BYTES_MAX = 8 * 1024 * 1024;
const FIELDS_MAX = 1_000;
/** A byte order mark stays: a source is read back as it was sent. */
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

async function bodyOf(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const refused = () => new Fault('request.tooLarge', `expected at most ${bytesMax} bytes, got more`);
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    request.resume();
    throw new Fault('request.invalid', `Content-Encoding: expected none, got ${encoding}`);
  }
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) {
    request.resume();
    throw refused();
  }
  const broken = () => new Fault('request.invalid', 'expected a whole body, got a part of it');
  if (request.destroyed) throw broken();
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= bytesMax) chunks.push(chunk);
  });
  // Whoever sends too much is heard to the end, so that the refusal reaches it; whoever goes away is owed none.
  await new Promise<void>((resolve, reject) => {
    request.once('end', resolve);
    request.once('close', () => reject(broken()));
  });
  if (bytes > bytesMax) throw refused();
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

/** The text as it was sent, to the byte. */
export async function sourceOf(request: IncomingMessage, bytesMax: number): Promise<string> {
  return textIn(await bodyOf(request, bytesMax));
}

/** Anything else would be stored as something that nobody has sent. */
function textIn(body: Buffer): string {
  try {
    return UTF_8.decode(body);
  } catch {
    throw new Fault('request.invalid', 'expected a body in UTF-8, got bytes that are none');
  }
}

export async function jsonOf(request: IncomingMessage, bytesMax: number): Promise<Record<string, unknown>> {
  const text = await sourceOf(request, bytesMax);
  let value: unknown;
  try {
    value = text === '' ? {} : JSON.parse(text);
  } catch {
    // The refusal below says it.
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Fault('request.invalid', `expected a JSON object, got ${JSON.stringify(text.slice(0, 60))}`);
  const fault = faultIn(value);
  if (fault !== undefined) throw new Fault('request.invalid', fault);
  return value as Record<string, unknown>;
}

/** The fields of a form: an execution's inputs. A part that is a file is taken as its text. */
export async function fieldsOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('application/json')) return jsonOf(request, FORM_BYTES_MAX);
  const body = await bodyOf(request, FORM_BYTES_MAX);
  if (body.length === 0) return {};
  if (type.startsWith('application/x-www-form-urlencoded'))
    return Object.fromEntries(new URLSearchParams(textIn(body)));
  if (!type.startsWith('multipart/form-data'))
    throw new Fault('request.invalid', `expected multipart/form-data, got ${type || 'no content type'}`);
  return body.includes('name=') ? multipart(type, body) : {};
}

function multipart(type: string, body: Buffer): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const fields: Record<string, unknown> = Object.create(null);
    const invalid = (error: unknown) =>
      reject(new Fault('request.invalid', `expected a multipart form, got ${(error as Error).message}`));
    try {
      const form = new Busboy({
        headers: { 'content-type': type },
        limits: { fields: FIELDS_MAX, fieldSize: FORM_BYTES_MAX },
      });
      form.on('field', (name: string, value: string) => {
        fields[name] = value;
      });
      form.on('file', (name: string, stream: NodeJS.ReadableStream) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          fields[name] = Buffer.concat(chunks).toString();
        });
      });
      form.on('error', invalid);
      form.on('finish', () => resolve({ ...fields }));
      form.end(body);
    } catch (error) {
      invalid(error);
    }
  });
}
