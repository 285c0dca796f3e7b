/**
 * What the worker's main loop and those who run tasks (threads, or a process for one item alone) say to each other: typed,
 * versioned, in batches. A batch names what its items share once: flows by hash, executions by their place in it.
 */
import type { Item } from '../../lib/bus/queues.ts';
import type { Installation } from '../../lib/model/installation.ts';
import type { ExecutionUpdate, TaskEndedMessage } from '../../lib/model/message.ts';
import type { MeasuredValue } from '../../lib/model/metric.ts';
import type { ContentHash } from '../../lib/model/partition.ts';
import type { Server } from '../../plugins/sdk/index.ts';

export const CHANNEL_FORMAT = 1;
/** A runner has one that runs, and of short jobs one that waits. */
export const BATCHES_MAX = 2;

/** Given to a thread or process when it starts. */
export interface Setup {
  readonly packages: readonly string[];
  readonly storageFolder: string;
  /** Working directories are made below it. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Base64; taken away before any plugin is loaded. */
  encryptionKey?: string;
  /** Of the environment, in clear; taken away with the key. */
  secrets?: Readonly<Record<string, string>>;
  readonly installation: Installation;
  /** Tasks may reach loopback and private addresses. */
  readonly httpAllowPrivate: boolean;
  /** Three numbers: `CURSOR`, `ATTENTION` and `HEARD`. Absent in a process. */
  readonly shared?: SharedArrayBuffer;
}

export const SHARED_BYTES = 12;
/** The serial of the item whose user code runs now, 0 for none: read when a thread dies. */
export const CURSOR = 0;
/** Not 0: there is a message to read before the next item starts. */
export const ATTENTION = 1;
/** Reports of lines for whose like there is room: a thread that is ahead of it waits. */
export const HEARD = 2;

/** What the items of one execution share; texts are JSON as the owner wrote it. */
export interface ExecutionPart {
  readonly id: string;
  readonly incarnation: number;
  readonly fields: readonly (readonly [name: string, text: string])[];
}

/** What an incarnation of an execution began with never changes: a runner is told of it once. */
export const startName = (part: Pick<ExecutionPart, 'id' | 'incarnation'>): string => `${part.id}/${part.incarnation}`;

export interface WorkItem {
  /** Of this process, from 1: names the item on the channel. */
  readonly serial: number;
  /** Its place in `executions`. */
  readonly execution: number;
  readonly item: Item;
}

export interface RunMessage {
  readonly kind: 'run';
  readonly v: number;
  readonly flows: readonly (readonly [hash: ContentHash, source: string])[];
  /** JSON by `startName`. */
  readonly starts: readonly (readonly [name: string, json: string])[];
  /** Flows and starts that are not needed for now. */
  readonly drop: readonly string[];
  readonly executions: readonly ExecutionPart[];
  readonly items: readonly WorkItem[];
}

export type AbortCause = 'killed' | 'stopping';

export interface AbortMessage {
  readonly kind: 'abort';
  readonly v: number;
  readonly serial: number;
  readonly cause: AbortCause;
}

/** What the interface says to a question. */
export interface AnswerMessage {
  readonly kind: 'answer';
  readonly v: number;
  /** The question's number. */
  readonly number: number;
  readonly answer: { readonly status: number; readonly text: string } | { readonly failure: string };
}

export type ToRunner = RunMessage | AbortMessage | AnswerMessage;

export interface Result {
  readonly serial: number;
  readonly state: TaskEndedMessage['state'];
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** The running number of its last line. */
  readonly lines: number;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly update?: ExecutionUpdate;
  /** About how many bytes outputs and update are as JSON. */
  readonly bytes: number;
  readonly reason?: string;
  readonly logFile?: string;
}

/** `[serial, running number, level's place in LEVELS, milliseconds, text]` */
export type RawLine = readonly [serial: number, number: number, level: number, atMs: number, message: string];

/** What a run has published since its last report; running numbers from 1. */
export type RawMetrics = readonly [serial: number, values: readonly MeasuredValue[]];

/** A task that comes with the server asks a webserver; the worker asks for it, with credentials that stay with it. */
export interface Question {
  readonly kind: 'ask';
  readonly serial: number;
  /** Of this runner, from 1. */
  readonly number: number;
  readonly method: Parameters<Server['ask']>[0];
  readonly path: string;
  /** JSON. */
  readonly body?: string;
}

export type FromRunner =
  | { readonly kind: 'ready' }
  /** Lines and metrics stand before the results of their items. */
  | {
      readonly kind: 'report';
      readonly lines: readonly RawLine[];
      readonly results: readonly Result[];
      readonly metrics?: readonly RawMetrics[];
    }
  | Question
  /** The item has a time limit: if it is not over a grace after that, its thread cannot be stopped otherwise than by ending it. */
  | { readonly kind: 'limit'; readonly serial: number; readonly limitMs: number; readonly reason: string };

/** Between threads a message is JSON text: cloning it as a structure costs several times as much. */
export const textOf = (message: ToRunner | FromRunner): string => JSON.stringify(message);
export const messageIn = <T extends ToRunner | FromRunner>(text: string): T => JSON.parse(text) as T;
