/** Ends: of a task run, whose owner is woken; of the execution, with its outputs, its caller's answer and what runs afterwards. */
import { castOutput } from '../flow/cast.ts';
import { outputPlace } from '../model/envelope.ts';
import type { ExecutionHead, TaskRun } from '../model/execution.ts';
import { answerName } from '../model/letter.ts';
import { MESSAGE_FORMAT } from '../model/message.ts';
import { entering, type State, stateOf } from '../model/state.ts';
import { closingOf } from './closing.ts';
import type { Draft } from './draft.ts';
import { HANDLERS } from './handlers.ts';
import { reasonOf, renderIn } from './look.ts';
import { judge } from './sla.ts';
import { tolerated } from './tolerated.ts';

const REMEMBER_MS = 10 * 60_000;
/** An answer to a caller is a message. */
const OUTPUT_CHARS_MAX = 200_000;

/** Writes the end of a task run and wakes its owner. */
export function endTaskRun(draft: Draft, taskRun: TaskRun, state: State): void {
  const ended = dropTimers(draft, taskRun);
  draft.put({ ...ended, history: entering(taskRun.history, state, draft.nowMs) });
  if (state === 'FAILED') noteFailure(draft, ended);
  if (taskRun.parentId === undefined) draft.hasEndedTasks = true;
  draft.wake(taskRun.parentId, taskRun.iteration);
}

/** It fails before anything of it ran, or between its rounds. */
export function failTaskRun(draft: Draft, taskRun: TaskRun, reason: string): void {
  draft.log('ERROR', reason, taskRun);
  endTaskRun(draft, { ...taskRun, reason: draft.opener.masked(reason) }, tolerated('FAILED', draft.taskOf(taskRun)));
}

/** Without what it waited for. */
export function dropTimers(draft: Draft, taskRun: TaskRun): TaskRun {
  const task = draft.taskOf(taskRun);
  if (task.kind === 'flowable' && task.timeout !== undefined) draft.dropTimer('timeout', taskRun.id);
  const { dueMs, ...rest } = taskRun;
  if (dueMs === undefined) return taskRun;
  const state = stateOf(taskRun.history);
  draft.dropTimer(state === 'RETRYING' ? 'retry' : state === 'PAUSED' ? 'pause' : 'again', taskRun.id);
  if (state === 'RETRYING') leaveRetrying(draft);
  return rest;
}

/** The execution is shown as retrying until one of those that wait in it is tried again, or is not any more. */
export function leaveRetrying(draft: Draft): void {
  if (draft.state === 'RETRYING' && !isResting(draft)) draft.enter('RUNNING');
}

/** Nothing of it runs any more: it waits to be made anew. */
export const isResting = ({ state, head }: Draft): boolean => state === 'RETRYING' && head.renewing === true;

/** What handles errors sees the task that has failed, not those around it, nor one of its own. */
function noteFailure(draft: Draft, taskRun: TaskRun): void {
  if (taskRun.attempts.length === 0 && taskRun.reason === undefined) return;
  for (let at: TaskRun | undefined = taskRun; at; at = at.parentId ? draft.taskRun(at.parentId) : undefined)
    if (HANDLERS.has(at.list)) return;
  const { taskId, id, reason } = taskRun;
  draft.head = {
    ...draft.head,
    failure: { taskId, taskRunId: id, ...(reason === undefined ? {} : { message: reason }) },
  };
}

/** The execution ends, or is going to be made anew. */
export function endExecution(draft: Draft, decided: State, reason?: string): void {
  if (decided === 'FAILED' && reason === undefined && draft.head.againMs !== undefined) {
    draft.enter('RETRYING');
    draft.head = { ...draft.head, renewing: true };
    return draft.setTimer('renew', '', draft.head.againMs!);
  }
  const cut = decided === 'KILLED' || reason !== undefined;
  const missed = cut ? undefined : judge(draft, true);
  const { outputs, failed } = cut ? {} : outputsOf(draft);
  if (failed !== undefined) draft.log('ERROR', failed);
  const state = failed === undefined ? (missed?.state ?? decided) : 'FAILED';
  finishExecution(draft, state, { outputs, reason: reason ?? failed ?? missed?.reason });
}

