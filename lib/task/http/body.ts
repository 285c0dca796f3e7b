/**
 * The body of a response as a task reads it: unpacked, counted, and never longer than was agreed, whatever the server sends
 * or however small it has packed it.
 */
import type { IncomingMessage } from 'node:http';
import { pipeline, Readable, type Transform } from 'node:stream';
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
  // Who reads the body hears of it there, and nobody else needs to.
  const ended = (): void => {};
  response.on('error', ended);
  const packed = unpacker ? pipeline(response, unpacker(), ended) : response;
  return { body: Readable.from(counted(packed, bytesMax, source), { objectMode: false }), isUnpacked: !!unpacker };
}

/** Who stops reading ends the connection. */
async function* counted(packed: AsyncIterable<Buffer>, bytesMax: number, source: Source): AsyncGenerator<Buffer> {
  let bytes = 0;
  try {
    for await (const chunk of packed) {
      bytes += chunk.length;
      if (bytes > bytesMax) throw tooLong(bytesMax, source, 'more');
      yield chunk;
    }
  } catch (error) {
    throw source.told(error);
  }
}

const tooLong = (bytesMax: number, { name }: Source, got: string): TaskError =>
  new TaskError(`expected a body of at most ${bytesMax} bytes, got ${got} from ${name}`);
