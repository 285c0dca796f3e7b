/** An execution is asked for: it begins, and its first tasks with it, unless it is meant for later. */
import type { ExecutionHead, ExecutionStart } from '../../model/execution.ts';
import type { Flow } from '../../model/flow.ts';
import type { StartMessage } from '../../model/message.ts';
import type { Draft } from '../draft.ts';
import { endExecution } from '../end.ts';
import { beginSla, judge } from '../sla.ts';

export function beginning({ start, labels, rememberS }: StartMessage): {
  readonly start: ExecutionStart;
  readonly head: ExecutionHead;
} {
  const history = [['CREATED', start.createdAtMs]] as const;
  return { start, head: { history, labels, taskRuns: 0, ...(rememberS === undefined ? {} : { rememberS }) } };
}

export function onStart(draft: Draft, flow: Flow | string): undefined {
  const { scheduleDateMs = 0 } = draft.start;
  if (typeof flow === 'string') endExecution(draft, 'FAILED', flow);
  else if (scheduleDateMs > draft.nowMs) draft.setTimer('start', '', scheduleDateMs);
  else beginTasks(draft);
}

/** It is there, and begins in a step of its own. */
export function onLater(draft: Draft): undefined {
  draft.setTimer('start', '', draft.nowMs);
}

export function beginTasks(draft: Draft): undefined {
  draft.enter('RUNNING');
  beginSla(draft);
  const verdict = judge(draft, false);
  if (verdict) endExecution(draft, verdict.state, verdict.reason);
  else draft.wake(undefined);
}
