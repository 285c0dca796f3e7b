/** How one run of a task ended, as the worker reports it. */
import type { Level } from '../model/log-line.ts';

export interface Outcome {
  readonly state: 'SUCCESS' | 'WARNING' | 'FAILED' | 'KILLED';
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** About how many bytes the outputs are as JSON. */
  readonly bytes: number;
  readonly reason?: string;
}

/** Why a task is told to end before it has. */
export type EndCause =
  | { readonly kind: 'killed' }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'timeout'; readonly reason: string };

/** Where the lines of a task go, in their order. */
export type LineSink = (level: Level, message: string) => void;
