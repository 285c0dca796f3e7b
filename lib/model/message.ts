/**
 * The messages of the mailboxes: a closed union for executions, one for flows. `v` is the format; `atMs` is Redis time of
 * sending. A message named twice is applied once (E3), in whatever state it arrives (E2).
 */
import type { Caller, ExecutionStart, ExecutionTrigger } from './execution.ts';
import type { Labels } from './flow.ts';
import type { Answered } from './question.ts';
import type { State } from './state.ts';

export const MESSAGE_FORMAT = 1;

interface Named {
  readonly v: number;
  readonly executionId: string;
  readonly atMs: number;
}

/** An execution is asked for. Its id is its name: a second start of the same id changes nothing. */
export interface StartMessage extends Named {
  readonly kind: 'start';
  readonly start: ExecutionStart;
  readonly labels: Labels;
  /** Seconds that the tombstone is kept: a day for starts with an Idempotency-Key or from a trigger. */
  readonly rememberS?: number;
}

/** A worker has claimed attempts; the claim gate appends it. */
export interface TaskStartedMessage extends Named {
  readonly kind: 'taskStarted';
  readonly taskRunId: string;
  readonly attempt: number;
  readonly delivery: string;
  readonly token: string;
  readonly workerId: string;
}

/** A worker's answer. */
export interface TaskEndedMessage extends Named {
  readonly kind: 'taskEnded';
  readonly taskRunId: string;
  readonly attempt: number;
  readonly token: string;
  readonly workerId: string;
  readonly state: Extract<State, 'SUCCESS' | 'WARNING' | 'FAILED' | 'KILLED' | 'SKIPPED'>;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** What the task changes in its execution. */
  readonly update?: ExecutionUpdate;
  readonly reason?: string;
  /** The running number of its last log line: views wait for it, the engine does not. */
  readonly lines: number;
  /** The URI of its log, where the task keeps that in a file. */
  readonly logFile?: string;
  /** What its worker goes on with: claimed in the step that appended this. */
  readonly next?: NextClaim;
}

/** The claim of the first attempt of the task run that follows. */
export interface NextClaim {
  readonly taskId: string;
  readonly taskRunId: string;
  readonly delivery: string;
  readonly token: string;
  /** When it was asked for. */
  readonly atMs: number;
}

/** What a task that has ended SUCCESS or WARNING changes in its own execution. */
export interface ExecutionUpdate {
  readonly labels?: Readonly<Record<string, string>>;
  /** Merged into the execution's variables, maps within maps too. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** False: it is an error if one of the variables is there. */
  readonly overwrite?: boolean;
  /** Paths of variables to take away. */
  readonly unset?: readonly string[];
  /** False: it is an error if one of `unset` is not there. */
  readonly ignoreMissing?: boolean;
  /** The execution ends in this state. */
  readonly exit?: Extract<State, 'SUCCESS' | 'WARNING' | 'FAILED' | 'KILLED' | 'CANCELLED'>;
}

/** The owner found a claim past its time. */
export interface WorkerLostMessage extends Named {
  readonly kind: 'workerLost';
  readonly taskRunId: string;
  readonly attempt: number;
  readonly delivery: string;
}

/** The owner found an attempt that was dispatched, and that nobody has or claims. */
export interface ReofferMessage extends Named {
  readonly kind: 'reoffer';
  readonly taskRunId: string;
  readonly attempt: number;
  readonly delivery: string;
}

/** A new owner found an attempt whose parcel the last one may not have sent: the same delivery goes out once more. */
export interface ResendMessage extends Named {
  readonly kind: 'resend';
  readonly taskRunId: string;
  readonly attempt: number;
  readonly delivery: string;
}

/** A timer of the execution is due: `name` is the one it was set with. */
export interface TimerMessage extends Named {
  readonly kind: 'timer';
  readonly name: string;
  readonly dueMs: number;
}

export interface KillMessage extends Named {
  readonly kind: 'kill';
  readonly incarnation: number;
  readonly principal: string;
  /** Executions that it waits for go on. */
  readonly alone?: boolean;
  /** A parent's: an execution that is not there must never begin. */
  readonly caller?: Caller;
}

/** Nothing new begins until somebody resumes it. */
export interface PauseMessage extends Named {
  readonly kind: 'pause';
  readonly incarnation: number;
  readonly principal: string;
}

