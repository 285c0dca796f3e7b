/**
 * A flowable: a task that runs other tasks, or waits. One file each in this folder, and a line in `table.ts`. It says how it
 * begins, what to create next and whether its list is complete; errors, finally, states and kills are the same for all, in
 * `../next.ts`.
 */
import type { TypeEntry } from '../../model/catalogue.ts';
import type { ExecutionStart, TaskRun } from '../../model/execution.ts';
import type { Flow, Labels, Task } from '../../model/flow.ts';
import type { Call } from '../../model/letter.ts';
import type { State } from '../../model/state.ts';
import type { Scope } from '../scope.ts';

export interface Flowable extends TypeEntry {
  readonly kind: 'flowable';
  /** Its tasks, or those of each iteration, run one after the other. */
  readonly inSequence?: boolean;
  /** What fails inside it is a warning. */
  readonly forgives?: boolean;
  /** Absent: it runs its `tasks`. Throws: the task run fails. */
  begin?(task: Task, around: Around): Beginning;
  /** The task runs to create now, in order; the caller stops when a commit is full. */
  next(view: FlowableView): Iterable<Child>;
  /** Nothing more will be created and all has ended. Asked when nothing failed. */
  complete(view: FlowableView): boolean;
  /** Its list is complete: whether it goes through it once more. Throws: the task run fails. */
  again?(task: Task, around: Around): Again;
  /** Its outputs when something inside it is done again, by what it remembers. Absent: as they were. */
  outputsAgain?(memo: unknown): Outputs;
  /** Whether `other` is done after `one`, so that a replay from `one` does it again. Absent: as its list says. */
  after?(task: Task, one: Place, other: Place): boolean;
  /** Of one that calls: the state of its attempt, by that of the execution that it has called. */
  stateAfter?(task: Task, called: State): State;
}

export type Place = Pick<TaskRun, 'taskId' | 'iteration'>;

export type Beginning =
  /** Its list, if it is not `tasks`; what it must remember; its outputs. */
  | { readonly kind: 'runs'; readonly list?: string; readonly memo?: unknown; readonly outputs?: Outputs }
  /** Stands still until somebody resumes it, or until `dueMs`. */
  | { readonly kind: 'pauses'; readonly dueMs?: number }
  /** Has another execution begun; `waits`: its end is waited for. */
  | {
      readonly kind: 'calls';
      readonly call: Call;
      readonly waits: boolean;
      /** To be rendered by the one that is called, at its end. */
      readonly outputs?: Outputs;
    };

export type Again =
  | { readonly kind: 'done'; readonly outputs?: Outputs }
  /** Its children go; the next ones are created from `dueMs` on. */
  | { readonly kind: 'again'; readonly memo: unknown; readonly outputs: Outputs; readonly dueMs: number }
  | { readonly kind: 'failed'; readonly reason: string; readonly outputs: Outputs };

export type Outputs = Readonly<Record<string, unknown>>;

/** What a flowable sees at its beginning, and between two rounds. */
export interface Around {
  readonly nowMs: number;
  readonly flow: Flow;
  readonly start: ExecutionStart;
  readonly labels: Labels;
  readonly taskRun: TaskRun;
  /** Renders every text in a value, as the task run sees it. Throws ExpressionError. */
  render(value: unknown): unknown;
}

export interface FlowableView {
  readonly task: Pick<Task, 'properties'>;
  /** Its tasks that are not disabled. */
  readonly tasks: readonly Task[];
  readonly memo: unknown;
  /** Of its list; where it iterates, `created` and `live` count iterations. */
  readonly scope: Readonly<Scope>;
  scopeOf(iteration: number): Readonly<Scope>;
  /** The iterations in which a task run has just ended. */
  readonly touched: Iterable<number>;
  /** The task run of one of its tasks, where it does not iterate. */
  taskRun(task: Task): TaskRun | undefined;
}

export interface Child {
  readonly task: Task;
  readonly iteration?: number;
  readonly value?: string;
  /** It follows one that has ended: created whatever a commit may hold, or its list would stand still. */
  readonly follows?: boolean;
}
