/** A paused execution goes on: what somebody has paused as a whole, else one Pause task run. */
import type { ResumeMessage } from '../../model/message.ts';
import { stateOf } from '../../model/state.ts';
import type { Draft } from '../draft.ts';
import { endPause, firstPaused, letGo } from '../pause.ts';

export function onResume(draft: Draft, message: ResumeMessage): string | undefined {
  const { incarnation, principal, taskRunId, inputs } = message;
  if (incarnation !== draft.start.incarnation) return 'meant for another incarnation';
  if (!taskRunId && draft.head.heldBy !== undefined) {
    letGo(draft);
    draft.log('INFO', `resumed by ${principal}`);
    return undefined;
  }
  const paused = taskRunId === undefined ? firstPaused(draft) : draft.taskRun(taskRunId);
  if (!paused || stateOf(paused.history) !== 'PAUSED') return 'it is not paused';
  endPause(draft, paused, { by: principal, ...(inputs ? { inputs } : {}) });
  draft.log('INFO', `resumed by ${principal}`, paused);
  return undefined;
}
