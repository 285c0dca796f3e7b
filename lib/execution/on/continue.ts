/** A wide fan-out goes on where the last commit was full. */
import type { Draft } from '../draft.ts';

export function onContinue(draft: Draft): undefined {
  draft.wake(undefined);
  for (const taskRun of draft.live()) if (taskRun.attempts.length === 0) draft.wake(taskRun.id);
}
