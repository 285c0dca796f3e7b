/** What a change of an execution that has ended would make of it: shown to whoever asks for it, before its owner does it. */
import type { Flow } from '../../model/flow.ts';
import { Draft } from '../draft.ts';
import type { Change } from '../effect.ts';
import { type Afterwards, applyAfterwards } from '../on/afterwards.ts';
import type { Run } from '../run.ts';

/** A sentence where it cannot be done. */
export function preview(
  run: Run,
  message: Afterwards,
  facts: { readonly flow: Flow; readonly nowMs: number },
): Change | string {
  const draft = new Draft(run, run, { ...facts, saidAtMs: facts.nowMs, epoch: 0 });
  return applyAfterwards(draft, message) ?? draft.finish().change;
}
