/** The beginning of a task run: skipped, handed to the workers, or a flowable that runs its tasks, pauses or calls. */
import { textOf } from '../errors.ts';
import { NeedsFact } from '../expression/render.ts';
import { attemptRef, type TaskRun } from '../model/execution.ts';
import type { Task } from '../model/flow.ts';
import type { NextClaim } from '../model/message.ts';
import { entering, stateOf } from '../model/state.ts';
import { dispatchAttempt, keepAttempt } from './attempt.ts';
import { beginCall } from './call.ts';
import type { Draft } from './draft.ts';
import { endTaskRun, failTaskRun } from './end.ts';
import type { Around, Child } from './flowable/flowable.ts';
import { flowableOf } from './flowable/table.ts';
import { holds } from './holds.ts';
import { durationIn, placeOf, reasonOf, renderIn } from './look.ts';
import { beginPause } from './pause.ts';
import { tasksAfter } from './sequels.ts';

/**
 * Creates a task run below an owner (undefined: the flow) and begins it. What several ask is found out together: the step is
 * not made until all is known.
 */
export function create(
  draft: Draft,
  parentId: string | undefined,
  list: string,
  { task, iteration, value }: Child,
): void {
  const id = draft.idOf(task, parentId, list, iteration);
  const taskRun = newTaskRun(draft, { id, parentId, list, iteration, value }, task);
  draft.put(taskRun);
  beginIfMeant(draft, task, taskRun);
}

/** `before` has ended, and its worker has gone on with what follows it: that has begun. Where it must not, it is told to end. */
export function createNext(draft: Draft, before: TaskRun, workerId: string, claim: NextClaim): void {
  const [task] = tasksAfter(draft, before);
  if (task?.id === claim.taskId && draft.state !== 'KILLING') {
    const next = newTaskRun(draft, { ...before, id: claim.taskRunId }, task);
    return keepAttempt(draft, task, next, { ...claim, workerId });
  }
  const ref = attemptRef(draft.start.id, claim.taskRunId, 1);
  draft.effects.push({ kind: 'closeAttempt', ref }, { kind: 'revokeAttempt', ref });
}

const newTaskRun = (
  draft: Draft,
  { id, parentId, list, iteration, value }: Pick<TaskRun, 'id' | 'parentId' | 'list' | 'iteration' | 'value'>,
  task: Task,
): TaskRun => ({
  id,
  taskId: task.id,
  index: draft.nextIndex,
  list,
  ...(parentId === undefined ? {} : { parentId }),
  ...(iteration === undefined ? {} : { iteration }),
  ...(value === undefined ? {} : { value }),
  history: [['CREATED', draft.nowMs]],
  attempts: [],
});

/** Begins a task run, unless its `runIf` says otherwise. */
export function beginIfMeant(draft: Draft, task: Task, taskRun: TaskRun): void {
  try {
    if (task.runIf !== undefined && !holds(renderIn(draft, task.runIf, placeOf(draft, taskRun))))
      endTaskRun(draft, taskRun, 'SKIPPED');
    else begin(draft, task, taskRun);
  } catch (error) {
    if (error instanceof NeedsFact) draft.questions.push(error.question);
    else failTaskRun(draft, draft.taskRun(taskRun.id)!, textOf(error));
  }
}

/** Begins a task run, or its next try. */
export function begin(draft: Draft, task: Task, taskRun: TaskRun): void {
  if (task.kind === 'runnable') return dispatchAttempt(draft, task, taskRun);
  try {
    beginFlowable(draft, task, taskRun);
  } catch (error) {
    failTaskRun(draft, draft.taskRun(taskRun.id)!, reasonOf(error));
  }
}

function beginFlowable(draft: Draft, task: Task, taskRun: TaskRun): void {
  const beginning = flowableOf(task.type).begin?.(task, aroundOf(draft, taskRun)) ?? { kind: 'runs' };
  // One that was reopened runs already.
  const runs = stateOf(taskRun.history) === 'RUNNING';
  const running = runs ? taskRun : { ...taskRun, history: entering(taskRun.history, 'RUNNING', draft.nowMs) };
  limit(draft, task, taskRun);
  switch (beginning.kind) {
    case 'runs': {
      const { list, memo, outputs } = beginning;
      draft.put({
        ...running,
        ...(list === undefined ? {} : { branch: list }),
        ...(memo === undefined ? {} : { memo }),
        ...(outputs === undefined ? {} : { outputs }),
      });
      return draft.wake(taskRun.id);
    }
    case 'pauses': {
      beginPause(draft, running, beginning);
      const [asked] = task.lists.onPause ?? [];
      if (asked && !asked.disabled) create(draft, taskRun.id, 'onPause', { task: asked });
      return;
    }
    case 'calls':
      return beginCall(draft, running, beginning);
  }
}

/** Sets the time that a flowable may take from now on. Throws a sentence. */
export function limit(draft: Draft, task: Task, taskRun: TaskRun): void {
  if (task.timeout === undefined) return;
  draft.setTimer('timeout', taskRun.id, draft.nowMs + durationIn(draft, taskRun, 'timeout', task.timeout));
}

export function aroundOf(draft: Draft, taskRun: TaskRun): Around {
  return {
    nowMs: draft.nowMs,
    flow: draft.flow,
    start: draft.start,
    labels: draft.head.labels,
    taskRun,
    render: (value) => renderIn(draft, value, placeOf(draft, taskRun)),
  };
}
