/**
 * An execution and its task runs, as they are kept: the owner of the partition holds them in memory, Redis holds them as
 * a hash with one field for the head and one per task run (invariant E4), feeds and repositories carry the same JSON.
 */
import type { FlowRef, Labels } from './flow.ts';
import type { History } from './state.ts';

/** What is known at the start and never changes afterwards: workers cache it per execution. Field `start`. */
export interface ExecutionStart {
  readonly id: string;
  readonly flow: FlowRef;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly trigger?: ExecutionTrigger;
  readonly parentId?: string;
  readonly originalId: string;
  readonly scheduleDateMs?: number;
  /** Who asked: user name, `trigger`, … */
  readonly principal: string;
  readonly createdAtMs: number;
  /** Raised by restart and replay: commands and cached copies name the incarnation that they mean. */
  readonly incarnation: number;
}

/** What changes. Field `head`. */
export interface ExecutionHead {
  readonly history: History;
  readonly labels: Labels;
  /** Set when the end has been decided by the tasks; typed flow outputs. */
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** Why it failed, where no task run says so. */
  readonly reason?: string;
  /** How many task runs there are, written at the end: with it a reader knows whether it has seen all. */
  readonly taskRuns: number;
  /** Seconds that its end is remembered, where it is not the ordinary ten minutes. */
  readonly rememberS?: number;
}

export interface ExecutionTrigger {
  readonly id: string;
  readonly type: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** One run of a task. Field `t:<id>`. */
export interface TaskRun {
  readonly id: string;
  readonly taskId: string;
  /** Its place in the order of creation, from 0: `taskRunList` is sorted by it. */
  readonly index: number;
  /** The task run of the flowable around it. */
  readonly parentId?: string;
  /** The list of the parent (or of the flow) that it belongs to: `tasks`, `errors`, `finally`. */
  readonly list: string;
  /** Of an iteration: the value as text, and its number from 0. Inherited by what is inside the iteration only through `parentId`. */
  readonly value?: string;
  readonly iteration?: number;
  readonly history: History;
  readonly attempts: readonly Attempt[];
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** Why it failed, for the page. */
  readonly reason?: string;
  /** What a flowable must remember that its children do not say, such as the values of a ForEach. */
  readonly memo?: unknown;
}

/** One try. A delivery is one hand-over of the attempt to a worker; the third that is lost fails the task run. */
export interface Attempt {
  readonly history: History;
  readonly workerId?: string;
  /** The present delivery, `<epoch>.<n>`; absent before the first and after the end. */
  readonly delivery?: string;
  /** The token of the claim that is known; answers with another one are refused. */
  readonly token?: string;
  /** Workers lost while they held it. */
  readonly losses?: number;
  /** How many lines it has logged: views wait for them. */
  readonly lines?: number;
}

/** The name of an attempt in claims, jobs and ledgers. */
export const attemptRef = (executionId: string, taskRunId: string, attempt: number): string =>
  `${executionId}/${taskRunId}/${attempt}`;

/** Which hand-over of its attempt a delivery is, from 1. */
export const deliveryNumber = (delivery: string): number => Number(delivery.split('.')[1] ?? 0);

export function parseAttemptRef(ref: string): {
  readonly executionId: string;
  readonly taskRunId: string;
  readonly attempt: number;
} {
  const [executionId, taskRunId, attempt] = ref.split('/');
  return { executionId: executionId!, taskRunId: taskRunId!, attempt: Number(attempt) };
}

/** What remains of an ended execution in its partition for a while. */
export interface Tombstone {
  readonly state: string;
  readonly version: string;
  readonly endedAtMs: number;
  /** When it may go, milliseconds since 1970. */
  readonly untilMs: number;
}

/** A whole execution, put together by a reader. */
export interface Execution extends ExecutionStart, ExecutionHead {
  readonly taskRunList: readonly TaskRun[];
  readonly version: string;
}
