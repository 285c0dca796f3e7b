/** What a rehearsal is given: who ends the attempts, who answers, who looks on; and what an execution begins with. */
import type { Item } from '../bus/queues.ts';
import type { Change } from '../execution/effect.ts';
import type { Run } from '../execution/run.ts';
import type { Step } from '../execution/step.ts';
import type { ExecutionStart } from '../model/execution.ts';
import type { Labels } from '../model/flow.ts';
import type { Installation } from '../model/installation.ts';
import type { Message } from '../model/message.ts';
import type { Answer, Question } from '../model/question.ts';
import type { Outcome } from './crew.ts';

export interface RehearsalOptions {
  /** How an attempt of a task run ends. */
  readonly outcome: (run: Run, item: Item) => Outcome;
  /** Milliseconds since 1970. */
  readonly beginMs: number;
  readonly installation?: Installation;
  /** Workers go on by themselves with what follows. */
  readonly goesOn?: boolean;
  /** To what steps ask. Absent: a step that asks is an error. */
  readonly answer?: (question: Question, run: Run | undefined) => Answer | Promise<Answer>;
  /** Sees each step with its message, before what it changes is kept. */
  readonly judge?: (message: Message, before: Run | undefined, change: Change) => void;
  /** Sees what is kept, and gives back what is kept in its place. `again` takes the same message a second time. */
  readonly keep?: (run: Run) => Run;
  /** After the effects of a step were done; `again` is the step that the same message makes then. */
  readonly after?: (message: Message, again: () => Step) => void;
}

/** A message without what all have. */
export interface Said {
  readonly kind: Message['kind'];
  readonly [field: string]: unknown;
}

export interface Given extends Partial<Pick<ExecutionStart, 'scheduleDateMs' | 'principal' | 'trigger' | 'id'>> {
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly labels?: Labels;
  /** Namespace and id of the flow; absent: the first. */
  readonly flow?: string;
}

export interface SaidLine {
  readonly executionId: string;
  readonly level: string;
  readonly message: string;
}
