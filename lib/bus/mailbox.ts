/**
 * The gate of a mailbox: whoever wants something of an actor appends a message. Writes only the mailbox, and what must be
 * true the moment that it is acknowledged (a kill marks its execution as killing in the same step; a start keeps its
 * flow's definition beside it).
 */
import type { FlowMessage, KillMessage, Message, NextClaim, StartMessage, TaskEndedMessage } from '../model/message.ts';
import type { ContentHash, Partition } from '../model/partition.ts';
import type { Version } from '../model/version.ts';

/** A message more than this from the bus's now, either way, is refused. */
export const MESSAGE_LIFE_MS = 5 * 60_000;
/** A mailbox with more entries than this takes no start from outside. */
export const MAILBOX_ENTRIES_MAX = 20_000;
export const MESSAGE_BYTES_MAX = 256 * 1024;

export type StartAnswer =
  /** Appended. */
  | { readonly kind: 'accepted' }
  /** The execution is there already, or is on its way: a second start of the same name. */
  | { readonly kind: 'live' }
  /** It has ended, and is remembered. */
  | { readonly kind: 'ended'; readonly state: string }
  /** The partition does not have the definition `start.flow.hash`: ask again with it. */
  | { readonly kind: 'definitionMissing' }
  /** The mailbox or the memory is near its bound: 429. */
  | { readonly kind: 'full'; readonly retryAfterMs: number };

export type KillAnswer = 'accepted' | 'ended' | 'unknown' | 'otherIncarnation';

export interface Revival {
  readonly executionId: string;
  /** All fields of its document. */
  readonly fields: readonly (readonly [field: string, json: string])[];
  /** As of when they are: refused where the partition remembers a later end. */
  readonly version: Version;
  readonly hash: ContentHash;
  readonly definition: string;
  readonly message: Message;
}

/** `live`: it is there, and any message can be appended. `newer`: the repository is behind what the partition knows. */
export type ReviveAnswer = 'accepted' | 'live' | 'newer';

/** The end of an attempt, and what its worker wants to go on with. */
export interface Answer {
  readonly message: TaskEndedMessage;
  /** The delivery of the attempt, under which it is claimed. */
  readonly delivery: string;
  readonly next?: Pick<NextClaim, 'taskId' | 'taskRunId' | 'token'>;
}

export interface Mailbox {
  /**
   * Starts an execution. `definition` is the flow's source, kept in the partition under its hash for as long as an
   * execution uses it; leave it out if the partition is known to have it. `urgent` starts (a subflow's) are never `full`.
   */
  start(
    partition: Partition,
    message: StartMessage,
    options: { readonly definition?: string; readonly urgent?: boolean },
  ): Promise<StartAnswer>;
  /**
   * From the moment that this is answered, no claim of the execution is granted. A caller's kill is of any incarnation, and of
   * an execution that is not there yet too.
   */
  kill(partition: Partition, message: KillMessage): Promise<KillAnswer>;
  /**
   * Brings back an execution that has left, as the repository has it, and appends a message for its owner in the same step.
   * Throws `bus.messageTooLarge`.
   */
  revive(partition: Partition, revival: Revival): Promise<ReviveAnswer>;
  /**
   * Appends any other messages as one entry, so that they are read together. Throws `bus.messageLate` when one is older
   * or newer than MESSAGE_LIFE_MS, `bus.messageTooLarge` beyond MESSAGE_BYTES_MAX.
   */
  append(partition: Partition, messages: readonly (Message | FlowMessage)[]): Promise<void>;
  /**
   * Appends the ends of attempts as `append` does. Where one names what is next, that is claimed in the same step if the worker
   * holds the claim of the attempt, and its execution is neither killing nor still: true in its place, and the owner reads it in the
   * message. Asked again for what was granted it says so again.
   */
  answer(partition: Partition, workerId: string, answers: readonly Answer[]): Promise<readonly boolean[]>;
  /** The start of an execution that was accepted, and that its owner has not read yet; looks at the mailbox's head. */
  waitingStart(partition: Partition, executionId: string): Promise<StartMessage | undefined>;
  /** A dead letter goes, named by its whole text. False where there is none such. */
  discard(partition: Partition, letter: string): Promise<boolean>;
  /** Entries waiting, for metrics and back-pressure. */
  depth(partition: Partition): Promise<number>;
}
