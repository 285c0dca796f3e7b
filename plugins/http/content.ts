/** What a request carries: a text in some charset, the fields of a form, or a form with files that are streamed. */
import { type HttpStreamedBody, type TaskContext, TaskError } from '@windhover/sdk';
import type { Shared } from './options.ts';

const ADDRESS = 'kestra://';
const MULTIPART = 'multipart/form-data';
const FIELDS_MAX = 1_000;
/** As Java names them, and as Node does. */
const CHARSETS: Readonly<Record<string, BufferEncoding>> = {
  'utf-8': 'utf8',
  utf8: 'utf8',
  'us-ascii': 'latin1',
  ascii: 'latin1',
  'iso-8859-1': 'latin1',
  latin1: 'latin1',
  'utf-16le': 'utf16le',
};

export interface Content {
  readonly type?: string;
  readonly body?: Uint8Array | HttpStreamedBody;
  /** For the log. */
  readonly text: string;
}

export async function contentOf(context: TaskContext, given: Shared): Promise<Content> {
  const { formData, body, contentType, options } = given;
  if (formData && Object.keys(formData).length > 0)
    return contentType === MULTIPART ? await multipart(context, formData) : urlEncoded(formData, contentType);
  if (body === undefined) return { type: contentType, text: '' };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const charset = CHARSETS[options.defaultCharset.toLowerCase()];
  if (!charset)
    throw new TaskError(
      `options.defaultCharset: expected one of UTF-8, ISO-8859-1, US-ASCII, UTF-16LE, got ${options.defaultCharset}`,
    );
  const type = contentType ?? 'application/json';
  const told = charset === 'utf8' || /;\s*charset=/i.test(type) ? type : `${type}; charset=${options.defaultCharset}`;
  return { type: told, body: Buffer.from(text, charset), text };
}

function urlEncoded(formData: Readonly<Record<string, unknown>>, type?: string): Content {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(formData))
    for (const each of Array.isArray(value) ? value : [value]) fields.append(name, textOf(each));
  const text = fields.toString();
  return { type: type ?? 'application/x-www-form-urlencoded', body: Buffer.from(text), text };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

interface Part {
  readonly head: Buffer;
  /** A file of the storage. */
  readonly uri?: string;
  readonly text?: Buffer;
}

const END = Buffer.from('\r\n');

/** Its length is known before a file is opened: not every server takes a body in chunks. */
async function multipart(context: TaskContext, formData: Readonly<Record<string, unknown>>): Promise<Content> {
  const entries = Object.entries(formData);
  if (entries.length > FIELDS_MAX)
    throw new TaskError(`formData: expected at most ${FIELDS_MAX} fields, got ${entries.length}`);
  const boundary = `----windhover${crypto.randomUUID().replaceAll('-', '')}`;
  const parts = entries.map(([name, value]) => partOf(boundary, name, value));
  const last = Buffer.from(`--${boundary}--\r\n`);
  let bytes = last.length;
  for (const { head, uri, text } of parts)
    bytes += head.length + END.length + (uri === undefined ? text!.length : await context.files.size(uri));
  async function* open(): AsyncGenerator<Uint8Array> {
    for (const { head, uri, text } of parts) {
      yield head;
      if (uri === undefined) yield text!;
      else yield* (await context.files.read(uri)) as AsyncIterable<Buffer>;
      yield END;
    }
    yield last;
  }
  return { type: `${MULTIPART}; boundary=${boundary}`, body: { bytes, open }, text: `a form of ${bytes} bytes` };
}

function partOf(boundary: string, field: string, value: unknown): Part {
  const { uri, name } = fileIn(value);
  const disposition = `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(field)}"`;
  if (uri === undefined) return { head: Buffer.from(`${disposition}\r\n\r\n`), text: Buffer.from(textOf(value)) };
  const head = `${disposition}; filename="${escaped(name)}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
  return { head: Buffer.from(head), uri };
}

function fileIn(value: unknown): { readonly uri?: string; readonly name: string } {
  if (typeof value === 'string' && value.startsWith(ADDRESS)) return { uri: value, name: value.split('/').at(-1)! };
  const { name, content } = (value ?? {}) as { readonly name?: unknown; readonly content?: unknown };
  if (typeof name !== 'string' || typeof content !== 'string') return { name: '' };
  if (!content.startsWith(ADDRESS))
    throw new TaskError(`formData: expected the kestra:// address of a file as content of ${JSON.stringify(name)}`);
  return { uri: content, name };
}

/** As browsers write names. */
const escaped = (text: string): string => text.replace(/["\r\n]/g, (char) => encodeURIComponent(char));
