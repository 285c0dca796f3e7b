/**
 * What comes next: looks at each owner (the flow, or a flowable's task run) that was woken, creates its next task runs, runs
 * its errors and finally, ends it, and so on upwards. A worklist, not a recursion: nesting has no depth here.
 */

import { textOf } from '../errors.ts';
import { isFalse } from '../expression/render.ts';
import { castOutput } from '../flow/cast.ts';
import type { TaskRun } from '../model/execution.ts';
import type { Task } from '../model/flow.ts';
import { entering, isEnded, type State, stateOf } from '../model/state.ts';
import { dispatchAttempt } from './attempt.ts';
import type { Draft } from './draft.ts';
import type { Child } from './flowable/flowable.ts';
import { SEQUENTIAL } from './flowable/sequential.ts';
import { flowableOf } from './flowable/table.ts';
import { placeOf, renderIn } from './look.ts';

const REMEMBER_MS = 10 * 60_000;

interface Owner {
  readonly id: string | undefined;
  readonly taskRun?: TaskRun;
  readonly task?: Task;
  readonly lists: Readonly<Record<string, readonly Task[]>>;
}

/** Works until nobody is woken. */
export function advance(draft: Draft): void {
  for (let woken = draft.woken(); woken; woken = draft.woken()) {
    const owner = ownerOf(draft, woken.id);
    const state = stateOf(owner.taskRun?.history ?? draft.head.history);
    if (!isEnded(state)) lookAt(draft, owner, woken.touched, state === 'KILLING');
  }
}

function ownerOf(draft: Draft, id: string | undefined): Owner {
  if (id === undefined)
    return { id, lists: { tasks: draft.flow.tasks, errors: draft.flow.errors, finally: draft.flow.finally } };
  const taskRun = draft.taskRun(id)!;
  const task = draft.flow.taskOf.get(taskRun.taskId)!;
  return { id, taskRun, task, lists: task.lists };
}

const enabledOf = new WeakMap<readonly Task[], readonly Task[]>();

function enabled(tasks: readonly Task[] | undefined): readonly Task[] {
  if (!tasks) return [];
  let list = enabledOf.get(tasks);
  if (!list)
    enabledOf.set(
      tasks,
      (list = tasks.some(({ disabled }) => disabled) ? tasks.filter(({ disabled }) => !disabled) : tasks),
    );
  return list;
}

/** Its own list, then errors when something failed, then finally, then its end. */
function lookAt(draft: Draft, owner: Owner, touched: Iterable<number>, killing: boolean): void {
  const [main, errors, last] = ['tasks', 'errors', 'finally'].map((list) => draft.scope(owner.id, list));
  const live = main!.live + errors!.live + last!.live;
  if (killing || main!.killed + errors!.killed > 0) {
    if (live === 0) end(draft, owner, 'KILLED');
    return;
  }
  if (last!.created > 0) return goOn(draft, owner, 'finally');
  if (errors!.created > 0) return goOn(draft, owner, 'errors');
  if (main!.failed > 0) {
    if (live === 0) enter(draft, owner, enabled(owner.lists.errors).length > 0 ? 'errors' : 'finally');
    return;
  }
  const tasks = enabled(owner.lists.tasks);
  const flowable = owner.task ? flowableOf(owner.task.type) : SEQUENTIAL;
  const view = {
    task: owner.task ?? { properties: {} },
    tasks,
    memo: owner.taskRun?.memo,
    scope: main!,
    scopeOf: (iteration: number) => draft.scope(owner.id, 'tasks', iteration),
    touched,
  };
  // An iteration between two of its tasks has nothing that lives: what follows is created before the end is judged.
  const created = createAll(draft, owner, 'tasks', flowable.next(view));
  if (!created && (tasks.length === 0 || flowable.complete(view))) enter(draft, owner, 'finally');
}

/** Errors and finally are sequences. */
function goOn(draft: Draft, owner: Owner, list: 'errors' | 'finally'): void {
  const tasks = enabled(owner.lists[list]);
  const scope = draft.scope(owner.id, list);
  if (scope.live > 0) return;
  if (scope.failed === 0 && scope.created < tasks.length) create(draft, owner, list, { task: tasks[scope.created]! });
  else if (list === 'errors') enter(draft, owner, 'finally');
  else end(draft, owner, endState(draft, owner));
}

function enter(draft: Draft, owner: Owner, list: 'errors' | 'finally'): void {
  const [first] = enabled(owner.lists[list]);
  if (first) create(draft, owner, list, { task: first });
  else end(draft, owner, endState(draft, owner));
}

