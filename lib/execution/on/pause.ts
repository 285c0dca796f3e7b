/** Somebody pauses the execution: what runs goes on to its end, nothing new begins. */
import type { PauseMessage } from '../../model/message.ts';
import type { Draft } from '../draft.ts';
import { hold } from '../pause.ts';

export function onPause(draft: Draft, { incarnation, principal }: PauseMessage): string | undefined {
  if (incarnation !== draft.start.incarnation) return 'meant for another incarnation';
  if (draft.head.closing || draft.head.heldBy !== undefined) return 'it has ended, or is paused';
  if (draft.state !== 'RUNNING' && draft.state !== 'PAUSED') return `it is ${draft.state}`;
  hold(draft, principal);
  draft.log('INFO', `paused by ${principal}`);
  return undefined;
}
