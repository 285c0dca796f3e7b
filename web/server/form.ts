/**
 * The form that starts an execution: its fields, and its files as they come. No file is ever held whole: whoever takes it reads
 * its stream, and the request waits for that. What is refused is refused at once, and what still comes is dropped.
 */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { Fault } from '../../lib/errors.ts';
import { FORM_BYTES_MAX, fieldsOf, mediaTypeOf } from './body.ts';

const FIELDS_MAX = 1_000;
const FIELD_NAME_BYTES_MAX = 1_024;
const FILES_MAX = 20;

export interface FilePart {
  readonly name: string;
  /** Without folders; empty where none was given. */
  readonly fileName: string;
  readonly content: Readable;
}

export interface Form {
  /** All files together. */
  readonly filesBytesMax: number;
  /** Reads the content to its end, and says which field has which value by it. */
  readonly take: (part: FilePart) => Promise<readonly [name: string, value: string] | undefined>;
}

/** Fields by name. Throws `request.invalid`, `request.tooLarge`, and what `take` throws. */
export async function formOf(request: IncomingMessage, form: Form): Promise<Record<string, unknown>> {
  if (mediaTypeOf(request) !== 'multipart/form-data') return fieldsOf(request);
  const { 'content-length': length, 'content-encoding': encoding = 'identity' } = request.headers;
  if (length === '0') return {};
  if (encoding !== 'identity') {
    request.resume();
    throw new Fault('request.invalid', `Content-Encoding: expected none, got ${encoding}`);
  }
  if (Number(length ?? 0) > form.filesBytesMax + FORM_BYTES_MAX) {
    request.resume();
    throw tooLarge(`${form.filesBytesMax} bytes of files and ${FORM_BYTES_MAX} of fields`);
  }
  const parser = parserOf(request);
  const fields: Record<string, unknown> = Object.create(null);
  const files: Promise<void>[] = [];
  let [fieldBytes, fileCount] = [0, 0];
  try {
    await new Promise<void>((resolve, reject) => {
      parser.on('field', (name, value, nameCut, valueCut) => {
        fieldBytes += Buffer.byteLength(value);
        if (nameCut || valueCut || fieldBytes > FORM_BYTES_MAX) reject(tooLarge(`${FORM_BYTES_MAX} bytes of fields`));
        else fields[name] = value;
      });
      parser.on('file', (name, content, fileName = '') => {
        // A request that goes away ends the file that it was sending.
        request.once('close', () => request.complete || content.destroy(broken()));
        if (++fileCount > FILES_MAX) return void content.resume();
        const taken = form.take({ name, fileName, content }).then((field) => {
          if (field) fields[field[0]] = field[1];
        });
        taken.catch(reject);
        files.push(taken);
      });
      parser.on('filesLimit', () => reject(tooLarge(`${FILES_MAX} files`)));
      parser.on('fieldsLimit', () => reject(tooLarge(`${FIELDS_MAX} fields`)));
      parser.on('error', (error) => reject(invalid(error)));
      parser.on('finish', resolve);
      request.once('close', () => request.complete || reject(broken()));
      request.pipe(parser);
    });
    await Promise.all(files);
    return { ...fields };
  } catch (error) {
    request.unpipe(parser);
    request.resume();
    parser.destroy();
    throw error;
  }
}

function parserOf(request: IncomingMessage): BusboyInstance {
  try {
    return new Busboy({
      headers: { 'content-type': request.headers['content-type']! },
      limits: {
        fields: FIELDS_MAX,
        fieldSize: FORM_BYTES_MAX,
        fieldNameSize: FIELD_NAME_BYTES_MAX,
        files: FILES_MAX,
      },
    });
  } catch (error) {
    request.resume();
    throw invalid(error);
  }
}

/** The same content, up to `left()` bytes; beyond it throws `request.tooLarge`. */
export async function* bounded(
  content: AsyncIterable<Buffer>,
  bytesMax: number,
  count: (bytes: number) => number,
): AsyncGenerator<Buffer> {
  for await (const chunk of content) {
    if (count(chunk.length) > bytesMax) throw tooLarge(`${bytesMax} bytes of files`);
    yield chunk;
  }
}

const tooLarge = (bound: string): Fault => new Fault('request.tooLarge', `expected at most ${bound}, got more`);
const broken = (): Fault => new Fault('request.invalid', 'expected a whole body, got a part of it');
const invalid = (error: unknown): Fault =>
  new Fault('request.invalid', `expected a multipart form, got ${(error as Error).message}`);
