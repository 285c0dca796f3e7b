/**
 * Messages that change no execution, since it is not there, has ended, or waits for something else: what is still to be done for
 * whoever has sent them, so that nobody asks for ever (B4).
 */
import type { Run } from '../../lib/execution/run.ts';
import { attemptRef, isOver } from '../../lib/model/execution.ts';
import { answerName, callName, settleName } from '../../lib/model/letter.ts';
import {
  type ChildEndedMessage,
  type KillMessage,
  MESSAGE_FORMAT,
  type Message,
  type TaskEndedMessage,
  type WorkerLostMessage,
} from '../../lib/model/message.ts';
import type { Batch } from './batch.ts';
import type { Held } from './held.ts';
import { lateAnswers } from './numbers.ts';

/** Of an execution that never began, and whose start may still come. */
const REMEMBER_MS = 10 * 60_000;

export function onUnmet(batch: Batch, message: Message, run: Run | undefined, held: Held, nowMs: number): void {
  switch (message.kind) {
    case 'kill':
      return onKill(batch, message, run, held, nowMs);
    case 'taskEnded':
      return onTaskEnded(batch, message, run, held);
    case 'workerLost':
      return onWorkerLost(batch, message, run, held);
    case 'childEnded':
      return onChildEnded(batch, message, held, nowMs);
    case 'settled':
      return held.settle(batch, message.executionId, REMEMBER_MS, nowMs);
    case 'restart':
    case 'changeTaskRun':
    case 'changeState':
    case 'relabel':
    case 'goOn':
      // It may have been brought back for that.
      if (run && isOver(run.head)) held.residue.abandon(batch, message.executionId);
      return;
    default:
  }
}

/** A kill that came too late leaves no mark behind, for what runs after the end too; a caller's that came too early leaves a tombstone, so that nothing begins. */
function onKill(batch: Batch, message: KillMessage, run: Run | undefined, held: Held, nowMs: number): void {
  const { executionId: id, caller } = message;
  if (run && !run.head.closing && !isOver(run.head)) return;
  if (!run && caller && !held.residue.tombstone(id)) {
    const { executionId, taskRunId, attempt } = caller;
    const answer: ChildEndedMessage = {
      v: MESSAGE_FORMAT,
      kind: 'childEnded',
      executionId,
      taskRunId,
      attempt,
      atMs: nowMs,
      childId: id,
      state: 'KILLED',
    };
    held.letters.set(batch, answerName(id), { kind: 'answer', message: answer });
    held.killing.add(id);
    held.bury(batch, id, { state: 'KILLED', rememberMs: REMEMBER_MS, nowMs });
  } else {
    held.killing.delete(id);
    batch.killed.push(id);
  }
}

function onTaskEnded(
  batch: Batch,
  { executionId, taskRunId, attempt, next }: TaskEndedMessage,
  run: Run | undefined,
  held: Held,
): void {
  lateAnswers.inc();
  if (!run || isOver(run.head)) batch.close(attemptRef(executionId, taskRunId, attempt));
  if (next && !run?.taskRuns.has(next.taskRunId)) giveUp(batch, attemptRef(executionId, next.taskRunId, 1), held);
}

/** What a worker had gone on with behind an attempt that was not its own any more. */
function onWorkerLost(
  batch: Batch,
  { executionId, taskRunId, attempt }: WorkerLostMessage,
  run: Run | undefined,
  held: Held,
): void {
  if (!run?.taskRuns.has(taskRunId)) giveUp(batch, attemptRef(executionId, taskRunId, attempt), held);
}

function giveUp(batch: Batch, ref: string, { attempts }: Held): void {
  attempts.close(ref);
  batch.close(ref);
  batch.hints.push(ref);
}

/** Nobody waits for it any more: it is told so, or it would ask for ever. */
function onChildEnded(batch: Batch, message: ChildEndedMessage, held: Held, nowMs: number): void {
  const { executionId, taskRunId, attempt, childId, begun, nextId } = message;
  if (begun) return;
  const name = callName(executionId, taskRunId, attempt);
  const letter = held.letters.get(name);
  if (letter && 'id' in letter && letter.id === childId) {
    // What was to be killed has another one in its place.
    if (letter.kind === 'kill' && nextId !== undefined) held.letters.set(batch, name, { ...letter, id: nextId });
    else held.letters.drop(batch, name);
  }
  held.letters.set(batch, settleName(executionId, childId), { kind: 'settle', id: childId, notBeforeMs: nowMs });
}
