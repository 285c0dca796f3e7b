/** What tasks publish: numbers, as repositories keep them, and all those of a run together, as they travel there. */
export type MetricType = 'counter' | 'timer' | 'gauge';

/** Which run has published. */
interface Measuring {
  readonly executionId: string;
  readonly namespace: string;
  readonly flowId: string;
  readonly taskId: string;
  readonly taskRunId: string;
  readonly attempt: number;
}

export interface MetricEntry extends Measuring {
  /** Of its execution: token and a running number, so the same entry sent twice is one entry. */
  readonly id: string;
  readonly type: MetricType;
  readonly name: string;
  /** A timer's in milliseconds. */
  readonly value: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** What a run has published since it was last reported: who it is stands there once. */
export interface Measured extends Measuring {
  readonly token: string;
  readonly values: readonly MeasuredValue[];
}

/** `[running number, milliseconds since 1970, type, name, value, tags]` */
export type MeasuredValue = readonly [
  number: number,
  atMs: number,
  type: MetricType,
  name: string,
  value: number,
  tags?: Readonly<Record<string, string>>,
];

export function metricEntries({ token, values, ...measuring }: Measured): readonly MetricEntry[] {
  return values.map(([number, atMs, type, name, value, tags = {}]) => ({
    id: `${token}/m${String(number).padStart(4, '0')}`,
    ...measuring,
    ...{ type, name, value, tags, atMs },
  }));
}
