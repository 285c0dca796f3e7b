/** The `retry` of a task or a flow: constant, exponential or random, with bounds that a clock can hold. */
import type { Retry } from '../model/flow.ts';
import { RETRY_BEHAVIORS, RETRY_COMMON, RETRY_OWN } from './language.ts';
import { isMap, MapReader } from './reader.ts';

const TYPES = Object.keys(RETRY_OWN) as Retry['type'][];

export function readRetry(owner: MapReader): Retry | undefined {
  const value = owner.get('retry');
  if (value === undefined) return undefined;
  const { problems } = owner;
  if (!isMap(value)) {
    problems.expected(owner.at('retry'), 'a map with type and interval', value);
    return undefined;
  }
  const reader = new MapReader(value, owner.at('retry'), problems);
  const type = TYPES.find((each) => each === String(reader.get('type')).toLowerCase());
  if (!type) {
    const written = reader.get('type');
    const kestra = `Invalid type: ${written ?? 'null'}`;
    problems.expectedOne(reader.at('type'), TYPES, written, kestra);
    return undefined;
  }
  reader.only(new Set(['type', ...Object.keys(RETRY_COMMON), ...Object.keys(RETRY_OWN[type].properties)]), {
    title: `a ${type} retry`,
    javaClass: `io.kestra.core.models.tasks.retrys.${capital(type)}`,
  });
  const behavior = reader.oneOf('behavior', RETRY_BEHAVIORS) ?? 'RETRY_FAILED_TASK';
  const retry: Retry = { type, behavior, ...limits(reader), ...delays(type, reader) };
  const endless = retry.maxAttempts === undefined && retry.maxDurationMs === undefined;
  if (endless && !problems.hasErrors && (retry.maxIntervalMs ?? retry.intervalMs) === 0)
    problems.error(reader.path, 'expected a bound (maxAttempts or maxDuration) for a retry without a delay, got none');
  return retry;
}

function limits(reader: MapReader): Pick<Retry, 'maxAttempts' | 'maxDurationMs' | 'warningOnRetry'> {
  const { problems } = reader;
  const name = reader.has('maxAttempts') ? 'maxAttempts' : 'maxAttempt';
  const maxAttempts = reader.number(name);
  if (name === 'maxAttempt' && reader.has(name))
    problems.warning(reader.at(name), 'maxAttempt is the older name of maxAttempts');
  if (maxAttempts !== undefined && (!Number.isInteger(maxAttempts) || maxAttempts < 1))
    problems.expected(reader.at(name), 'a whole number from 1', maxAttempts, 'must be greater than or equal to 1');
  return {
    maxAttempts,
    maxDurationMs: reader.durationMs('maxDuration'),
    warningOnRetry: reader.boolean('warningOnRetry', false),
  };
}

function delays(
  type: Retry['type'],
  reader: MapReader,
): Pick<Retry, 'intervalMs' | 'minIntervalMs' | 'maxIntervalMs' | 'delayFactor'> {
  for (const name of RETRY_OWN[type].required)
    if (!reader.has(name)) reader.problems.missing(reader.at(name), 'an ISO-8601 duration such as PT30S');
  const maxIntervalMs = reader.durationMs('maxInterval');
  if (type === 'random') {
    const minIntervalMs = reader.durationMs('minInterval') ?? 0;
    if (maxIntervalMs !== undefined && maxIntervalMs < minIntervalMs)
      reader.problems.expected(reader.at('maxInterval'), 'at least minInterval', reader.get('maxInterval'));
    return { intervalMs: minIntervalMs, minIntervalMs, maxIntervalMs };
  }
  const intervalMs = reader.durationMs('interval') ?? 0;
  if (type === 'constant') return { intervalMs };
  const delayFactor = reader.number('delayFactor');
  if (delayFactor !== undefined && delayFactor <= 0)
    reader.problems.expected(reader.at('delayFactor'), 'a number above 0', delayFactor);
  return { intervalMs, maxIntervalMs, delayFactor };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
