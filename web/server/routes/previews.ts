/** The beginning of a stored file, as a page shows it: lines of text, rows of data, or an image. */
import type { Readable } from 'node:stream';
import { newBudget } from '../../../lib/expression/budget.ts';
import { readIon } from '../../../lib/expression/ion/read.ts';
import type { Storage } from '../../../lib/storage/storage.ts';
import type { Executions } from '../live/executions.ts';
import { fileOf } from './files.ts';
import { refused, textOf, wholeOf } from './query.ts';
import type { Handlers } from './register.ts';

export const PREVIEW_ROWS = 100;
export const PREVIEW_ROWS_MAX = 5_000;
const BYTES_MAX = 2 * 1024 * 1024;
const IMAGES: ReadonlySet<string> = new Set(['jpg', 'jpeg', 'png', 'svg', 'gif', 'bmp', 'webp']);

interface Preview {
  readonly extension: string;
  readonly type: 'TEXT' | 'LIST' | 'IMAGE' | 'MARKDOWN';
  readonly content: unknown;
  readonly maxLine: number;
  /** There is more than is shown. */
  readonly truncated: boolean;
}

export function previewHandlers(executions: Executions, storage: Storage) {
  return {
    previewFile: async (asked) => {
      const { tenant, uri } = await fileOf(executions, asked);
      const maxLine = Math.min(wholeOf(asked.query, 'maxRows', 1) ?? PREVIEW_ROWS, PREVIEW_ROWS_MAX);
      const decoder = decoderOf(textOf(asked.query, 'encoding') ?? 'UTF-8');
      const size = await storage.size(tenant, uri);
      const bytes =
        size === 0
          ? Buffer.alloc(0)
          : await bytesOf(await storage.get(tenant, uri, { start: 0, end: Math.min(size, BYTES_MAX) - 1 }));
      const extension = /\.(\w{1,10})$/.exec(uri)?.[1]?.toLowerCase() ?? '';
      asked.json(previewOf(bytes, { extension, maxLine, decoder, isCut: size > BYTES_MAX }));
    },
  } satisfies Partial<Handlers>;
}

interface Shown {
  readonly extension: string;
  readonly maxLine: number;
  readonly decoder: TextDecoder;
  /** The bytes are only the beginning of the file. */
  readonly isCut: boolean;
}

function previewOf(bytes: Buffer, { extension, maxLine, decoder, isCut }: Shown): Preview {
  if (IMAGES.has(extension))
    return { extension, type: 'IMAGE', content: bytes.toString('base64'), maxLine, truncated: isCut };
  const text = extension === 'ion' || extension === 'md' ? bytes.toString('utf8') : decoder.decode(bytes);
  const lines = text.split('\n');
  // What stands behind the last line's end is no line; what was cut in the middle is none either.
  if (lines.at(-1) === '' || (isCut && lines.length > 1)) lines.pop();
  const shown = lines.slice(0, maxLine).map((line) => line.replace(/\r$/, ''));
  const truncated = isCut || lines.length > maxLine;
  if (extension === 'ion') return { extension, type: 'LIST', content: shown.flatMap(rowsIn), maxLine, truncated };
  return { extension, type: extension === 'md' ? 'MARKDOWN' : 'TEXT', content: shown.join('\n'), maxLine, truncated };
}

/** A line that is no value is shown as it is. */
function rowsIn(line: string): readonly unknown[] {
  try {
    return readIon(line, newBudget());
  } catch {
    return [line];
  }
}

function decoderOf(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding);
  } catch {
    throw refused(
      'encoding',
      'the name of an encoding such as UTF-8',
      encoding,
      `Unable to preview using encoding '${encoding}'`,
    );
  }
}

async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