function endState(draft: Draft, { id, task }: Owner): State {
  const [main, errors, last] = ['tasks', 'errors', 'finally'].map((list) => draft.scope(id, list));
  if (main!.killed + errors!.killed + last!.killed > 0) return 'KILLED';
  if (main!.failed + last!.failed > 0) return task?.allowFailure ? 'WARNING' : 'FAILED';
  if (main!.warned + errors!.warned + last!.warned > 0) return task?.allowWarning ? 'SUCCESS' : 'WARNING';
  return 'SUCCESS';
}

function createAll(draft: Draft, owner: Owner, list: string, children: Iterable<Child>): boolean {
  let created = false;
  for (const child of children) {
    if (!child.follows && !draft.mayCreate()) return created;
    create(draft, owner, list, child);
    created = true;
  }
  return created;
}

/** Creates a task run and begins it: skipped, a flowable that is woken, or an attempt that is handed out. */
function create(draft: Draft, owner: Owner, list: string, { task, iteration, value }: Child): void {
  const taskRun: TaskRun = {
    id: draft.idOf(task, owner.id, list, iteration),
    taskId: task.id,
    index: draft.taskRunCount,
    list,
    ...(owner.id === undefined ? {} : { parentId: owner.id }),
    ...(iteration === undefined ? {} : { iteration, value }),
    history: [['CREATED', draft.nowMs]],
    attempts: [],
  };
  draft.put(taskRun);
  try {
    if (task.runIf !== undefined && isFalse(String(renderIn(draft, task.runIf, placeOf(draft, taskRun)))))
      return endTaskRun(draft, taskRun, 'SKIPPED');
    if (task.kind === 'runnable') return dispatchAttempt(draft, task, taskRun);
    const memo = flowableOf(task.type).begin?.(task, (value) => renderIn(draft, value, placeOf(draft, taskRun)));
    draft.put({
      ...taskRun,
      history: entering(taskRun.history, 'RUNNING', draft.nowMs),
      ...(memo === undefined ? {} : { memo }),
    });
    draft.wake(taskRun.id);
  } catch (error) {
    draft.effects.push({ kind: 'log', taskRunId: taskRun.id, level: 'ERROR', message: textOf(error) });
    endTaskRun(draft, { ...taskRun, reason: textOf(error) }, task.allowFailure ? 'WARNING' : 'FAILED');
  }
}

/** Writes the end of a task run and wakes its owner. */
export function endTaskRun(draft: Draft, taskRun: TaskRun, state: State): void {
  draft.put({ ...taskRun, history: entering(taskRun.history, state, draft.nowMs) });
  draft.wake(taskRun.parentId, taskRun.iteration);
}

function end(draft: Draft, owner: Owner, state: State): void {
  if (owner.taskRun) endTaskRun(draft, owner.taskRun, state);
  else endExecution(draft, state);
}

/** Writes the end of the execution, with its outputs. */
export function endExecution(draft: Draft, decided: State, reason?: string): void {
  const { outputs, failed } = decided === 'KILLED' || reason !== undefined ? {} : outputsOf(draft);
  const state = failed === undefined ? decided : 'FAILED';
  if (failed !== undefined) draft.effects.push({ kind: 'log', level: 'ERROR', message: failed });
  const why = reason ?? failed;
  draft.head = {
    ...draft.head,
    history: entering(draft.head.history, state, draft.nowMs),
    taskRuns: draft.taskRunCount,
    ...(outputs ? { outputs } : {}),
    ...(why === undefined ? {} : { reason: why }),
  };
  draft.effects.push({
    kind: 'end',
    state,
    rememberMs: draft.head.rememberS ? draft.head.rememberS * 1_000 : REMEMBER_MS,
  });
}

function outputsOf(draft: Draft): { readonly outputs?: Record<string, unknown>; readonly failed?: string } {
  if (draft.flow.outputs.length === 0) return {};
  const outputs: Record<string, unknown> = {};
  for (const { id, type, value, required } of draft.flow.outputs) {
    try {
      const { seal, start } = draft;
      const sealed = seal && ((text: string) => seal(start.id, id, text));
      const cast = castOutput(type, renderIn(draft, value), sealed);
      if ('problem' in cast) return { failed: `outputs.${id}: ${cast.problem}` };
      outputs[id] = cast.value;
    } catch (error) {
      if (required) return { failed: `outputs.${id}: ${textOf(error)}` };
    }
  }
  return { outputs };
}
