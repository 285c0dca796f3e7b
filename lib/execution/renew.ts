/** An execution is made anew: it ends RETRIED, as what failed in it does, and another one of the same flow and inputs takes its place, for its caller too. */
import type { ExecutionStart } from '../model/execution.ts';
import { beside, derivedId } from '../model/ids.ts';
import { launchName } from '../model/letter.ts';
import { entering, stateOf } from '../model/state.ts';
import { isMeant } from './again/reopen.ts';
import type { Draft } from './draft.ts';
import { finishExecution } from './end.ts';

export function renew(draft: Draft): undefined {
  const { start, head } = draft;
  const id = beside(start.id, derivedId('renewed', start.id, start.incarnation));
  const { incarnation: _, scheduleDateMs: __, ...rest } = start;
  const next: ExecutionStart = {
    ...rest,
    id,
    parentId: start.id,
    createdAtMs: draft.nowMs,
    incarnation: 0,
    attemptNumber: (start.attemptNumber ?? 1) + 1,
    firstCreatedAtMs: start.firstCreatedAtMs ?? start.createdAtMs,
  };
  draft.effects.push({
    kind: 'send',
    name: launchName(start.id),
    letter: { kind: 'launch', start: next, labels: head.labels },
  });
  for (const taskRun of [...draft.all()])
    if (stateOf(taskRun.history) === 'FAILED' && isMeant(draft, taskRun))
      draft.put({ ...taskRun, history: entering(taskRun.history, 'RETRIED', draft.nowMs) });
  finishExecution(draft, 'RETRIED', { nextId: id });
}
