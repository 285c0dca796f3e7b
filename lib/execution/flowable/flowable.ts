/**
 * A flowable: a task that runs other tasks. One file each in this folder, and a line in `table.ts`. A flowable says what to
 * create next and whether its list is complete; errors, finally, states and kills are the same for all, in `../next.ts`.
 */

import type { TypeEntry } from '../../model/catalogue.ts';
import type { Task } from '../../model/flow.ts';
import type { Scope } from '../scope.ts';

export interface Flowable extends TypeEntry {
  readonly kind: 'flowable';
  /** What it must remember from its beginning, such as the values of an iteration. Throws: the task run fails. */
  begin?(task: Task, render: (value: unknown) => unknown): unknown;
  /** The task runs to create now, in order; the caller stops when a commit is full. */
  next(view: FlowableView): Iterable<Child>;
  /** Nothing more will be created and all has ended. Asked when nothing failed. */
  complete(view: FlowableView): boolean;
}

export interface FlowableView {
  readonly task: Pick<Task, 'properties'>;
  /** Its tasks that are not disabled. */
  readonly tasks: readonly Task[];
  readonly memo: unknown;
  /** Of its list; where it iterates, `created` and `live` count iterations. */
  readonly scope: Readonly<Scope>;
  scopeOf(iteration: number): Readonly<Scope>;
  /** The iteration whose task run has just ended, if one has. */
  readonly touched: Iterable<number>;
}

export interface Child {
  readonly task: Task;
  readonly iteration?: number;
  readonly value?: string;
  /** It follows one that has ended: created whatever a commit may hold, or its list would stand still. */
  readonly follows?: boolean;
}
