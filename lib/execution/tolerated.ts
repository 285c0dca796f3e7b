/** The state of a task run that ends in `state`, by what its task allows. */
import type { State } from '../model/state.ts';

export function tolerated(
  state: State,
  { allowFailure, allowWarning }: { readonly allowFailure?: boolean; readonly allowWarning?: boolean },
): State {
  const allowed = state === 'FAILED' && allowFailure ? 'WARNING' : state;
  return allowed === 'WARNING' && allowWarning ? 'SUCCESS' : allowed;
}
