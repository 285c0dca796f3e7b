/** Somebody pauses the execution: what runs goes on to its end, nothing new begins. */
import type { PauseMessage } from '../../model/message.ts';
import type { State } from '../../model/state.ts';
import type { Draft } from '../draft.ts';
import { isResting } from '../end.ts';
import { hold } from '../pause.ts';

/** One of its task runs may wait for its next try. */
const PAUSABLE: ReadonlySet<State> = new Set(['RUNNING', 'PAUSED', 'RETRYING']);

export function onPause(draft: Draft, { incarnation, principal }: PauseMessage): string | undefined {
  if (incarnation !== draft.start.incarnation) return 'meant for another incarnation';
  if (draft.head.closing || draft.head.heldBy !== undefined) return 'it has ended, or is paused';
  if (!PAUSABLE.has(draft.state) || isResting(draft)) return `it is ${draft.state}`;
  hold(draft, principal);
  draft.log('INFO', `paused by ${principal}`);
  return undefined;
}
