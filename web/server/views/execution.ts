/** An execution as REST shows it. */
import type { Attempt, Execution, ExecutionHead, ExecutionStart, TaskRun } from '../../../lib/model/execution.ts';
import { type History, isEnded, type State, stateOf } from '../../../lib/model/state.ts';
import type { AttemptBody, ExecutionBody, StateBody, TaskRunBody } from '../../api/bodies.ts';
import { iso, isoDuration } from './time.ts';

/** Kestra 0.21 and 1.x clients do not know them, and show nothing for a state that they do not know. */
const HIDDEN: Readonly<Partial<Record<State, State>>> = { SUBMITTED: 'CREATED', RESUBMITTED: 'RUNNING' };

export function stateBody(history: History): StateBody {
  const histories: { state: string; date: string }[] = [];
  for (const [state, atMs] of history) {
    const shown = HIDDEN[state] ?? state;
    if (histories.at(-1)?.state !== shown) histories.push({ state: shown, date: iso(atMs) });
  }
  const current = stateOf(history);
  const [startMs, endMs] = [history[0]![1], history.at(-1)![1]];
  return {
    current: HIDDEN[current] ?? current,
    histories,
    startDate: iso(startMs),
    ...(isEnded(current) ? { endDate: iso(endMs) } : {}),
    duration: isoDuration(endMs - startMs),
  };
}

export function executionBody(
  start: ExecutionStart,
  head: ExecutionHead,
  taskRuns?: readonly TaskRun[],
): ExecutionBody {
  const { flow, trigger, parentId, scheduleDateMs } = start;
  return {
    id: start.id,
    tenantId: flow.tenant,
    namespace: flow.namespace,
    flowId: flow.id,
    flowRevision: flow.revision,
    state: stateBody(head.history),
    ...(taskRuns ? { taskRunList: taskRuns.map((taskRun) => taskRunBody(start, taskRun)) } : {}),
    ...(Object.keys(start.inputs).length > 0 ? { inputs: start.inputs } : {}),
    ...(head.outputs ? { outputs: head.outputs } : {}),
    labels: Object.entries(head.labels).map(([key, value]) => ({ key, value })),
    ...(head.variables ? { variables: head.variables } : {}),
    ...(parentId === undefined ? {} : { parentId }),
    ...(scheduleDateMs === undefined ? {} : { scheduleDate: iso(scheduleDateMs) }),
    originalId: start.originalId,
    ...(trigger ? { trigger: { id: trigger.id, type: trigger.type, variables: trigger.variables } } : {}),
    deleted: false,
    metadata: {
      attemptNumber: start.attemptNumber ?? 1,
      originalCreatedDate: iso(start.firstCreatedAtMs ?? start.createdAtMs),
    },
    ...(head.reason === undefined ? {} : { reason: head.reason }),
  };
}

/** With its task runs, if it has them. */
export const bodyOfExecution = (
  execution: Omit<Execution, 'taskRunList'> & { readonly taskRunList?: readonly TaskRun[] },
): ExecutionBody => executionBody(execution, execution, execution.taskRunList);

export function taskRunBody(start: ExecutionStart, taskRun: TaskRun): TaskRunBody {
  const { id, taskId, parentId, value, iteration, attempts, outputs, history, reason, dueMs } = taskRun;
  return {
    id,
    executionId: start.id,
    namespace: start.flow.namespace,
    flowId: start.flow.id,
    taskId,
    ...(parentId === undefined ? {} : { parentTaskRunId: parentId }),
    ...(value === undefined ? {} : { value }),
    ...(iteration === undefined ? {} : { iteration }),
    ...(attempts.length > 0 ? { attempts: attempts.map(attemptBody) } : {}),
    ...(outputs ? { outputs } : {}),
    state: stateBody(history),
    ...(reason === undefined ? {} : { reason }),
    ...(dueMs === undefined ? {} : { dueDate: iso(dueMs) }),
  };
}

const attemptBody = ({ history, workerId, logFile }: Attempt): AttemptBody => ({
  state: stateBody(history),
  ...(workerId === undefined ? {} : { workerId }),
  ...(logFile === undefined ? {} : { logFile }),
});