/** Writes the end. `nextId`: the execution that takes its place. */
export function finishExecution(
  draft: Draft,
  state: State,
  about: { readonly outputs?: ExecutionHead['outputs']; readonly reason?: string; readonly nextId?: string },
): void {
  const { outputs, reason, nextId } = about;
  draft.enter(state);
  const { heldBy: _, ending: __, againMs: ___, renewing: ____, ...head } = draft.head;
  draft.head = {
    ...head,
    taskRuns: draft.taskRunCount,
    ...(outputs ? { outputs } : {}),
    ...(reason === undefined ? {} : { reason: draft.opener.masked(reason) }),
  };
  draft.flow.sla.forEach(({ type }, n) => {
    if (type === 'MAX_DURATION') draft.dropTimer('sla', String(n));
  });
  answerCaller(draft, nextId);
  // What runs afterwards is for the one in its place.
  const closing = nextId === undefined ? closingOf(draft) : [];
  if (closing.length === 0) return forget(draft, nextId);
  draft.head = { ...draft.head, closing };
  draft.effects.push({ kind: 'liftKill' });
  draft.wake(undefined);
}

/** Nothing more happens to it: a tombstone is kept. */
export function forget(draft: Draft, nextId?: string): void {
  const { closing: _, ...head } = draft.head;
  draft.head = { ...head, taskRuns: draft.taskRunCount };
  draft.effects.push({
    kind: 'end',
    state: draft.state,
    rememberMs: head.rememberS ? head.rememberS * 1_000 : REMEMBER_MS,
    ...(nextId === undefined ? {} : { nextId }),
  });
}

function answerCaller(draft: Draft, nextId: string | undefined): void {
  const { id, caller } = draft.start;
  if (!caller) return;
  const { executionId, taskRunId, attempt } = caller;
  const message = { v: MESSAGE_FORMAT, kind: 'childEnded', executionId, taskRunId, attempt, childId: id } as const;
  const end = nextId === undefined ? endFor(draft, caller.outputs) : { state: draft.state, nextId };
  draft.effects.push({
    kind: 'send',
    name: answerName(id),
    letter: { kind: 'answer', message: { ...message, atMs: draft.nowMs, ...end } },
  });
}

/** The end as the caller is told of it, with the outputs of the flow; of one that has none, with those that it asked for. */
function endFor(
  draft: Draft,
  asked: Readonly<Record<string, unknown>> | undefined,
): { readonly state: State; readonly outputs?: Readonly<Record<string, unknown>>; readonly reason?: string } {
  const { outputs, reason } = draft.head;
  const told = { state: draft.state, ...(reason === undefined ? {} : { reason }) };
  if (!asked || draft.flow.outputs.length > 0) return { ...told, ...(outputs ? { outputs } : {}) };
  try {
    return { ...told, outputs: renderIn(draft, asked) as Readonly<Record<string, unknown>> };
  } catch (error) {
    return { state: 'FAILED', reason: draft.opener.masked(`its outputs cannot be taken: ${reasonOf(error)}`) };
  }
}

function outputsOf(draft: Draft): { readonly outputs?: Record<string, unknown>; readonly failed?: string } {
  if (draft.flow.outputs.length === 0) return {};
  const outputs: Record<string, unknown> = {};
  for (const { id, type, value, required } of draft.flow.outputs) {
    try {
      const { opener, start } = draft;
      const { seal } = opener;
      const sealed = seal && ((text: string) => seal(outputPlace(start.id, id), text));
      const cast = castOutput(type, renderIn(draft, value), sealed);
      if ('problem' in cast) return { failed: `outputs.${id}: ${cast.problem}` };
      outputs[id] = cast.value;
    } catch (error) {
      if (required) return { failed: `outputs.${id}: ${reasonOf(error)}` };
    }
  }
  const chars = JSON.stringify(outputs).length;
  if (chars > OUTPUT_CHARS_MAX)
    return { failed: `outputs: expected at most ${OUTPUT_CHARS_MAX} characters together, got ${chars}` };
  return { outputs };
}
