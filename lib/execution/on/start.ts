/** An execution is asked for: it begins, and its first tasks with it. */
import type { ExecutionHead, ExecutionStart } from '../../model/execution.ts';
import type { Flow } from '../../model/flow.ts';
import type { StartMessage } from '../../model/message.ts';
import type { Draft } from '../draft.ts';
import { endExecution } from '../next.ts';

export function beginning(
  message: StartMessage,
  facts: { readonly nowMs: number },
): { readonly start: ExecutionStart; readonly head: ExecutionHead } {
  const { start, labels, rememberS } = message;
  const history = [
    ['CREATED', start.createdAtMs],
    ['RUNNING', Math.max(facts.nowMs, start.createdAtMs)],
  ] as const;
  return { start, head: { history, labels, taskRuns: 0, ...(rememberS === undefined ? {} : { rememberS }) } };
}

export function onStart(draft: Draft, flow: Flow | string): undefined {
  if (typeof flow === 'string') endExecution(draft, 'FAILED', flow);
  else draft.wake(undefined);
}
