/** A timer is due: its name says what waits for it. */
import type { TaskRun } from '../../model/execution.ts';
import type { TimerMessage } from '../../model/message.ts';
import { entering, isEnded, stateOf } from '../../model/state.ts';
import { finishAttempt } from '../attempt-end.ts';
import { begin } from '../begin.ts';
import { cutAll, cutBelow, withEndedAttempt } from '../cut.ts';
import type { Draft } from '../draft.ts';
import { endExecution, endTaskRun, failTaskRun, leaveRetrying } from '../end.ts';
import { behaviorOf } from '../flowable/pause.ts';
import { endPause, leavePaused } from '../pause.ts';
import { renew } from '../renew.ts';
import { miss } from '../sla.ts';
import { partsOfTimer } from '../timer-name.ts';
import { beginTasks } from './start.ts';

export function onTimer(draft: Draft, { name }: TimerMessage): string | undefined {
  const { kind, about } = partsOfTimer(name);
  switch (kind) {
    case 'start':
      return draft.state === 'CREATED' ? beginTasks(draft) : 'it has begun';
    case 'sla':
      return onSla(draft, Number(about));
    case 'renew':
      return draft.state === 'RETRYING' && draft.head.againMs !== undefined ? renew(draft) : 'it is not made anew';
    default: {
      const taskRun = draft.taskRun(about);
      if (!taskRun || isEnded(stateOf(taskRun.history))) return 'nothing waits for this timer';
      return onTaskRun(draft, taskRun, kind);
    }
  }
}

function onSla(draft: Draft, n: number): string | undefined {
  if (isEnded(draft.state)) return 'it has ended';
  const verdict = miss(draft, n);
  if (!verdict) return undefined;
  cutAll(draft);
  endExecution(draft, verdict.state, verdict.reason);
  return undefined;
}

function onTaskRun(draft: Draft, taskRun: TaskRun, kind: 'retry' | 'again' | 'pause' | 'timeout'): string | undefined {
  const state = stateOf(taskRun.history);
  switch (kind) {
    case 'retry':
      return state === 'RETRYING' ? tryAgain(draft, taskRun) : 'the retry has begun';
    case 'again': {
      const { dueMs: _, ...rest } = taskRun;
      draft.put(rest);
      draft.wake(taskRun.id);
      return undefined;
    }
    case 'pause':
      return state === 'PAUSED' ? onPauseOver(draft, taskRun) : 'it is not paused';
    case 'timeout':
      return onTimeout(draft, taskRun);
  }
}

/** While the execution is paused nothing begins: whoever resumes it sets the timer again. */
function tryAgain(draft: Draft, taskRun: TaskRun): string | undefined {
  if (draft.head.heldBy !== undefined) return 'the execution is paused';
  const { reason: _, outputs: __, dueMs: ___, ...fresh } = taskRun;
  const created = { ...fresh, history: entering(taskRun.history, 'CREATED', draft.nowMs) };
  draft.put(created);
  leaveRetrying(draft);
  begin(draft, draft.taskOf(taskRun), created);
  return undefined;
}

function onPauseOver(draft: Draft, taskRun: TaskRun): undefined {
  const { dueMs: _, ...rest } = taskRun;
  switch (behaviorOf(draft.taskOf(taskRun))) {
    case 'RESUME':
      endPause(draft, rest, {});
      return;
    case 'WARN':
      endTaskRun(draft, rest, 'WARNING');
      leavePaused(draft);
      return;
    case 'FAIL':
      failTaskRun(draft, rest, 'nobody has resumed it in time');
      leavePaused(draft);
      return;
    case 'CANCEL':
      cutAll(draft);
      endExecution(draft, 'CANCELLED', `nobody has resumed ${taskRun.taskId} in time`);
  }
}

/** A flowable's timeout: what runs inside it is told to end, and not waited for. */
function onTimeout(draft: Draft, taskRun: TaskRun): undefined {
  const reason = `Timeout after ${draft.taskOf(taskRun).timeout}`;
  cutBelow(draft, taskRun);
  if (taskRun.attempts.length > 0 && stateOf(taskRun.history) !== 'RETRYING') {
    draft.log('ERROR', reason, taskRun);
    const ref = draft.refOf(taskRun);
    finishAttempt(draft, { ...withEndedAttempt(draft, taskRun, 'FAILED'), reason }, ref, 'FAILED');
  } else failTaskRun(draft, taskRun, reason);
  leavePaused(draft);
}