/** A paused execution goes on: what a person has paused, or a Pause task run. */
export interface ResumeMessage extends Named {
  readonly kind: 'resume';
  readonly incarnation: number;
  readonly principal: string;
  /** '': what a person has paused, and no Pause where that goes on already; absent: that, or else the first Pause. */
  readonly taskRunId?: string;
  /** Of `onResume`, read and cast. */
  readonly inputs?: Readonly<Record<string, unknown>>;
}

/** What has not ended well is done again: of an execution that has ended, or was brought back for that. */
export interface RestartMessage extends Named {
  readonly kind: 'restart';
  readonly incarnation: number;
  readonly principal: string;
  /** Executions that it had called, and that whoever restarts it restarts next: it waits for them again, and calls no others. */
  readonly called?: readonly string[];
  /** Who waits for its end from now on. */
  readonly caller?: Caller;
}

/** An execution that was put together from another one, RESTARTED, goes on. */
export interface GoOnMessage extends Named {
  readonly kind: 'goOn';
  readonly incarnation: number;
}

/** A task run of an execution that has ended is said to be in another state, and the execution goes on from there. */
export interface ChangeTaskRunMessage extends Named {
  readonly kind: 'changeTaskRun';
  readonly incarnation: number;
  readonly principal: string;
  readonly taskRunId: string;
  readonly state: State;
}

/** An execution that has ended is said to have ended otherwise. */
export interface ChangeStateMessage extends Named {
  readonly kind: 'changeState';
  readonly incarnation: number;
  readonly principal: string;
  readonly state: State;
}

/** Labels of an execution that has ended: added, or in the place of those of the same key. */
export interface RelabelMessage extends Named {
  readonly kind: 'relabel';
  readonly incarnation: number;
  readonly labels: Labels;
}

/** What waits for its time does not wait: the scheduled beginning, tries, rounds, what is paused. */
export interface ForceRunMessage extends Named {
  readonly kind: 'forceRun';
  readonly incarnation: number;
  readonly principal: string;
}

/** An execution that has ended is deleted, here and in the repository. */
export interface ForgetMessage extends Named {
  readonly kind: 'forget';
  /** What of it stays in the repository. */
  readonly keeps: readonly ('logs' | 'metrics')[];
}

/** The execution that a task run has asked for has ended; or could not even begin. */
export interface ChildEndedMessage extends Named {
  readonly kind: 'childEnded';
  readonly taskRunId: string;
  readonly attempt: number;
  readonly childId: string;
  readonly state: State;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly reason?: string;
  /** It was made anew: this is the one to wait for. */
  readonly nextId?: string;
  /** It has only begun, which is all that was asked. */
  readonly begun?: boolean;
}

/** The caller of an execution has taken its end, or waits for it no more. */
export interface SettledMessage extends Named {
  readonly kind: 'settled';
}

/** A worker has found the answers to what a step has asked; `name` is that of the letter. */
export interface AnswersMessage extends Named {
  readonly kind: 'answers';
  readonly name: string;
  readonly answers: readonly Answered[];
}

/** A wide fan-out goes on: a commit adds at most 500 task runs. */
export interface ContinueMessage extends Named {
  readonly kind: 'continue';
}

/** The engine gives up on a message that throws: the execution fails with the reason. */
export interface AbandonMessage extends Named {
  readonly kind: 'abandon';
  readonly reason: string;
}

export type Message =
  | StartMessage
  | TaskStartedMessage
  | TaskEndedMessage
  | WorkerLostMessage
  | ReofferMessage
  | ResendMessage
  | TimerMessage
  | KillMessage
  | PauseMessage
  | ResumeMessage
  | RestartMessage
  | GoOnMessage
  | ChangeTaskRunMessage
  | ChangeStateMessage
  | RelabelMessage
  | ForceRunMessage
  | ForgetMessage
  | ChildEndedMessage
  | SettledMessage
  | AnswersMessage
  | ContinueMessage
  | AbandonMessage;

/** To a flow's actor. `request` names the asking, and stands in the answer's feed event. */
export type FlowMessage =
  | {
      readonly v: number;
      readonly kind: 'saveFlow';
      readonly atMs: number;
      readonly flowId: string;
      readonly request: string;
      readonly source: string;
      readonly hash: string;
      /** `create` is refused where the flow exists, `update` where it does not. */
      readonly mode: 'create' | 'update' | 'upsert';
      readonly principal: string;
    }
  | {
      readonly v: number;
      readonly kind: 'deleteFlow';
      readonly atMs: number;
      readonly flowId: string;
      readonly request: string;
      readonly principal: string;
    };

export type { ExecutionTrigger };
