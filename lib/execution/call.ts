/**
 * Calls: a task run that has another execution begun. The letter that asks for it is kept until the end is known, and asks again
 * (B4); the execution's id follows from task run and attempt, so that asking twice is asking once (B3).
 */
import { callPlace } from '../model/envelope.ts';
import type { Attempt, TaskRun } from '../model/execution.ts';
import { beside, derivedId } from '../model/ids.ts';
import { type Call, callName, settleName } from '../model/letter.ts';
import { entering, stateOf } from '../model/state.ts';
import type { Draft } from './draft.ts';
import type { Beginning } from './flowable/flowable.ts';

/** From the end of a call, until the one that was called may forget it: a roll-back may have lost that it was taken. */
const SETTLE_MS = 30_000;

/** `taskRun` runs already. */
export function beginCall(draft: Draft, taskRun: TaskRun, beginning: Extract<Beginning, { kind: 'calls' }>): void {
  const { call, waits, outputs } = beginning;
  const number = taskRun.attempts.length + 1;
  const attempt: Attempt = {
    history: [
      ['CREATED', draft.nowMs],
      ['RUNNING', draft.nowMs],
    ],
  };
  const id = beside(draft.start.id, derivedId('call', taskRun.id, number));
  draft.put({ ...taskRun, attempts: [...taskRun.attempts, attempt], outputs: { executionId: id } });
  const caller = {
    executionId: draft.start.id,
    taskRunId: taskRun.id,
    attempt: number,
    ...(outputs ? { outputs } : {}),
  };
  const name = callName(draft.start.id, taskRun.id, number);
  draft.effects.push({
    kind: 'send',
    name,
    letter: { kind: 'call', id, caller, waits, call: sealed(draft, call, name) },
  });
}

/** No secret lies in a letter in clear. */
function sealed(draft: Draft, call: Call, name: string): Call {
  const { hasRead, seal } = draft.opener;
  if (!hasRead || !seal) return call;
  const sealedInputs = seal(callPlace(name), JSON.stringify(call.inputs));
  return { ...call, inputs: {}, sealedInputs };
}

/** What it has called before is restarted by whoever restarts this execution: its end is waited for once more. */
export function awaitCall(draft: Draft, taskRun: TaskRun): void {
  const id = calledBy(taskRun);
  const attempt: Attempt = {
    history: [
      ['CREATED', draft.nowMs],
      ['RUNNING', draft.nowMs],
    ],
  };
  const attempts = [...taskRun.attempts, attempt];
  const history = entering(taskRun.history, 'RUNNING', draft.nowMs);
  draft.put({ ...taskRun, history, attempts, outputs: { executionId: id } });
  const caller = { executionId: draft.start.id, taskRunId: taskRun.id, attempt: attempts.length };
  draft.effects.push(
    // Its earlier end is settled; the next one is not.
    { kind: 'unsend', name: settleName(draft.start.id, id) },
    {
      kind: 'send',
      name: callName(draft.start.id, taskRun.id, attempts.length),
      letter: { kind: 'await', id, caller },
    },
  );
}

/** The execution that it has called. */
export const calledBy = ({ outputs }: TaskRun): string => String(outputs?.executionId);

/** The call is over: what was called is told so after a while. */
export function endCall(draft: Draft, taskRun: TaskRun): void {
  const childId = calledBy(taskRun);
  draft.effects.push(
    { kind: 'unsend', name: callName(draft.start.id, taskRun.id, taskRun.attempts.length) },
    {
      kind: 'send',
      name: settleName(draft.start.id, childId),
      letter: { kind: 'settle', id: childId, notBeforeMs: draft.nowMs + SETTLE_MS },
    },
  );
}

/** What was called is killed, and its end waited for. */
export function killCall(draft: Draft, taskRun: TaskRun, principal: string): void {
  const attempt = taskRun.attempts.length;
  const known = stateOf(taskRun.history) === 'KILLING';
  draft.put(known ? taskRun : { ...taskRun, history: entering(taskRun.history, 'KILLING', draft.nowMs) });
  draft.effects.push({
    kind: 'send',
    name: callName(draft.start.id, taskRun.id, attempt),
    letter: {
      kind: 'kill',
      id: calledBy(taskRun),
      caller: { executionId: draft.start.id, taskRunId: taskRun.id, attempt },
      principal,
    },
  });
}
