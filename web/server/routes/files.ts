/** Files of an execution, from the internal storage: only its own, and those of the executions that led to it. */
import { Fault } from '../../../lib/errors.ts';
import { executionPrefix, type Storage } from '../../../lib/storage/storage.ts';
import type { Executions } from '../live/executions.ts';
import { excerptOf, refused, textOf } from './query.ts';
import type { Asked, Handlers } from './register.ts';

/** Parents of parents that are looked at. */
const ANCESTORS_MAX = 20;

export function fileHandlers(executions: Executions, storage: Storage) {
  return {
    downloadFile: async (asked) => {
      const { context } = asked;
      const { tenant, uri } = await fileOf(executions, asked);
      const size = await storage.size(tenant, uri);
      const range = rangeOf(context.req.headers.range, size);
      if (range === 'none') {
        context.set('content-range', `bytes */${size}`);
        throw new Fault('request.range', `expected a range in ${size} bytes, got ${context.req.headers.range}`);
      }
      context.attachment(uri.slice(uri.lastIndexOf('/') + 1));
      context.type = 'application/octet-stream';
      context.set('accept-ranges', 'bytes');
      if (range) context.set('content-range', `bytes ${range.start}-${range.end}/${size}`);
      context.status = range ? 206 : 200;
      context.length = range ? range.end - range.start + 1 : size;
      context.body = await storage.get(tenant, uri, range);
    },
    fileMetas: async (asked) => {
      const { tenant, uri } = await fileOf(executions, asked);
      asked.json({ size: await storage.size(tenant, uri) });
    },
  } satisfies Partial<Handlers>;
}

/** Throws `storage.refused` for a file that the execution must not see, whether it is there or not. */
export async function fileOf(
  executions: Executions,
  asked: Asked,
): Promise<{ readonly tenant: string; readonly uri: string }> {
  const uri = textOf(asked.query, 'path');
  if (uri === undefined) throw refused('path', 'the address of a file', '');
  const { start } = await executions.read(asked.params.executionId!);
  for (let [at, n] = [start, 0]; n < ANCESTORS_MAX; n++) {
    if (uri.startsWith(executionPrefix(at.flow, at.id))) return { tenant: at.flow.tenant, uri };
    const parent = at.trigger?.variables.executionId;
    const found = typeof parent === 'string' ? await executions.find(parent) : undefined;
    if (!found) break;
    at = found.start;
  }
  throw new Fault('storage.refused', `path: expected a file of the execution ${start.id}, got ${excerptOf(uri)}`);
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** One range of bytes; undefined where the whole is wanted, or several, which nobody must give; `none` where there is nothing. */
function rangeOf(header: string | undefined, size: number): Range | 'none' | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== '' && from !== '' && Number(to) < start) return undefined;
  return start <= end ? { start, end } : 'none';
}
