/** A line of a log, as workers write it, streams carry it and repositories keep it. */
export type Level = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
export const LEVELS: readonly Level[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'];

export interface LogLine {
  /** Attempt, token and a running number: the same line sent twice is one line. */
  readonly id: string;
  readonly executionId: string;
  readonly namespace: string;
  readonly flowId: string;
  readonly taskId?: string;
  readonly taskRunId?: string;
  readonly attempt?: number;
  readonly value?: string;
  readonly level: Level;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly message: string;
}
