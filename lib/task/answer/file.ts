/** `read()` and its like: files of the internal storage that an execution may see, and nothing else of it. */
import { buffer } from 'node:stream/consumers';
import { isFault } from '../../errors.ts';
import type { Answer, Question } from '../../expression/world.ts';
import type { ExecutionPlace } from '../../model/execution.ts';
import { executionPrefix, SCHEME, type Storage } from '../../storage/storage.ts';

/** What an expression may have of a file; a task goes through a larger one row by row. */
export const READ_BYTES_MAX = 1024 * 1024;
const NAMESPACE_FILES = '/_files/';

interface FileParts {
  readonly tenant: string;
  readonly kin: () => readonly ExecutionPlace[];
  readonly storage: Storage;
}

export async function answerFile({ kind, args }: Question, parts: FileParts): Promise<Answer> {
  const uri = String(args.path).trim();
  const refused = refusalOf(uri, parts.kin());
  if (refused !== undefined) return { refused };
  const { tenant, storage } = parts;
  if (kind === 'fileExists') return { value: await storage.exists(tenant, uri) };
  try {
    const bytes = await storage.size(tenant, uri);
    if (kind === 'fileSize') return { value: bytes };
    if (kind === 'isFileEmpty') return { value: bytes === 0 };
    if (bytes > READ_BYTES_MAX)
      return { refused: `expected a file of at most ${READ_BYTES_MAX} bytes for read(), got ${bytes} in ${uri}` };
    const content = await buffer(await storage.get(tenant, uri, { start: 0, end: READ_BYTES_MAX - 1 }));
    return { value: content.toString('utf8') };
  } catch (error) {
    if (!isFault(error, 'storage.unknown')) throw error;
    return { missing: `expected a file in the internal storage, got none at ${uri}` };
  }
}

/** Judged by the text: what the storage opens is what was judged, since it refuses every way out of a path. */
function refusalOf(uri: string, kin: readonly ExecutionPlace[]): string | undefined {
  const isSeen = kin.some(({ namespace, flowId, executionId }) =>
    uri.startsWith(executionPrefix({ namespace, id: flowId }, executionId)),
  );
  if (isSeen) return undefined;
  const got = JSON.stringify(uri);
  return uri.startsWith(`${SCHEME}/`) && !uri.includes(NAMESPACE_FILES)
    ? `expected a file of this execution, or of one that it came from, got ${got}`
    : `expected a URI of the internal storage such as outputs.task.uri, got ${got}: files of namespaces are not supported yet`;
}
