/** A kill: what has not begun ends at once, what runs is told and answers. */

import type { TaskRun } from '../../model/execution.ts';
import type { KillMessage } from '../../model/message.ts';
import { entering, stateOf } from '../../model/state.ts';
import { endedAttempt, lastAttempt, withLastAttempt } from '../attempt.ts';
import type { Draft } from '../draft.ts';
import { endTaskRun } from '../next.ts';

export function onKill(draft: Draft, { incarnation, principal }: KillMessage): string | undefined {
  if (incarnation !== draft.start.incarnation) return 'meant for another incarnation';
  if (stateOf(draft.head.history) === 'KILLING') return 'known';
  draft.head = { ...draft.head, history: entering(draft.head.history, 'KILLING', draft.nowMs) };
  draft.effects.push({ kind: 'log', level: 'INFO', message: `killed by ${principal}` });
  for (const taskRun of [...draft.live()]) killTaskRun(draft, taskRun);
  draft.wake(undefined);
  return undefined;
}

function killTaskRun(draft: Draft, taskRun: TaskRun): void {
  const attempt = lastAttempt(taskRun);
  if (stateOf(taskRun.history) === 'RETRYING') {
    draft.effects.push({ kind: 'dropTimer', name: `${draft.start.id}/retry/${taskRun.id}/${taskRun.attempts.length}` });
    return endTaskRun(draft, taskRun, 'KILLED');
  }
  if (attempt && attempt.token === undefined) {
    // Nobody has claimed it as far as we know, and the gate grants no claim any more; one that was granted just before is revoked with it.
    const ref = draft.refOf(taskRun);
    draft.effects.push({ kind: 'closeAttempt', ref }, { kind: 'revokeAttempt', ref });
    return endTaskRun(
      draft,
      withLastAttempt(taskRun, endedAttempt(attempt, 'KILLED', { endedAtMs: draft.nowMs })),
      'KILLED',
    );
  }
  draft.put({ ...taskRun, history: entering(taskRun.history, 'KILLING', draft.nowMs) });
  if (attempt) draft.effects.push({ kind: 'revokeAttempt', ref: draft.refOf(taskRun) });
  else draft.wake(taskRun.id);
}
