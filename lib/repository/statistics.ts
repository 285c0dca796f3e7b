/**
 * What dashboards count: executions by the time of their start, log lines by their own. Spans hold both their ends. Only groups
 * that hold something are told, in no order.
 */
import type { State } from '../model/state.ts';
import type { ExecutionWhere, LineWhere } from './where.ts';

export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
  /** How long a group is: each begins at a multiple of it since 1970. */
  readonly widthMs: number;
}

/** The filters of a search. */
export interface ExecutionCounting extends Span {
  readonly tenant: string;
  readonly namespacePrefix?: string;
  readonly flowId?: string;
  readonly states?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly text?: string;
  readonly where?: ExecutionWhere;
  /** Of these flows alone. */
  readonly flows?: readonly { readonly namespace: string; readonly id: string }[];
  /** What is told apart besides time and state. */
  readonly by?: 'namespace' | 'flow';
}

/**
 * Times are milliseconds; `ended` of the `count` have an end, and of these are the durations. The shortest and the longest may be of
 * an end that a restart took back.
 */
export interface ExecutionCount {
  readonly fromMs: number;
  /** Where it is told apart. */
  readonly namespace?: string;
  readonly flowId?: string;
  readonly state: State;
  readonly count: number;
  readonly ended: number;
  readonly sumMs: number;
  readonly minMs: number;
  readonly maxMs: number;
}

export interface LineCounting extends Span {
  readonly namespacePrefix?: string;
  readonly flowId?: string;
  readonly levels?: readonly string[];
  readonly where?: LineWhere;
}

export interface LineCount {
  readonly fromMs: number;
  readonly level: string;
  readonly count: number;
}
