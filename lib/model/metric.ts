/** A number that a task has published, as workers write it, streams carry it beside log lines, and repositories keep it. */
export type MetricType = 'counter' | 'timer' | 'gauge';

export interface MetricEntry {
  /** Attempt, token and a running number: the same entry sent twice is one entry. */
  readonly id: string;
  readonly executionId: string;
  readonly namespace: string;
  readonly flowId: string;
  readonly taskId: string;
  readonly taskRunId: string;
  readonly attempt: number;
  readonly type: MetricType;
  readonly name: string;
  /** A timer's in milliseconds. */
  readonly value: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}
