/**
 * Runs one task: render → parse → run → outcome. Throws nothing but MustWait. A task that awaits nothing is run without a promise, so that
 * a batch of short ones is a plain loop.
 */
import { type AnyTask, TaskError, TaskWarning } from '../../plugins/sdk/index.ts';
import { isFault } from '../errors.ts';
import { renderText } from '../expression/render.ts';
import { durationMs } from '../flow/duration.ts';
import { parseProperties } from '../plugin/properties.ts';
import { after, isThenable } from './after.ts';
import { MustWait } from './facts.ts';
import { type EndCause, type Outcome, reasonOf } from './outcome.ts';
import { type PlainOutputs, plainOutputs } from './outputs.ts';
import { renderProperties } from './render-properties.ts';
import type { RunningTask } from './task-context.ts';
import { plainUpdate } from './update.ts';

/** A longer timer would fire at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** `limited` hears of a time limit before user code runs. */
export function runTask(
  running: RunningTask,
  limited: (ms: number, reason: string) => void,
): Outcome | Promise<Outcome> {
  let outcome: Outcome | Promise<Outcome>;
  try {
    const returned = after(limit(running, limited), () => begun(running));
    outcome = isThenable(returned)
      ? Promise.resolve(returned)
          .then((value) => succeeded(running, value))
          .then(undefined, (error: unknown) => failed(running, error))
      : succeeded(running, returned);
  } catch (error) {
    if (error instanceof MustWait) throw error;
    outcome = failed(running, error);
  }
  return isThenable(outcome) ? outcome.then((ended) => closed(running, ended)) : closed(running, outcome);
}

function closed(running: RunningTask, outcome: Outcome): Outcome | Promise<Outcome> {
  const logFile = running.logFile();
  if (!logFile) return cleared(running, outcome);
  return logFile.then(
    (uri) => cleared(running, { ...outcome, logFile: uri }),
    (error: unknown) => {
      running.given.sink('WARN', `the log's file could not be stored: ${reasonOf(error, running.masked)}`);
      return cleared(running, outcome);
    },
  );
}

function cleared(running: RunningTask, outcome: Outcome): Outcome | Promise<Outcome> {
  const closing = running.close();
  // A working directory that cannot be removed is no failure of the task: the worker sweeps its folder when it starts.
  return closing
    ? closing.then(
        () => outcome,
        () => outcome,
      )
    : outcome;
}

/** Runs user code, once its properties are there. */
function begun(running: RunningTask): unknown {
  const { task, definition } = running.given;
  return after(renderProperties(task, definition, running), (written) => {
    const properties = parseProperties(definition, written);
    return running.cause ? undefined : definition.run(running, properties);
  });
}

/** It holds for what expressions wait for as well. */
function limit(running: RunningTask, limited: (ms: number, reason: string) => void): void | Promise<void> {
  const { timeout } = running.given.task;
  if (timeout === undefined) return;
  const text = timeout.includes('{')
    ? running.facts.wait((world) => renderText(timeout, running.roots, world))
    : timeout;
  return after(text, (rendered) => limitTo(running, rendered, limited));
}

function limitTo(running: RunningTask, text: string, limited: (ms: number, reason: string) => void): void {
  const ms = durationMs(text);
  if (ms === undefined || ms <= 0)
    throw new TaskError(`timeout: expected an ISO-8601 duration such as PT30S, got ${JSON.stringify(text)}`);
  if (ms > TIMER_MS_MAX) return;
  const reason = `Timeout after ${text}`;
  limited(ms, reason);
  running.endAfter(ms, { kind: 'timeout', reason });
}

function succeeded(running: RunningTask, value: unknown): Outcome {
  if (running.cause) return ended(running.cause);
  const outputs = running.given.definition.outputs;
  const given = outputs && value !== undefined ? parsedOutputs(running.given.definition, value) : value;
  return withChanges(running, { state: 'SUCCESS', ...plainOutputs(given) });
}

/** Only of a run that did not fail: one that is tried again asks for it again. Throws a TaskError. */
function withChanges(running: RunningTask, outcome: Outcome): Outcome {
  const { changes } = running;
  if (!changes) return outcome;
  const { update, bytes } = plainUpdate(changes);
  return { ...outcome, update, bytes: outcome.bytes + bytes };
}

function parsedOutputs(definition: AnyTask, value: unknown): unknown {
  const parsed = definition.outputs!.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new TaskError(`outputs${issue.path.map((part: PropertyKey) => `.${String(part)}`).join('')}: ${issue.message}`);
}

function ended(cause: EndCause): Outcome {
  switch (cause.kind) {
    case 'timeout':
      return { state: 'FAILED', bytes: 0, reason: cause.reason };
    case 'killed':
      return { state: 'KILLED', bytes: 0 };
    case 'stopping':
      return { state: 'KILLED', bytes: 0, reason: 'the worker stopped' };
  }
}

function failed(running: RunningTask, error: unknown): Outcome {
  if (running.cause) return ended(running.cause);
  if (isOf(error, TaskWarning)) return warned(running, error);
  const isExpected =
    isOf(error, TaskError) || isFault(error) || (error instanceof Error && error.name === 'ExpressionError');
  running.log.error(isExpected ? (error as Error).message : traceOf(error));
  return { state: 'FAILED', reason: reasonOf(error, running.masked), ...outputsOf(error) };
}

function warned(running: RunningTask, error: unknown): Outcome {
  try {
    const outcome = withChanges(running, {
      state: 'WARNING',
      reason: reasonOf(error, running.masked),
      ...outputsOf(error),
    });
    running.log.warn((error as Error).message);
    return outcome;
  } catch (refusal) {
    return failed(running, refusal);
  }
}

/** What the failure still gives, if that can be kept. */
function outputsOf(error: unknown): PlainOutputs {
  try {
    return plainOutputs(isOf(error, TaskError) ? (error as TaskError).outputs : undefined);
  } catch {
    // The failure itself says more than that its outputs were too large.
    return { bytes: 0 };
  }
}

/** By name as well: a plugin may bring its own copy of the SDK. */
function isOf(error: unknown, kind: typeof TaskError): boolean {
  if (error instanceof kind) return true;
  if (!(error instanceof Error)) return false;
  for (let at = Object.getPrototypeOf(error); at !== null && at !== Error.prototype; at = Object.getPrototypeOf(at))
    if (at.constructor?.name === kind.name) return true;
  return false;
}

const traceOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
