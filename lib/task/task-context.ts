/** What surrounds one running task, built as far as it asks for it. It ends once: killed, timed out, or because the worker stops. */
import {
  type ExecutionUpdate,
  type Http,
  type Server,
  type TaskContext,
  TaskError,
  type TaskLog,
} from '../../plugins/sdk/index.ts';
import { NeedsFact, renderAll, type World } from '../expression/render.ts';
import type { Task } from '../model/flow.ts';
import { derivedId } from '../model/ids.ts';
import { parseProperties } from '../plugin/properties.ts';
import type { Mask } from '../secret/mask.ts';
import { answererOf } from './answer/answerer.ts';
import { type Answerer, Facts } from './facts.ts';
import type { Ground, Roots, RunGiven } from './given.ts';
import { HttpConnector } from './http/connector.ts';
import { LogFile } from './log-file.ts';
import { checkedMetric, METRICS_MAX } from './metrics.ts';
import type { EndCause, LineSink } from './outcome.ts';
import { Revealed } from './revealed.ts';
import { type AttemptFiles, attemptFiles } from './task-files.ts';
import { taskLog } from './task-log.ts';
import { withUpdate } from './update.ts';

export class RunningTask implements TaskContext {
  readonly given: RunGiven;
  readonly environment: Readonly<Record<string, string>>;
  readonly #ground: Ground;
  #cause: EndCause | undefined;
  #controller: AbortController | undefined;
  #log: TaskLog | undefined;
  #logFile: LogFile | undefined;
  #roots: Roots | undefined;
  #facts: Facts | undefined;
  #revealed: Revealed | undefined;
  #files: AttemptFiles | undefined;
  #http: HttpConnector | undefined;
  #limit: NodeJS.Timeout | undefined;
  #metrics = 0;
  #update: ExecutionUpdate | undefined;
  /** What it runs in its own place. */
  #inner: RunningTask | undefined;

  constructor(given: RunGiven, ground: Ground, revealed?: Revealed) {
    this.given = given;
    this.#revealed = revealed;
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
    return (this.#log ??= taskLog(this.#sinkOf(this.given.task), this.given.task.logLevel, this.masked));
  }

  #sinkOf({ logToFile }: Task): LineSink {
    const { task, place, sink } = this.given;
    if (logToFile)
      this.#logFile ??= new LogFile((content) => this.files.store(`${task.id}-${place.attempt}.log`, content));
    return this.#logFile?.sink ?? sink;
  }

  /** The file that its log is in, once nothing more is said; undefined where there is none. Rejects where it cannot be stored. */
  logFile(): Promise<string> | undefined {
    return this.#logFile?.close();
  }

