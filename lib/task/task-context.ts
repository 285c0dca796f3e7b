/**
 * What surrounds one running task, built as far as the task asks for it: most tasks ask for little. It ends once: killed,
 * timed out, or because the worker stops; the first cause stays.
 */
import type { AnyTask, TaskContext, TaskLog } from '../../plugins/sdk/index.ts';
import { renderAll } from '../expression/render.ts';
import type { Task } from '../model/flow.ts';
import { derivedId } from '../model/ids.ts';
import type { Storage } from '../storage/storage.ts';
import type { EndCause, LineSink } from './outcome.ts';
import { type AttemptFiles, type AttemptPlace, attemptFiles } from './task-files.ts';
import { taskLog } from './task-log.ts';

export type Roots = Readonly<Record<string, unknown>>;

/** One run: what to do, and where it stands. */
export interface RunGiven {
  readonly place: AttemptPlace;
  readonly flowRevision: number;
  readonly task: Task;
  readonly definition: AnyTask;
  readonly value?: string;
  /** What its expressions can reach; built when the first of them is rendered. */
  readonly roots: () => Roots;
  readonly sink: LineSink;
}

/** The same for all runs of a thread. */
export interface Ground {
  readonly storage: Storage;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

export class RunningTask implements TaskContext {
  readonly given: RunGiven;
  readonly environment: Readonly<Record<string, string>>;
  readonly #ground: Ground;
  #cause: EndCause | undefined;
  #controller: AbortController | undefined;
  #log: TaskLog | undefined;
  #roots: Roots | undefined;
  #files: AttemptFiles | undefined;
  #limit: NodeJS.Timeout | undefined;

  constructor(given: RunGiven, ground: Ground) {
    this.given = given;
    this.environment = ground.environment;
    this.#ground = ground;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#cause) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  get log(): TaskLog {
    this.#log ??= taskLog(this.given.sink, this.given.task.logLevel);
    return this.#log;
  }

  get execution(): TaskContext['execution'] {
    const { executionId, namespace, flowId } = this.given.place;
    return { id: executionId, namespace, flowId, flowRevision: this.given.flowRevision };
  }

  get taskRun(): TaskContext['taskRun'] {
    const { executionId, taskRunId, taskId, attempt } = this.given.place;
    const { value } = this.given;
    const idempotencyKey = derivedId('attempt', executionId, taskRunId, attempt);
    return { id: taskRunId, taskId, attempt, ...(value === undefined ? {} : { value }), idempotencyKey };
  }

  get files(): AttemptFiles {
    this.#files ??= attemptFiles(this.given.place, this.#ground.storage, this.#ground.folder);
    return this.#files;
  }

  /** The expressions' roots. */
  get roots(): Roots {
    this.#roots ??= this.given.roots();
    return this.#roots;
  }

  render(template: string): unknown {
    return renderAll(template, this.roots);
  }

  renderAll(value: unknown): unknown {
    return renderAll(value, this.roots);
  }

  /** Why it was told to end, if it was. */
  get cause(): EndCause | undefined {
    return this.#cause;
  }

  end(cause: EndCause): void {
    if (this.#cause) return;
    this.#cause = cause;
    if (cause.kind === 'timeout') this.log.error(cause.reason);
    this.#controller?.abort();
  }

  /** Ends it after `ms`, unless it is closed before. */
  endAfter(ms: number, cause: EndCause): void {
    this.#limit = setTimeout(() => this.end(cause), ms);
  }

  /** After the end: no timer and no folder is left behind. A promise only where there is something to wait for. */
  close(): Promise<void> | undefined {
    clearTimeout(this.#limit);
    return this.#files?.close();
  }
}
