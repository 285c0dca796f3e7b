/** When a failed attempt is tried again. Pure: the dice of `random` follow from the attempt's name (E1). */
import type { TaskRun } from '../model/execution.ts';
import type { Retry } from '../model/flow.ts';
import { numberOf } from '../model/ids.ts';
import type { Draft } from './draft.ts';

const DELAY_FACTOR = 2;
const DICE = 2 ** 32;

/** The delay in ms, or undefined when no try is left. `ref` names the attempt that failed. */
export function retryDelayMs(retry: Retry, taskRun: TaskRun, ref: string, nowMs: number): number | undefined {
  const tried = taskRun.attempts.length;
  if (retry.maxAttempts !== undefined && tried >= retry.maxAttempts) return undefined;
  const delayMs = delayOf(retry, tried, ref);
  const firstMs = taskRun.attempts[0]!.history[0]![1];
  if (retry.maxDurationMs !== undefined && nowMs + delayMs > firstMs + retry.maxDurationMs) return undefined;
  return delayMs;
}

/** When the whole execution is made anew, or undefined when no try is left, or that is not what the retry asks for. */
export function renewalMs({ start, nowMs }: Draft, retry: Retry): number | undefined {
  if (retry.behavior !== 'CREATE_NEW_EXECUTION') return undefined;
  const tried = start.attemptNumber ?? 1;
  if (retry.maxAttempts !== undefined && tried >= retry.maxAttempts) return undefined;
  const dueMs = nowMs + delayOf(retry, tried, start.id);
  const firstMs = start.firstCreatedAtMs ?? start.createdAtMs;
  return retry.maxDurationMs !== undefined && dueMs > firstMs + retry.maxDurationMs ? undefined : dueMs;
}

function delayOf(retry: Retry, tried: number, ref: string): number {
  switch (retry.type) {
    case 'constant':
      return retry.intervalMs;
    case 'exponential':
      return Math.min(
        retry.intervalMs * (retry.delayFactor ?? DELAY_FACTOR) ** (tried - 1),
        retry.maxIntervalMs ?? Number.POSITIVE_INFINITY,
      );
    case 'random': {
      const from = retry.minIntervalMs ?? 0;
      const to = Math.max(from, retry.maxIntervalMs ?? from);
      return Math.round(from + ((to - from) * numberOf(ref)) / DICE);
    }
  }
}
