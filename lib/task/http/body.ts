/**
 * The body of a response as a task reads it: unpacked, counted, and never longer than was agreed, whatever the server sends
 * or however small it has packed it.
 */
import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { TaskError } from '../../../plugins/sdk/index.ts';

const UNPACKERS: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress(),
  zstd: () => createZstdDecompress(),
};
/** What we ask for when the task does not say otherwise. */
export const ACCEPTED_ENCODINGS = 'gzip, deflate, br';

export interface Body {
  readonly body: Readable;
  /** The headers that say how it was packed are not true any more. */
  readonly isUnpacked: boolean;
}

/** Who answers, for people, and what of the connection goes wrong, in words. */
export interface Source {
  readonly name: string;
  told(error: unknown): Error;
}

/** Throws a TaskError at once where the headers say that it is too long or packed in an unknown way. */
export function bodyOf(response: IncomingMessage, bytesMax: number, source: Source): Body {
  const encoding = (response.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const told = Number(response.headers['content-length']);
  if (encoding === 'identity' && told > bytesMax) throw tooLong(bytesMax, source, `${told}`);
  const unpacker = encoding === 'identity' ? undefined : UNPACKERS[encoding];
  if (encoding !== 'identity' && !unpacker)
    throw new TaskError(`expected a body packed by one of ${ACCEPTED_ENCODINGS}, got ${encoding} from ${source.name}`);
  const body = counted(bytesMax, source);
  // Who reads it hears of it there, and nobody else needs to.
  const ended = (): void => {};
  body.on('error', ended);
  if (unpacker) pipeline(response, unpacker(), body, ended);
  else pipeline(response, body, ended);
  return { body, isUnpacked: unpacker !== undefined };
}

function counted(bytesMax: number, source: Source): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > bytesMax) done(tooLong(bytesMax, source, 'more'));
      else done(null, chunk);
    },
    destroy(error, done) {
      done(error ? source.told(error) : null);
    },
  });
}

const tooLong = (bytesMax: number, { name }: Source, got: string): TaskError =>
  new TaskError(`expected a body of at most ${bytesMax} bytes, got ${got} from ${name}`);
