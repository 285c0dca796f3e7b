/**
 * A flow, as it was parsed from its source: what a step, a worker and the scheduler read. Immutable; a change of the
 * source is another revision with another hash. Properties of tasks stay as written (templates unrendered).
 */
import type { ContentHash } from './partition.ts';

export const TENANT = 'main';

export interface FlowName {
  readonly tenant: string;
  readonly namespace: string;
  readonly id: string;
}

/** What an execution keeps of its flow. */
export interface FlowRef extends FlowName {
  readonly revision: number;
  readonly hash: ContentHash;
}

export type Labels = Readonly<Record<string, string>>;

export interface Flow extends FlowName {
  readonly hash: ContentHash;
  readonly description?: string;
  readonly labels: Labels;
  readonly inputs: readonly Input[];
  readonly variables: Readonly<Record<string, unknown>>;
  readonly tasks: readonly Task[];
  readonly errors: readonly Task[];
  readonly finally: readonly Task[];
  readonly outputs: readonly FlowOutput[];
  readonly triggers: readonly Trigger[];
  /** Run when the execution has ended, whatever came of it; they change nothing of its end. */
  readonly afterExecution: readonly Task[];
  readonly listeners: readonly Listener[];
  readonly retry?: Retry;
  readonly sla: readonly Sla[];
  readonly disabled: boolean;
  /** Every task at any depth by its id. Ids are unique in a flow. */
  readonly taskOf: ReadonlyMap<string, Task>;
}

/** What a flow asks for. The options of its type stand beside what all have: see lib/flow/input. */
export interface Input {
  /** Dots nest: `a.b` is `inputs.a.b`. */
  readonly id: string;
  /** A name in the table of lib/flow/input. */
  readonly type: string;
  readonly required: boolean;
  readonly defaults?: unknown;
  /** What a form begins with; it counts for nothing where none is shown. */
  readonly prefill?: unknown;
  readonly description?: string;
  readonly displayName?: string;
  readonly dependsOn?: InputDependency;
  readonly [option: string]: unknown;
}

/** An input is asked for only if these have values and the condition is true. */
export interface InputDependency {
  readonly inputs: readonly string[];
  readonly condition?: string;
}

export interface FlowOutput {
  readonly id: string;
  readonly type: string;
  readonly value: unknown;
  readonly required: boolean;
  readonly description?: string;
}

/** Deprecated in Kestra: tasks that run at the end of an execution if their conditions hold. */
export interface Listener {
  readonly tasks: readonly Task[];
  readonly conditions: readonly Condition[];
}

/** A condition as written: its type, canonical, and its own properties. */
export interface Condition {
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface Sla {
  readonly id: string;
  readonly type: 'MAX_DURATION' | 'EXECUTION_ASSERTION';
  readonly behavior: 'FAIL' | 'CANCEL' | 'NONE';
  readonly durationMs?: number;
  /** An expression that must not be false. */
  readonly assert?: string;
  readonly labels: Labels;
}

/**
 * A task as written. `lists` holds the tasks inside it by the name of the list (`tasks`, `errors`, `then`, `cases.a`); empty
 * for a runnable task.
 */
export interface Task {
  readonly id: string;
  /** The canonical type; aliases are resolved. `writtenType` is what stands in the source. */
  readonly type: string;
  readonly writtenType: string;
  readonly kind: 'runnable' | 'flowable';
  readonly description?: string;
  readonly disabled: boolean;
  /** ISO-8601 duration or a template of one. */
  readonly timeout?: string;
  readonly retry?: Retry;
  /** That of the nearest task around it that has one, or the flow's: for a task that has none itself. */
  readonly inheritedRetry?: Retry;
  readonly allowFailure: boolean;
  readonly allowWarning: boolean;
  readonly runIf?: string;
  readonly logLevel?: string;
  /** Its log is kept in a file of the internal storage. */
  readonly logToFile?: boolean;
  readonly workerGroup?: string;
  /** All other properties, as written. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly lists: Readonly<Record<string, readonly Task[]>>;
  /** The tasks around it, innermost first. */
  readonly parents: readonly string[];
  /** What it asks of a person, such as a Pause of whoever resumes it. */
  readonly inputs?: readonly Input[];
  /** In a Dag: ids of the tasks beside it that must have succeeded. */
  readonly dependsOn?: readonly string[];
}

export interface Retry {
  readonly type: 'constant' | 'exponential' | 'random';
  readonly behavior: 'RETRY_FAILED_TASK' | 'CREATE_NEW_EXECUTION';
  readonly maxAttempts?: number;
  readonly maxDurationMs?: number;
  readonly warningOnRetry: boolean;
  /** constant and exponential; milliseconds. */
  readonly intervalMs: number;
  /** exponential and random; milliseconds. */
  readonly maxIntervalMs?: number;
  readonly minIntervalMs?: number;
  readonly delayFactor?: number;
}

export interface Trigger {
  readonly id: string;
  readonly type: string;
  readonly disabled: boolean;
  readonly properties: Readonly<Record<string, unknown>>;
}
