/** Request bodies, bounded: text, JSON, and the fields of a multipart form. */
import type { IncomingMessage } from 'node:http';
import { Busboy } from '@fastify/busboy';
import { Fault } from '../../lib/errors.ts';

export const FLOW_BYTES_MAX = 1024 * 1024;
export const FORM_BYTES_MAX = 8 * 1024 * 1024;
const FIELDS_MAX = 1_000;

export async function bodyOf(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const refused = () => new Fault('request.tooLarge', `expected at most ${bytesMax} bytes, got more`);
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) {
    request.resume();
    throw refused();
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) {
      request.resume();
      throw refused();
    }
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

export async function jsonOf(request: IncomingMessage, bytesMax: number): Promise<Record<string, unknown>> {
  const text = (await bodyOf(request, bytesMax)).toString();
  try {
    const value: unknown = text === '' ? {} : JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // The refusal below says it.
  }
  throw new Fault('request.invalid', `expected a JSON object, got ${JSON.stringify(text.slice(0, 60))}`);
}

/** The fields of a form: an execution's inputs. A part that is a file is taken as its text. */
export async function fieldsOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('application/json')) return jsonOf(request, FORM_BYTES_MAX);
  const body = await bodyOf(request, FORM_BYTES_MAX);
  if (body.length === 0) return {};
  if (type.startsWith('application/x-www-form-urlencoded'))
    return Object.fromEntries(new URLSearchParams(body.toString()));
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
