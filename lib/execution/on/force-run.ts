/** Somebody does not want to wait: what waits for its time goes on now. */
import type { ForceRunMessage } from '../../model/message.ts';
import { stateOf } from '../../model/state.ts';
import type { Draft } from '../draft.ts';
import { dropTimers, isResting } from '../end.ts';
import { endPause, letGo } from '../pause.ts';
import { renew } from '../renew.ts';
import { beginTasks } from './start.ts';

export function onForceRun(draft: Draft, { incarnation, principal }: ForceRunMessage): string | undefined {
  if (incarnation !== draft.start.incarnation) return 'meant for another incarnation';
  if (draft.head.closing) return 'it has ended';
  draft.log('INFO', `made to run by ${principal}`);
  if (draft.state === 'CREATED') {
    draft.dropTimer('start', '');
    return beginTasks(draft);
  }
  if (isResting(draft)) {
    draft.dropTimer('renew', '');
    return renew(draft);
  }
  if (draft.head.heldBy !== undefined) letGo(draft);
  for (const taskRun of [...draft.live()]) {
    const state = stateOf(taskRun.history);
    if (state === 'PAUSED') endPause(draft, taskRun, { by: principal });
    else if (state === 'RETRYING') draft.setTimer('retry', taskRun.id, draft.nowMs);
    else if (taskRun.dueMs !== undefined) {
      draft.put(dropTimers(draft, taskRun));
      draft.wake(taskRun.id);
    }
  }
  return undefined;
}
