/** Metrics as they leave a task: of a known type, with a name, a number and a few short tags. */
import { type Metric, TaskError } from '../../plugins/sdk/index.ts';

/** Of one run. */
export const METRICS_MAX = 1_000;
const TYPES: ReadonlySet<string> = new Set(['counter', 'timer', 'gauge']);
const NAME_CHARS_MAX = 200;
const TAGS_MAX = 20;
const TAG_CHARS_MAX = 200;

/** What a clock says of a task beyond microseconds is noise, and long to write. */
const toMicroseconds = (ms: number): number => Math.round(ms * 1_000) / 1_000;

/** Throws a TaskError. */
export function checkedMetric({ type, name, value, tags = {} }: Metric): Metric {
  if (!TYPES.has(type)) throw new TaskError(`metric: expected counter, timer or gauge, got ${JSON.stringify(type)}`);
  if (typeof name !== 'string' || name === '' || name.length > NAME_CHARS_MAX)
    throw new TaskError(`metric: expected a name of 1 to ${NAME_CHARS_MAX} characters, got ${JSON.stringify(name)}`);
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new TaskError(`metric ${name}: expected a number, got ${JSON.stringify(value) ?? typeof value}`);
  const entries = Object.entries(tags).map(([key, tag]) => [key, String(tag)] as const);
  if (entries.length > TAGS_MAX)
    throw new TaskError(`metric ${name}: expected at most ${TAGS_MAX} tags, got ${entries.length}`);
  const long = entries.find(([key, tag]) => key.length > TAG_CHARS_MAX || tag.length > TAG_CHARS_MAX);
  if (long)
    throw new TaskError(`metric ${name}: expected tags of at most ${TAG_CHARS_MAX} characters, got a longer one`);
  return {
    type,
    name,
    value: type === 'timer' ? toMicroseconds(value) : value,
    ...(entries.length > 0 && { tags: Object.fromEntries(entries) }),
  };
}
