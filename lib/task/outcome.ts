/** How one run of a task ended, as the worker reports it. */
import type { Metric } from '../../plugins/sdk/index.ts';
import type { Level } from '../model/log-line.ts';
import type { ExecutionUpdate } from '../model/message.ts';

export interface Outcome {
  readonly state: 'SUCCESS' | 'WARNING' | 'FAILED' | 'KILLED';
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** What changes in the execution; never of a run that failed. */
  readonly update?: ExecutionUpdate;
  /** About how many bytes outputs and update are as JSON. */
  readonly bytes: number;
  readonly reason?: string;
  /** The URI of its log, where the task keeps that in a file. */
  readonly logFile?: string;
}

/** Why a task is told to end before it has. */
export type EndCause =
  | { readonly kind: 'killed' }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'timeout'; readonly reason: string };

/** Where the lines of a task go, in their order. */
export type LineSink = (level: Level, message: string) => void;
/** Where its metrics go. They have been checked. */
export type MetricSink = (metric: Metric) => void;

/** Of a reason, in characters: it travels with the answer, which has a bound. The log has the whole. */
const REASON_CHARS_MAX = 4_096;

/** `masked` hides secrets, before anything is cut. */
export function reasonOf(error: unknown, masked: (text: string) => string = (text) => text): string {
  const text = masked(error instanceof Error ? error.message : String(error));
  return text.length <= REASON_CHARS_MAX ? text : `${text.slice(0, REASON_CHARS_MAX)}…`;
}
