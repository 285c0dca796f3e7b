/**
 * An execution and its task runs, as they are kept: the owner of the partition holds them in memory, Redis holds them as
 * a hash with one field for the head and one per task run (invariant E4), feeds and repositories carry the same JSON.
 */
import type { FlowRef, Labels } from './flow.ts';
import { derivedId } from './ids.ts';
import { type History, isEnded, type State, stateOf } from './state.ts';

/** What is known at the start and never changes afterwards: workers cache it per execution. Field `start`. */
export interface ExecutionStart {
  readonly id: string;
  readonly flow: FlowRef;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly trigger?: ExecutionTrigger;
  /** The execution that it was made from: replayed, or tried again as a whole. */
  readonly parentId?: string;
  readonly originalId: string;
  /** Not before this. */
  readonly scheduleDateMs?: number;
  /** Who waits for its end. */
  readonly caller?: Caller;
  /** How many executions stand above it, from 0. */
  readonly depth?: number;
  /** Whose files it may see, because its caller may. */
  readonly kin?: readonly ExecutionPlace[];
  /** Which try of the whole execution it is, from 1; and since when it has been tried. */
  readonly attemptNumber?: number;
  readonly firstCreatedAtMs?: number;
  /** Who asked: user name, `trigger`, … */
  readonly principal: string;
  readonly createdAtMs: number;
  /** Raised by restart and replay: commands and cached copies name the incarnation that they mean. */
  readonly incarnation: number;
}

/** Where the files of an execution stand. */
export interface ExecutionPlace {
  readonly namespace: string;
  readonly flowId: string;
  readonly executionId: string;
}

/** A task run that waits for another execution: it is told of the end until it says that it has taken it. */
export interface Caller {
  readonly executionId: string;
  readonly taskRunId: string;
  readonly attempt: number;
  /** To be rendered at the end and handed back where the flow has no outputs of its own, as written in the caller's flow. */
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** What changes. Field `head`. */
export interface ExecutionHead {
  readonly history: History;
  readonly labels: Labels;
  /** The flow's variables as tasks have changed them. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Nothing new begins: somebody, named here, has paused it. */
  readonly heldBy?: string;
  /** The state in which it ends as soon as nothing runs any more; nothing new begins, save what runs `finally`. */
  readonly ending?: State;
  /** It is going to be made anew, not before this. */
  readonly againMs?: number;
  /** Nothing of it runs any more: it waits until then. */
  readonly renewing?: true;
  /** Tasks to be run one after the other although its end is written: `afterExecution` and listeners. */
  readonly closing?: readonly string[];
  /** The task run that has failed last, for what handles errors. */
  readonly failure?: { readonly taskId: string; readonly taskRunId: string; readonly message?: string };
  /** Places of the flow's SLAs that were missed. */
  readonly missed?: readonly number[];
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
  /** Which of a flowable's lists runs, where it is not `tasks`. */
  readonly branch?: string;
  /** The state in which a flowable ends once its `finally` has run, whatever its children say. */
  readonly ending?: State;
  /** It goes on by itself then: the next try, the next iteration, the end of a pause. */
  readonly dueMs?: number;
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
  /** The URI of its log, where the task keeps that in a file. */
  readonly logFile?: string;
}

/** A task run's id, from where it stands in its execution. */
export function placedId(
  executionId: string,
  incarnation: number,
  place: Pick<TaskRun, 'taskId' | 'parentId' | 'list' | 'iteration'>,
): string {
  return derivedId(executionId, incarnation, place.parentId ?? '', place.list, place.iteration ?? '', place.taskId);
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
  readonly state: State;
  /** Of one that was made anew: the one in its place. */
  readonly nextId?: string;
  readonly version: string;
  readonly endedAtMs: number;
  /** When it may go, milliseconds since 1970. */
  readonly untilMs: number;
}

/** Nothing more will happen to it, unless somebody restarts it. */
export const isOver = ({ history, closing }: ExecutionHead): boolean =>
  closing === undefined && isEnded(stateOf(history));

/** Nothing new begins in it by itself, whatever runs. */
export const isStill = ({ heldBy, ending }: ExecutionHead): boolean => heldBy !== undefined || ending !== undefined;

/** A whole execution, put together by a reader. */
export interface Execution extends ExecutionStart, ExecutionHead {
  readonly taskRunList: readonly TaskRun[];
  readonly version: string;
}
