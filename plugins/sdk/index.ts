/**
 * All that the author of a plugin sees. A plugin is a plain value with a name and a version, checked on entry; Windhover's
 * own tasks come in by the same door. It imports nothing of the server.
 */
import type { Readable } from 'node:stream';
import type { z } from 'zod';
import type { Http } from './http.ts';
import type { Metric } from './metric.ts';

export { duration, durationMs } from './duration.ts';
export type { Http, HttpProxy, HttpRequest, HttpResponse, HttpStreamedBody } from './http.ts';
export { REDIRECTS_MAX } from './http.ts';
export { type Metric, metricOf, type WrittenMetric } from './metric.ts';

/** The version of this contract: a server loads plugins of the same major. */
export const API_VERSION = '1.2';

export interface Plugin {
  readonly name: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly title: string;
  readonly tasks: readonly AnyTask[];
}

export interface TaskDefinition<P extends z.ZodType, O extends z.ZodType> {
  /** The full name that flows write, such as `io.kestra.plugin.core.log.Log`. */
  readonly type: string;
  /** Other names that flows may write for it. */
  readonly aliases?: readonly string[];
  readonly title: string;
  /** What to use instead, where it should not be used any more. */
  readonly deprecated?: string;
  /** Markdown. */
  readonly description?: string;
  /**
   * The shape of the properties *after* rendering. Every text in them may hold `{{ … }}`, save those that are marked
   * `.meta({ dynamic: false })`.
   */
  readonly properties: P;
  readonly outputs?: O;
  /**
   * It renders and says what came out, in a moment: it waits for nothing, reads nothing, and does nothing to the world. Of tasks that
   * come with the server: a worker runs such ones on its own loop. What an author brings is always run in a thread.
   */
  readonly atOnce?: true;
  /** Flows that show it. */
  readonly examples?: readonly { readonly title: string; readonly code: string }[];
  run(context: TaskContext, properties: z.output<P>): Promise<z.input<O> | undefined> | z.input<O> | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: a list of tasks holds tasks of all property types
export type AnyTask = TaskDefinition<any, any>;

/** What surrounds one running task. */
export interface TaskContext {
  /** Fires when the task must end: killed, timed out, worker stopping. After a grace the thread ends. */
  readonly signal: AbortSignal;
  readonly log: TaskLog;
  readonly execution: {
    readonly id: string;
    readonly namespace: string;
    readonly flowId: string;
    readonly flowRevision: number;
  };
  readonly taskRun: {
    readonly id: string;
    readonly taskId: string;
    readonly attempt: number;
    readonly value?: string;
    /** The same for every delivery of the attempt: hand it to what can drop repetitions. */
    readonly idempotencyKey: string;
  };
  readonly files: TaskFiles;
  /** Requests over HTTP, to addresses that tasks may reach. */
  readonly http: Http;
  /**
   * Renders a template against what the task sees, and `more` over it; throws an error that points at the place. At once, so an
   * expression that has to wait for what it asks (`read()`, `http()`, `errorLogs()` and others) is refused with a TaskError: use
   * `renderAsync` wherever the template is the flow's author's. Properties that are rendered before `run` may ask for anything.
   */
  render(template: string, more?: Readonly<Record<string, unknown>>): unknown;
  /** All texts inside a value, rendered, as `render` does it. */
  renderAll(value: unknown): unknown;
  /** As `render`, for any expression: what it asks for is fetched, and the template rendered again with it. Since 1.1. */
  renderAsync(template: string, more?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** As `renderAll`, for any expressions. Since 1.1. */
  renderAllAsync(value: unknown): Promise<unknown>;
  /**
   * A text as an output that nobody reads but expressions, in which it is the text again: encrypted at rest, hidden in logs. As the
   * value of an output, not inside of one. Throws a TaskError where there is no key. Since 1.2.
   */
  encrypt(text: string): Encrypted;
  /** Keeps a number of this run, beside its log. Throws a TaskError if it is none that can be kept. */
  metric(metric: Metric): void;
  /**
   * Changes the task's own execution, together with the end of the task, if that is SUCCESS or WARNING. What is asked for in
   * several calls adds up.
   */
  update(change: ExecutionUpdate): void;
  /**
   * Runs another task in the place of this one: `source` is YAML as in a flow, with a type and its properties, taken as they
   * stand there (nothing in it is rendered). Resolves with its outputs.
   */
  runTask(source: string): Promise<unknown>;
  /** This installation's own interface. There only for tasks that come with the server. */
  readonly server?: Server;
  /** PATH, HOME, TMPDIR and LANG for a child process, set by the server: nothing of its own environment. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Says nothing of what it holds. */
export interface Encrypted {
  readonly type: string;
  readonly value: string;
}

export interface TaskLog {
  trace(message: string): void;
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export interface TaskFiles {
  /** An empty folder of this attempt, made at the first call, removed after the end. */
  workingDirectory(): Promise<string>;
  /** Opens a file of the internal storage by its URI. */
  read(uri: string): Promise<Readable>;
  /** The lines of a file of the internal storage, one after the other: it may be larger than memory. */
  rows(uri: string): AsyncIterable<Row>;
  /** In bytes. */
  size(uri: string): Promise<number>;
  /** Stores a file (a path in the working directory, or content) and returns its URI. */
  store(name: string, content: Readable | Uint8Array | { readonly path: string }): Promise<string>;
  /** False: there was no such file. */
  remove(uri: string): Promise<boolean>;
  /** Removes all files of this execution from the internal storage; resolves with their URIs. */
  removeAll(): Promise<readonly string[]>;
}

export interface Row {
  /** As it stands in the file, without its end of line. */
  readonly text: string;
  /** What it says as JSON or Ion. Throws a TaskError when it is neither. */
  value(): unknown;
}

export interface ExecutionUpdate {
  /** Added to the execution's labels; one that is there gets the new value. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Set over the execution's variables (`vars`), maps within maps too. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** False: it is an error if one of the variables is there. */
  readonly overwrite?: boolean;
  /** Variables to take away, as paths such as `a.b`. */
  readonly unset?: readonly string[];
  /** False: it is an error if one of `unset` is not there. */
  readonly ignoreMissing?: boolean;
  /** Ends the execution in this state. */
  readonly exit?: 'SUCCESS' | 'WARNING' | 'FAILED' | 'KILLED' | 'CANCELLED';
}

export interface Server {
  /**
   * Asks a webserver of this installation: `path` stands below `/api/v1/main` and may have a query, `body` is sent as JSON.
   * Any status is an answer. Throws a TaskError where there is none.
   */
  ask(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<ServerAnswer>;
}

export interface ServerAnswer {
  readonly status: number;
  /** Parsed if it is JSON, else a text. */
  readonly body: unknown;
}

/** What a run gives as outputs has at most this size, written as JSON: more is stored as a file. */
export const OUTPUT_BYTES_MAX = 64 * 1024;

/** A failure of a task that a person can act on: its message is the reason of the attempt. */
export class TaskError extends Error {
  /** Outputs that the failed attempt still gives, such as an exit code. */
  readonly outputs?: Readonly<Record<string, unknown>>;

  constructor(
    message: string,
    options: { readonly cause?: unknown; readonly outputs?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'TaskError';
    this.outputs = options.outputs;
  }
}

/** An end that is not a failure and not plain success: the attempt ends WARNING with these outputs. */
export class TaskWarning extends TaskError {}

export function defineTask<P extends z.ZodType, O extends z.ZodType = z.ZodType<undefined>>(
  definition: TaskDefinition<P, O>,
): TaskDefinition<P, O> {
  return Object.freeze(definition);
}

export function definePlugin(plugin: Omit<Plugin, 'apiVersion'>): Plugin {
  return Object.freeze({ ...plugin, apiVersion: API_VERSION });
}