  /** What it says, without the secrets of its execution. */
  get masked(): Mask {
    const { mask } = this.given;
    return (text) => {
      const masked = mask?.()?.(text) ?? text;
      return this.#revealed ? this.#revealed.hidden(masked) : masked;
    };
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
    return (this.#files ??= attemptFiles(this.given.place, this.#ground.storage, this.#ground.folder));
  }

  get http(): Http {
    this.#http ??= new HttpConnector(this.#ground.http, this.signal);
    return this.#http;
  }

  get server(): Server | undefined {
    return this.given.server;
  }

  /** The expressions' roots. */
  get roots(): Roots {
    this.#roots ??= this.given.roots();
    return this.#roots;
  }

  /** What its expressions ask. */
  get facts(): Facts {
    this.#facts ??= new Facts({
      answerer: () => this.#answerer(),
      timeZone: this.#ground.timeZone,
      now: this.#ground.now,
      atOnce: this.#ground.atOnce,
      shown: this.given.shown,
    });
    return this.#facts;
  }

  #answerer(): Answerer {
    const { place, kin = () => [place], errorLogs } = this.given;
    const { storage, jq, secret } = this.#ground;
    const asked = (key: string): string | undefined => {
      const value = secret?.(key);
      if (value !== undefined) this.#reveals.add(value);
      return value;
    };
    return answererOf({
      ...{ tenant: place.tenant, kin, storage, http: () => this.http, jq, errorLogs },
      ...(secret ? { secret: asked } : {}),
    });
  }

  get #reveals(): Revealed {
    this.#revealed ??= new Revealed();
    return this.#revealed;
  }

  // Getters, and not methods: tasks take their context apart.

  get render(): TaskContext['render'] {
    return (template, more) => this.#rendered(template, more);
  }

  get renderAll(): TaskContext['renderAll'] {
    return (value) => this.#rendered(value);
  }

  get renderAsync(): TaskContext['renderAsync'] {
    return async (template, more) => this.facts.wait(this.#rendering(template, more));
  }

  get renderAllAsync(): TaskContext['renderAllAsync'] {
    return async (value) => this.facts.wait(this.#rendering(value));
  }

  #rendered(value: unknown, more?: Roots): unknown {
    try {
      return this.facts.atOnce(this.#rendering(value, more));
    } catch (error) {
      if (!(error instanceof NeedsFact)) throw error;
      throw new TaskError(
        `expected an expression that waits for nothing, which this task cannot do here, got ${error.question.kind}()`,
      );
    }
  }

  #rendering(value: unknown, more?: Roots): (world: World) => unknown {
    const roots = more ? { ...this.roots, ...more } : this.roots;
    return (world) => renderAll(value, roots, world);
  }

  get encrypt(): TaskContext['encrypt'] {
    return (text) => {
      const { seal } = this.given;
      if (!seal) throw new TaskError('expected a key to encrypt with, got none');
      return seal(text);
    };
  }

  get metric(): TaskContext['metric'] {
    return (metric) => {
      const checked = checkedMetric(metric);
      this.#metrics++;
      if (this.#metrics <= METRICS_MAX) this.given.metrics(checked);
      else if (this.#metrics === METRICS_MAX + 1)
        this.log.warn(`expected at most ${METRICS_MAX} metrics of one run, got more: the others are left out`);
    };
  }

  get update(): TaskContext['update'] {
    return (change) => {
      this.#update = withUpdate(this.#update, change);
    };
  }

  /** What it and what it ran want to be changed. */
  get changes(): ExecutionUpdate | undefined {
    const inner = this.#inner?.changes;
    return inner ? withUpdate(this.#update, inner) : this.#update;
  }

  get runTask(): TaskContext['runTask'] {
    return (source) => this.#runTask(source);
  }

  async #runTask(source: string): Promise<unknown> {
    if (this.#inner) throw new TaskError('expected one task in the place of this one, got a second');
    const runnable = this.given.taskIn(source);
    if (runnable.definition === this.given.definition)
      throw new TaskError(`expected another task than ${runnable.task.type} itself`);
    const properties = parseProperties(runnable.definition, runnable.task.properties);
    // A file that it wants for its log is this attempt's.
    const sink = this.#sinkOf(runnable.task);
    const task = { ...runnable.task, logToFile: false };
    const given = { ...this.given, ...runnable, server: runnable.server, task, sink };
    this.#inner = new RunningTask(given, this.#ground, this.#reveals);
    if (this.#cause) this.#inner.end(this.#cause);
    return await runnable.definition.run(this.#inner, properties);
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
    this.#inner?.end(cause.kind === 'timeout' ? { kind: 'killed' } : cause);
  }

  /** Ends it after `ms`, unless it is closed before. */
  endAfter(ms: number, cause: EndCause): void {
    this.#limit = setTimeout(() => this.end(cause), ms);
  }

  /** After the end: no timer, connection or folder is left behind. A promise only where there is something to wait for. */
  close(): Promise<void> | undefined {
    clearTimeout(this.#limit);
    this.#http?.close();
    const [inner, own] = [this.#inner?.close(), this.#files?.close(this.cause !== undefined)];
    return inner && own ? Promise.all([inner, own]).then(() => {}) : (inner ?? own);
  }
}
