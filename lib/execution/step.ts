/**
 * The heart: step(run, message, facts) → what changes and what must be done.
 * E1 Pure: no clock, dice, environment or network; the same arguments give the same step on any machine.
 * E2 Total: every message is answered in every state, if only by `unchanged`.
 * E3 Idempotent: a message delivered twice changes nothing the second time.
 * E4 Flat: the cost does not grow with the task runs that have ended.
 */
import type { Tombstone } from '../model/execution.ts';
import type { Flow } from '../model/flow.ts';
import type { Message } from '../model/message.ts';
import type { Change, Effect } from './effect.ts';
import type { Run } from './run.ts';

export interface Facts {
  /** The bus's time, ms. */
  readonly nowMs: number;
  /** The lease's epoch: deliveries are `<epoch>.<n>`, so that a roll-back does not repeat one. */
  readonly epoch: number;
  /** The flow as `start.flow.hash` names it; a sentence when it cannot be had or parsed. */
  readonly flow: Flow | string;
  /** Of the execution, if it has ended and left. */
  readonly tombstone?: Tombstone;
}

export type Step =
  | { readonly kind: 'unchanged'; readonly why: string }
  | { readonly kind: 'changed'; readonly change: Change; readonly effects: readonly Effect[] };

export declare function step(run: Run | undefined, message: Message, facts: Facts): Step;
