/** The engine gives an execution up: it fails with the reason, and whatever ran is told to end. */
import { cutAll } from '../cut.ts';
import type { Draft } from '../draft.ts';
import { endExecution, forget } from '../end.ts';

export function onAbandon(draft: Draft, reason: string): undefined {
  cutAll(draft);
  if (draft.head.closing) forget(draft);
  else endExecution(draft, 'FAILED', reason);
}
