/** A kill: what has not begun ends at once, what runs is told and answers. */

import type { TaskRun } from '../../model/execution.ts';
import type { KillMessage } from '../../model/message.ts';
import { entering, sinceOf, stateOf } from '../../model/state.ts';
import { lastAttempt } from '../attempt.ts';
import { endCall, killCall } from '../call.ts';
import { cutAll, withEndedAttempt } from '../cut.ts';
import type { Draft } from '../draft.ts';
import { endTaskRun } from '../end.ts';

export function onKill(draft: Draft, message: KillMessage): string | undefined {
  const { incarnation, principal, caller } = message;
  if (caller === undefined && incarnation !== draft.start.incarnation) return 'meant for another incarnation';
  if (draft.state === 'KILLING' || wasMeantForTheEnd(draft, message)) return 'known';
  draft.log('INFO', `killed by ${principal}`);
  if (draft.head.closing) {
    // Its end is written; what runs after it does not go on.
    cutAll(draft);
    draft.head = { ...draft.head, closing: [] };
  } else {
    const { heldBy: _, ...head } = draft.head;
    draft.head = head;
    draft.enter('KILLING');
    for (const taskRun of [...draft.live()]) killTaskRun(draft, taskRun, message);
  }
  draft.wake(undefined);
  return undefined;
}

/** One that comes twice ends the execution once, and not what runs after it. */
const wasMeantForTheEnd = ({ state, head }: Draft, { atMs }: KillMessage): boolean =>
  state === 'KILLED' && atMs <= sinceOf(head.history);

function killTaskRun(draft: Draft, taskRun: TaskRun, { principal, alone }: KillMessage): void {
  if (draft.taskOf(taskRun).kind === 'flowable') return killFlowable(draft, taskRun, principal, alone);
  if (stateOf(taskRun.history) === 'RETRYING') return endTaskRun(draft, taskRun, 'KILLED');
  if (lastAttempt(taskRun)?.token === undefined) {
    // Nobody has claimed it as far as we know, and the gate grants no claim any more; one that was granted just before is revoked with it.
    return endTaskRun(draft, withEndedAttempt(draft, taskRun, 'KILLED'), 'KILLED');
  }
  draft.put({ ...taskRun, history: entering(taskRun.history, 'KILLING', draft.nowMs) });
  draft.effects.push({ kind: 'revokeAttempt', ref: draft.refOf(taskRun) });
}

function killFlowable(draft: Draft, taskRun: TaskRun, principal: string, alone = false): void {
  const calls = taskRun.attempts.length > 0;
  if (calls && stateOf(taskRun.history) === 'RETRYING') return endTaskRun(draft, taskRun, 'KILLED');
  if (calls && !alone) return killCall(draft, taskRun, principal);
  if (calls) {
    endCall(draft, taskRun);
    return endTaskRun(draft, taskRun, 'KILLED');
  }
  // It ends when nothing below it lives any more, whatever it waited for.
  const { dueMs: _, ...rest } = taskRun;
  draft.put({ ...rest, history: entering(taskRun.history, 'KILLING', draft.nowMs) });
  draft.wake(taskRun.id);
}
