/** A reopened execution goes on: what was restarted is tried again, flowables that hold nothing yet begin, the others are looked at. */
import { stateOf } from '../../model/state.ts';
import { begin } from '../begin.ts';
import type { Draft } from '../draft.ts';
import { wakeWithIterations } from '../resting.ts';

export function goOn(draft: Draft): void {
  draft.enter('RUNNING');
  for (const taskRun of [...draft.live()]) {
    const task = draft.taskOf(taskRun);
    const { reason: _, outputs: __, ...fresh } = taskRun;
    if (stateOf(taskRun.history) === 'RESTARTED') begin(draft, task, fresh);
    else if (draft.childrenOf(taskRun.id).length === 0) begin(draft, task, taskRun);
    else wakeWithIterations(draft, taskRun);
  }
  draft.wake(undefined);
}
