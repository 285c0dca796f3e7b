/**
 * Conditions: what must hold of an execution before a listener, or later a trigger, does its work. A family a file, a line each
 * in `table.ts`. Pure: what is judged is handed in.
 */
import type { TypeEntry } from '../model/catalogue.ts';
import type { FlowName, Labels, Condition as Written } from '../model/flow.ts';
import type { State } from '../model/state.ts';

export interface Condition extends TypeEntry {
  readonly kind: 'condition';
  /** Throws ExpressionError. */
  holds(properties: Properties, subject: Subject): boolean;
}

export type Properties = Readonly<Record<string, unknown>>;

/** The execution that is judged. */
export interface Subject {
  readonly flow: FlowName;
  readonly state: State;
  readonly labels: Labels;
  /** Whether a task run of it was tried more than once; the states of these task runs. */
  readonly retried: readonly State[];
  /** Renders a text as the execution sees it. Throws ExpressionError. */
  render(text: string): string;
  /** Of the conditions inside one. */
  holds(condition: Written): boolean;
}
