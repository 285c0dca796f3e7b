/**
 * The files of one attempt: a working directory that is made when it is asked for and removed at the end, and the internal
 * storage, in which the attempt's files stand below its execution's prefix.
 */
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { type Row, TaskError, type TaskFiles } from '../../plugins/sdk/index.ts';
import { executionPrefix, type Storage } from '../storage/storage.ts';
import { endProcessesOf } from './orphans.ts';
import { rowsOf } from './rows.ts';

export interface AttemptPlace {
  readonly tenant: string;
  readonly namespace: string;
  readonly flowId: string;
  readonly executionId: string;
  readonly taskId: string;
  readonly taskRunId: string;
  readonly attempt: number;
}

export interface AttemptFiles extends TaskFiles {
  /** Removes the working directory; undefined if there was none. */
  /** `wasEnded`: the task was told to end, and so is whatever it started. */
  close(wasEnded: boolean): Promise<void> | undefined;
}

export function attemptFiles(place: AttemptPlace, storage: Storage, folder: string): AttemptFiles {
  const directory = join(folder, `${place.executionId}-${place.taskRunId}-${place.attempt}`);
  const ofExecution = executionPrefix({ namespace: place.namespace, id: place.flowId }, place.executionId);
  const prefix = `${ofExecution}tasks/${place.taskId}/${place.taskRunId}/`;
  let made: Promise<string> | undefined;
  return {
    workingDirectory: () => (made ??= anew(directory)),
    read: (uri) => storage.get(place.tenant, uri),
    rows: (uri) => rowsIn(() => storage.get(place.tenant, uri)),
    size: (uri) => storage.size(place.tenant, uri),
    store: async (name, content) => {
      const uri = prefix + nameOf(name);
      await storage.put(
        place.tenant,
        uri,
        isPath(content) ? createReadStream(await inside(made, content.path)) : content,
      );
      return uri;
    },
    remove: (uri) => storage.remove(place.tenant, uri),
    removeAll: async () => {
      const uris = await storage.list(place.tenant, ofExecution);
      await storage.removeAll(place.tenant, ofExecution);
      return uris;
    },
    close: (wasEnded) =>
      made?.then((path) => {
        if (wasEnded) endProcessesOf(path);
        return rm(path, { recursive: true, force: true });
      }),
  };
}

async function* rowsIn(open: () => Promise<Readable>): AsyncGenerator<Row> {
  yield* rowsOf(await open());
}

/** Another delivery of the attempt may have left one behind. */
async function anew(directory: string): Promise<string> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  return directory;
}

const isPath = (content: Readable | Uint8Array | { readonly path: string }): content is { readonly path: string } =>
  'path' in content && !('pipe' in content);

function nameOf(name: string): string {
  const parts = name.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..'))
    throw new TaskError(`expected a file's name such as "result.csv" or "part/1.csv", got ${JSON.stringify(name)}`);
  return name;
}

async function inside(made: Promise<string> | undefined, path: string): Promise<string> {
  const directory = await made;
  const absolute = directory ? resolve(directory, path) : path;
  const way = directory ? relative(directory, absolute) : '..';
  if (way.startsWith('..') || isAbsolute(way))
    throw new TaskError(`expected a path in the working directory, got ${path}`);
  return absolute;
}
