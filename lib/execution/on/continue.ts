/** A wide fan-out goes on where the last commit was full. */
import type { Draft } from '../draft.ts';

export function onContinue(draft: Draft): undefined {
  draft.wakeAll();
}
