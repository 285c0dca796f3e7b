/** Metrics as tasks publish them, and as flows and scripts write them down. */
import { durationMs } from './duration.ts';

export interface Metric {
  readonly type: 'counter' | 'timer' | 'gauge';
  readonly name: string;
  /** A timer's in milliseconds. */
  readonly value: number;
  readonly tags?: Readonly<Record<string, string>>;
}

/** What a flow or a script says of one. */
export interface WrittenMetric {
  readonly type?: unknown;
  readonly name?: unknown;
  /** A number; a timer's is a duration such as PT1.5S, or seconds. */
  readonly value?: unknown;
  readonly tags?: unknown;
}

const SECOND_MS = 1_000;

/** `context.metric` refuses what is no metric: this only reads it. */
export function metricOf({ type = 'counter', name, value, tags }: WrittenMetric): Metric {
  const kind = String(type).toLowerCase() as Metric['type'];
  return { type: kind, name: name as string, value: valueIn(kind, value), tags: tagsIn(tags) };
}

function valueIn(type: Metric['type'], value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (type !== 'timer') return number as number;
  if (typeof number === 'number' && !Number.isNaN(number)) return number * SECOND_MS;
  return durationMs(String(value)) ?? Number.NaN;
}

function tagsIn(tags: unknown): Readonly<Record<string, string>> {
  if (typeof tags !== 'object' || tags === null || Array.isArray(tags)) return {};
  return Object.fromEntries(Object.entries(tags).map(([name, tag]) => [name, String(tag)]));
}
