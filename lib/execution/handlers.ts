/** Lists that handle how others end, and taking away what stands below a task run. */
import type { Draft } from './draft.ts';

export const HANDLERS: ReadonlySet<string> = new Set(['errors', 'finally', 'onPause', 'afterExecution']);

export function removeBelow(draft: Draft, parentId: string): void {
  for (const id of draft.childrenOf(parentId)) {
    removeBelow(draft, id);
    draft.remove(draft.taskRun(id)!);
  }
}
