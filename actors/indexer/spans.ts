/**
 * An execution that has ended as spans of OpenTelemetry, in OTLP's JSON (opentelemetry.io/docs/specs/otlp, 1.x: ids in hex, 64-bit
 * numbers as text). Ids follow from names, so no message carries a trace context: whoever sends a span twice sends the same
 * one, and the span of a child execution finds the task run that called it.
 */
import { createHash } from 'node:crypto';
import type { Attempt, Execution, TaskRun } from '../../lib/model/execution.ts';
import { type History, type State, sinceOf, stateOf } from '../../lib/model/state.ts';

export interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue: string } | { readonly intValue: string };
}

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  /** Nanoseconds since 1970. */
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  /** The states of its history. */
  readonly events: readonly { readonly name: string; readonly timeUnixNano: string }[];
  readonly status: { readonly code?: number; readonly message?: string };
}

type Values = Readonly<Record<string, string | number | undefined>>;

const INTERNAL = 1;
const [OK, ERROR] = [1, 2];
const TRACE_BYTES = 16;
const SPAN_BYTES = 8;
/** Of a value or a reason. */
const CHARS_MAX = 1_000;
/** All executions that one has called carry it, as its label: `lib/execution/flowable/subflow.ts`. */
const CORRELATION = 'system.correlationId';

const idOf = (name: string, bytes: number): string =>
  createHash('sha256')
    .update(name)
    .digest('hex')
    .slice(0, bytes * 2);
const spanIdOf = (...names: readonly (string | number)[]): string => idOf(names.join('/'), SPAN_BYTES);

/** `typeOf`: the type of a task, where it is known. The execution's span comes first. */
export function* spansOf(execution: Execution, typeOf: (taskId: string) => string | undefined): Generator<Span> {
  const { id, flow, labels } = execution;
  const traceId = idOf(labels[CORRELATION] ?? execution.originalId, TRACE_BYTES);
  const common: Values = {
    'windhover.namespace': flow.namespace,
    'windhover.flow': flow.id,
    'windhover.revision': flow.revision,
    'windhover.execution': id,
  };
  const root = { traceId, spanId: spanIdOf(id), parentSpanId: callerOf(execution) };
  const about = { ...common, 'windhover.trigger': execution.trigger?.type };
  const reason = execution.reason ?? execution.failure?.message;
  yield spanOf(root, `${flow.namespace}.${flow.id}`, execution.history, reason, about);
  for (const taskRun of execution.taskRunList) {
    const { parentId } = taskRun;
    const place = {
      traceId,
      spanId: spanIdOf(id, taskRun.id),
      parentSpanId: parentId === undefined ? root.spanId : spanIdOf(id, parentId),
    };
    const values = { ...common, ...taskValues(taskRun, typeOf(taskRun.taskId)) };
    yield spanOf(place, taskRun.taskId, taskRun.history, taskRun.reason, values);
    yield* attemptSpans(taskRun, place, values);
  }
}

function* attemptSpans(
  taskRun: TaskRun,
  place: { readonly traceId: string; readonly spanId: string },
  common: Values,
): Generator<Span> {
  const { traceId, spanId } = place;
  for (const [n, attempt] of taskRun.attempts.entries()) {
    const own = { traceId, spanId: idOf(`${spanId}/${n + 1}`, SPAN_BYTES), parentSpanId: spanId };
    // Only the last one's reason is kept.
    const reason = n + 1 === taskRun.attempts.length ? taskRun.reason : undefined;
    const values = { ...common, ...attemptValues(attempt, n + 1) };
    yield spanOf(own, `${taskRun.taskId} attempt ${n + 1}`, attempt.history, reason, values);
  }
}

/** The task run that it was called by, whether that waits for it or not. */
function callerOf({ caller, trigger }: Execution): string | undefined {
  const { executionId, taskRunId } = caller ?? trigger?.variables ?? {};
  if (typeof executionId !== 'string' || typeof taskRunId !== 'string') return undefined;
  return spanIdOf(executionId, taskRunId);
}

const taskValues = ({ id, taskId, value, iteration }: TaskRun, type: string | undefined): Values => ({
  'windhover.task': taskId,
  'windhover.task.type': type,
  'windhover.task.run': id,
  'windhover.value': value,
  'windhover.iteration': iteration,
});

const attemptValues = ({ workerId, losses }: Attempt, attempt: number): Values => ({
  'windhover.attempt': attempt,
  'windhover.worker': workerId,
  'windhover.losses': losses,
});

function spanOf(
  ids: Pick<Span, 'traceId' | 'spanId' | 'parentSpanId'>,
  name: string,
  history: History,
  reason: string | undefined,
  values: Values,
): Span {
  const state = stateOf(history);
  return {
    ...ids,
    name,
    kind: INTERNAL,
    startTimeUnixNano: nanoseconds(history[0]![1]),
    endTimeUnixNano: nanoseconds(sinceOf(history)),
    attributes: attributesOf({ ...values, 'windhover.state': state }),
    events: history.map(([name, atMs]) => ({ name, timeUnixNano: nanoseconds(atMs) })),
    status: statusOf(state, reason),
  };
}

function statusOf(state: State, reason: string | undefined): Span['status'] {
  if (state === 'SUCCESS') return { code: OK };
  if (state !== 'FAILED') return {};
  return { code: ERROR, ...(reason === undefined ? {} : { message: reason.slice(0, CHARS_MAX) }) };
}

export const attributesOf = (values: Values): readonly Attribute[] =>
  Object.entries(values).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const isNumber = typeof value === 'number';
    return [{ key, value: isNumber ? { intValue: String(value) } : { stringValue: value.slice(0, CHARS_MAX) } }];
  });

const nanoseconds = (ms: number): string => `${Math.round(ms)}000000`;
