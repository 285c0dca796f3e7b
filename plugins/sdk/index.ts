/**
 * All that the author of a plugin sees. A plugin is a plain value with a name and a version, checked on entry; Windhover's
 * own tasks come in by the same door. It imports nothing of the server.
 */
import type { Readable } from 'node:stream';
import type { z } from 'zod';

/** The version of this contract: a server loads plugins of the same major. */
export const API_VERSION = '1.0';

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
  /** Markdown. */
  readonly description?: string;
  /**
   * The shape of the properties *after* rendering. Every text in them may hold `{{ … }}`, save those that are marked
   * `.meta({ dynamic: false })`.
   */
  readonly properties: P;
  readonly outputs?: O;
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
  /** Renders a template against what the task sees; throws a TaskError that points at the place. */
  render(template: string): unknown;
  /** All texts inside a value, rendered. */
  renderAll(value: unknown): unknown;
  /** PATH, HOME, TMPDIR and LANG for a child process, set by the server: nothing of its own environment. */
  readonly environment: Readonly<Record<string, string>>;
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
  /** Stores a file (a path in the working directory, or content) and returns its URI. */
  store(name: string, content: Readable | Uint8Array | { readonly path: string }): Promise<string>;
}

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
