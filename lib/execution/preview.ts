/** What a command would make of an execution, before anything runs on: shown to whoever gives it, before its owner does it. */
import { NeedsFact } from '../expression/render.ts';
import type { Flow } from '../model/flow.ts';
import type { ForceRunMessage, PauseMessage, ResumeMessage } from '../model/message.ts';
import { Draft } from './draft.ts';
import type { Change } from './effect.ts';
import { type Afterwards, applyAfterwards } from './on/afterwards.ts';
import { onForceRun } from './on/force-run.ts';
import { onPause } from './on/pause.ts';
import { onResume } from './on/resume.ts';
import type { Run } from './run.ts';

export type Shown = Afterwards | PauseMessage | ResumeMessage | ForceRunMessage;

/** A sentence where it cannot be done. */
export function preview(
  run: Run,
  message: Shown,
  facts: { readonly flow: Flow; readonly nowMs: number },
): Change | string {
  const draft = new Draft(run, run, { ...facts, saidAtMs: facts.nowMs, epoch: 0 });
  return apply(draft, message) ?? draft.finish().change;
}

function apply(draft: Draft, message: Shown): string | undefined {
  switch (message.kind) {
    case 'restart':
    case 'changeTaskRun':
    case 'changeState':
    case 'relabel':
      return applyAfterwards(draft, message);
    case 'pause':
      return onPause(draft, message);
    case 'resume':
      return onResume(draft, message);
    case 'forceRun':
      try {
        return onForceRun(draft, message);
      } catch (error) {
        // An assertion of the flow asks something first: what was made before it is what the command itself has made.
        if (error instanceof NeedsFact) return undefined;
        throw error;
      }
  }
}
