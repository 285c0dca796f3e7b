/**
 * Runs one task of a plugin as a test wants it: properties go through its schema, lines and outputs come back. Templates
 * are not rendered here: give properties as they are after rendering.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { z } from 'zod';
import {
  type AnyTask,
  type ExecutionUpdate,
  type Http,
  type Metric,
  type Row,
  type Server,
  type TaskContext,
  TaskError,
  type TaskLog,
  TaskWarning,
} from './index.ts';

export interface TestRunOptions {
  /** Fires to end the task: a kill or a timeout. */
  readonly signal?: AbortSignal;
  /** Content of the internal storage by URI; `files.store` adds to it. */
  readonly storage?: Map<string, Uint8Array>;
  readonly taskRun?: Partial<TaskContext['taskRun']>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Answers `context.render` and its like; without it a template is given back as it is. */
  readonly render?: (template: string, more?: Readonly<Record<string, unknown>>) => unknown;
  /** Answers `context.http`; without it every request fails. */
  readonly http?: Http;
  /** Is `context.server`. */
  readonly server?: Server;
  /** Answers `context.runTask`; without it every such task fails. */
  readonly runTask?: (source: string) => Promise<unknown>;
}

export interface TestRun {
  readonly state: 'SUCCESS' | 'WARNING' | 'FAILED' | 'KILLED';
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly lines: readonly { readonly level: string; readonly message: string }[];
  readonly metrics: readonly Metric[];
  /** What the task asked to be changed in its execution, in the order of its calls. */
  readonly updates: readonly ExecutionUpdate[];
  readonly error?: Error;
}

interface Said {
  readonly lines: { level: string; message: string }[];
  readonly metrics: Metric[];
  readonly updates: ExecutionUpdate[];
}

export async function runTask(
  task: AnyTask,
  properties: Readonly<Record<string, unknown>>,
  options: TestRunOptions = {},
): Promise<TestRun> {
  const said: Said = { lines: [], metrics: [], updates: [] };
  const folders: string[] = [];
  const context = contextOf(said, folders, options);
  try {
    const parsed = (task.properties as z.ZodType).safeParse(properties);
    if (!parsed.success) throw new TaskError(parsed.error.message);
    const given: unknown = await task.run(context, parsed.data);
    const outputs = (
      task.outputs && given !== undefined ? (task.outputs as z.ZodType).parse(given) : given
    ) as TestRun['outputs'];
    return { state: context.signal.aborted ? 'KILLED' : 'SUCCESS', outputs, ...said };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    const outputs = error instanceof TaskError ? error.outputs : undefined;
    const state = context.signal.aborted ? 'KILLED' : error instanceof TaskWarning ? 'WARNING' : 'FAILED';
    return { state, outputs, ...said, error };
  } finally {
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  }
}

function contextOf(said: Said, folders: string[], options: TestRunOptions): TaskContext {
  const write =
    (level: string) =>
    (message: string): void => {
      said.lines.push({ level, message });
    };
  const log: TaskLog = {
    trace: write('TRACE'),
    debug: write('DEBUG'),
    info: write('INFO'),
    warn: write('WARN'),
    error: write('ERROR'),
  };
  const render: NonNullable<TestRunOptions['render']> = options.render ?? ((template) => template);
  return {
    signal: options.signal ?? new AbortController().signal,
    log,
    execution: { id: 'execution', namespace: 'test', flowId: 'flow', flowRevision: 1 },
    taskRun: { id: 'taskRun', taskId: 'task', attempt: 1, idempotencyKey: 'execution/taskRun/1', ...options.taskRun },
    files: filesOf(folders, options.storage ?? new Map()),
    render,
    renderAll: (value) => renderAll(value, render),
    renderAsync: async (template, more) => render(template, more),
    renderAllAsync: async (value) => renderAll(value, render),
    http: options.http ?? { send: () => Promise.reject(new TaskError('expected options.http in this test, got none')) },
    // Not encrypted here, so that a test can read it.
    encrypt: (text) => ({ type: 'encrypted', value: text }),
    metric: (metric) => void said.metrics.push(metric),
    update: (change) => void said.updates.push(change),
    runTask:
      options.runTask ?? (() => Promise.reject(new TaskError('expected options.runTask in this test, got none'))),
    server: options.server,
    environment: options.environment ?? {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: tmpdir(),
      TMPDIR: tmpdir(),
      LANG: 'C.UTF-8',
    },
  };
}

function filesOf(folders: string[], storage: Map<string, Uint8Array>): TaskContext['files'] {
  let folder: Promise<string> | undefined;
  const contentIn = (uri: string): Uint8Array => {
    const content = storage.get(uri);
    if (!content) throw new TaskError(`expected a file ${uri} in the storage, got none`);
    return content;
  };
  return {
    workingDirectory() {
      folder ??= mkdtemp(join(tmpdir(), 'windhover-task-')).then((made) => {
        folders.push(made);
        return made;
      });
      return folder;
    },
    async read(uri) {
      return Readable.from([contentIn(uri)]);
    },
    async *rows(uri) {
      yield* rowsIn(Buffer.from(contentIn(uri)).toString('utf8'));
    },
    size: async (uri) => contentIn(uri).byteLength,
    async store(name, content) {
      const uri = `kestra:///test/${basename(name)}`;
      storage.set(uri, await contentOf(content));
      return uri;
    },
    remove: async (uri) => storage.delete(uri),
    async removeAll() {
      const uris = [...storage.keys()].filter((uri) => uri.startsWith('kestra:///test/'));
      for (const uri of uris) storage.delete(uri);
      return uris;
    },
  };
}

/** As JSON only: the server reads Ion as well. */
function rowsIn(content: string): readonly Row[] {
  const texts = content.split(/\r?\n/);
  if (texts.at(-1) === '') texts.pop();
  return texts.map((text) => ({ text, value: () => JSON.parse(text) as unknown }));
}

async function contentOf(content: Readable | Uint8Array | { readonly path: string }): Promise<Uint8Array> {
  if (content instanceof Uint8Array) return content;
  return content instanceof Readable ? await buffer(content) : await readFile(content.path);
}

function renderAll(value: unknown, render: (template: string) => unknown): unknown {
  if (typeof value === 'string') return render(value);
  if (Array.isArray(value)) return value.map((item) => renderAll(item, render));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, renderAll(inner, render)]));
}
