/**
 * LoopUntil (older: WaitFor): its tasks again and again until the condition holds. Between two rounds the task runs of the last
 * one go. `outputs.<id>.iterationCount` is there from the beginning: the rounds that were done before the present one.
 */
import { durationMs } from '../../flow/duration.ts';
import type { Task } from '../../model/flow.ts';
import { holds } from '../holds.ts';
import { flowableEntry } from './entry.ts';
import type { Flowable } from './flowable.ts';

interface Memo {
  readonly iteration: number;
  readonly sinceMs: number;
}

interface Frequency {
  readonly iterationsMax: number;
  readonly durationMaxMs: number;
  readonly intervalMs: number;
}

const INTERVAL = 'PT1S';
/** WaitFor ended by itself. */
const WAIT_FOR = /WaitFor$/;
const WAIT_FOR_ITERATIONS = 100;
const WAIT_FOR_DURATION = 'PT1H';

export const LOOP_UNTIL: Flowable = {
  ...flowableEntry({
    type: 'io.kestra.plugin.core.flow.LoopUntil',
    aliases: ['io.kestra.plugin.core.flow.WaitFor', 'io.kestra.core.tasks.flows.WaitFor'],
    title: 'Run tasks again and again until a condition holds',
    properties: {
      condition: { type: ['string', 'boolean'], description: 'Judged after each round; the loop ends when it holds' },
      failOnMaxReached: { type: 'boolean', default: false, description: 'Fail when a maximum is reached' },
      checkFrequency: {
        type: 'object',
        description: 'How often, and for how long',
        properties: {
          maxIterations: { type: 'integer', minimum: 1, description: 'How many rounds; absent is any number' },
          maxDuration: { type: 'string', format: 'duration', description: 'No new round after this' },
          interval: { type: 'string', format: 'duration', default: INTERVAL, description: 'Between two rounds' },
        },
      },
    },
    required: ['condition'],
  }),
  begin: (_, { nowMs }) => ({
    kind: 'runs',
    memo: { iteration: 0, sinceMs: nowMs } satisfies Memo,
    outputs: { iterationCount: 0 },
  }),
  outputsAgain: (memo) => ({ iterationCount: (memo as Memo).iteration }),
  *next({ tasks, memo, scopeOf }) {
    const { iteration } = memo as Memo;
    const { created, live } = scopeOf(iteration);
    if (live === 0 && created < tasks.length) yield { task: tasks[created]!, iteration, follows: true };
  },
  complete: ({ tasks, memo, scopeOf }) => {
    const { created, live } = scopeOf((memo as Memo).iteration);
    return live === 0 && created >= tasks.length;
  },
  again: (task, { taskRun, nowMs, render }) => {
    const { iteration, sinceMs } = taskRun.memo as Memo;
    const outputs = { iterationCount: iteration + 1 };
    if (holds(render(task.properties.condition))) return { kind: 'done', outputs };
    const { iterationsMax, durationMaxMs, intervalMs } = frequencyOf(task, render);
    if (iteration + 1 < iterationsMax && nowMs - sinceMs < durationMaxMs)
      return { kind: 'again', memo: { iteration: iteration + 1, sinceMs }, outputs, dueMs: nowMs + intervalMs };
    if (!isTrue(render(task.properties.failOnMaxReached ?? false))) return { kind: 'done', outputs };
    const reason = iteration + 1 >= iterationsMax ? `${iterationsMax} iterations` : `${durationMaxMs} ms`;
    return { kind: 'failed', reason: `expected the condition to hold within ${reason}, got none that did`, outputs };
  },
};

function frequencyOf(task: Task, render: (value: unknown) => unknown): Frequency {
  const given = (render(task.properties.checkFrequency ?? {}) ?? {}) as Readonly<Record<string, unknown>>;
  const older = WAIT_FOR.test(task.writtenType);
  const iterations = given.maxIterations ?? (older ? WAIT_FOR_ITERATIONS : undefined);
  const duration = given.maxDuration ?? (older ? WAIT_FOR_DURATION : undefined);
  return {
    iterationsMax: iterations === undefined ? Number.POSITIVE_INFINITY : numberOf('maxIterations', iterations),
    durationMaxMs: duration === undefined ? Number.POSITIVE_INFINITY : msOf('maxDuration', duration),
    intervalMs: msOf('interval', given.interval ?? INTERVAL),
  };
}

function numberOf(name: string, value: unknown): number {
  const number = Number(value);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`checkFrequency.${name}: expected a whole number from 1, got ${value}`);
}

function msOf(name: string, value: unknown): number {
  const ms = durationMs(String(value));
  if (ms !== undefined && ms >= 0) return ms;
  throw new Error(`checkFrequency.${name}: expected an ISO-8601 duration such as PT30S, got ${value}`);
}

const isTrue = (value: unknown): boolean => value === true || value === 'true';
