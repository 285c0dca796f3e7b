/**
 * An execution in its owner's memory: head, task runs, and the indexes that keep a step flat (E4). A step reads it and
 * never changes it; the owner applies the step's change.
 */
import type { ExecutionHead, ExecutionStart, TaskRun } from '../model/execution.ts';
import type { Change } from './effect.ts';

export interface Run {
  readonly start: ExecutionStart;
  readonly head: ExecutionHead;
  readonly taskRuns: ReadonlyMap<string, TaskRun>;
  /** About how much memory it holds. */
  readonly bytes: number;
}

/** From the fields of its document (`start`, `head`, `t:<id>`). */
export declare function loadRun(fields: ReadonlyMap<string, string>): Run;
/** A run that begins with this change, or the run with the change applied in place. */
export declare function applyChange(run: Run | undefined, change: Change): Run;
