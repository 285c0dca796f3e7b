/**
 * What a step wants done: a closed union. The owner turns effects into one commit and, once that is applied, into jobs and
 * hints. A step does nothing itself (E1).
 */

import type { Item } from '../bus/queues.ts';
import type { ExecutionHead, ExecutionStart, TaskRun } from '../model/execution.ts';
import type { Letter } from '../model/letter.ts';
import type { Level } from '../model/log-line.ts';
import type { State } from '../model/state.ts';

/** What a step changed: the deltas that are written, and that the owner applies to its memory. */
export interface Change {
  /** Only when the execution begins, or begins anew. */
  readonly start?: ExecutionStart;
  readonly head?: ExecutionHead;
  /** Whole task runs, new or changed, each once. */
  readonly taskRuns: readonly TaskRun[];
  /** Ids of task runs that are no more. */
  readonly removed: readonly string[];
}

export type Effect =
  /** Hand an attempt to a worker group. `type` is the task's, for learning how long such tasks take. */
  | {
      readonly kind: 'runTask';
      readonly group: string;
      readonly type: string;
      readonly item: Omit<Item, 'version'>;
      /** The delivery is open already, and may be claimed. */
      readonly isOpen?: boolean;
    }
  /** A worker has the attempt already, and its claim. */
  | { readonly kind: 'keepTask'; readonly group: string; readonly ref: string; readonly delivery: string }
  /** The attempt is over: its claim goes, and nobody is granted one. `ranMs` teaches how long such tasks take. */
  | { readonly kind: 'closeAttempt'; readonly ref: string; readonly ranMs?: number; readonly type?: string }
  /** The attempt must end: its worker is told, and answers. */
  | { readonly kind: 'revokeAttempt'; readonly ref: string }
  /** Names are unique in the partition: `<execution>/<what>/<task run>/<attempt>`. Setting one again moves it. */
  | { readonly kind: 'setTimer'; readonly name: string; readonly dueMs: number }
  | { readonly kind: 'dropTimer'; readonly name: string }
  /** Writes a letter to another execution; under the same name it takes the place of the one before. */
  | { readonly kind: 'send'; readonly name: string; readonly letter: Letter }
  /** The letter is answered, or not wanted any more. */
  | { readonly kind: 'unsend'; readonly name: string }
  /** A line in the execution's log, written by the engine. */
  | { readonly kind: 'log'; readonly taskRunId?: string; readonly level: Level; readonly message: string }
  /** The step made as much as one commit may hold; the owner steps again with `continue`. */
  | { readonly kind: 'continue' }
  /** Nothing new begins in the execution from now on, or something may again: the gate lets no worker go on, or does. */
  | { readonly kind: 'still'; readonly still: boolean }
  /** The execution was killed, and its end is written: what runs afterwards may be claimed. */
  | { readonly kind: 'liftKill' }
  /** The execution has ended: a tombstone is kept for `rememberMs`. */
  | { readonly kind: 'end'; readonly state: State; readonly rememberMs: number; readonly nextId?: string };
