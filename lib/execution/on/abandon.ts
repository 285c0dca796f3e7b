/** The engine gives an execution up: it fails with the reason, and whatever ran is told to end. */
import { entering } from '../../model/state.ts';
import { endedAttempt, lastAttempt, withLastAttempt } from '../attempt.ts';
import type { Draft } from '../draft.ts';
import { endExecution } from '../next.ts';

export function onAbandon(draft: Draft, reason: string): undefined {
  for (const taskRun of [...draft.live()]) {
    const attempt = lastAttempt(taskRun);
    const ref = draft.refOf(taskRun);
    if (attempt) draft.effects.push({ kind: 'closeAttempt', ref }, { kind: 'revokeAttempt', ref });
    const ended = attempt
      ? withLastAttempt(taskRun, endedAttempt(attempt, 'KILLED', { endedAtMs: draft.nowMs }))
      : taskRun;
    draft.put({ ...ended, history: entering(taskRun.history, 'KILLED', draft.nowMs) });
  }
  endExecution(draft, 'FAILED', reason);
}
