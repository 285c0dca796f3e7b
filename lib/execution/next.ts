/**
 * What comes next: looks at each owner (the flow, or a flowable's task run) that was woken, creates its next task runs, runs
 * its errors and finally, ends it, and so on upwards. A worklist, not a recursion: nesting has no depth here.
 */
import type { TaskRun } from '../model/execution.ts';
import type { Task } from '../model/flow.ts';
import { isEnded, type State, stateOf } from '../model/state.ts';
import { aroundOf, create } from './begin.ts';
import type { Draft } from './draft.ts';
import { enabled } from './enabled.ts';
import { endExecution, endTaskRun, forget, isResting } from './end.ts';
import type { Child, Flowable, FlowableView } from './flowable/flowable.ts';
import { SEQUENTIAL } from './flowable/sequential.ts';
import { flowableOf } from './flowable/table.ts';
import { removeBelow } from './handlers.ts';
import { reasonOf } from './look.ts';
import { renewalMs } from './retry.ts';
import { tolerated } from './tolerated.ts';

interface Owner {
  readonly id: string | undefined;
  readonly taskRun?: TaskRun;
  readonly task?: Task;
  readonly flowable: Flowable;
  readonly lists: Readonly<Record<string, readonly Task[]>>;
  /** The list that it is there for. */
  readonly main: string;
}

/** Works until nobody is woken. */
export function advance(draft: Draft): void {
  for (let woken = draft.woken(); woken; woken = draft.woken()) {
    const owner = ownerOf(draft, woken.id);
    if (owner && (owner.id !== undefined || goesOn(draft))) lookAt(draft, owner, woken.touched);
  }
}

/** Of the flow itself: whether its tasks are still to be looked at. */
function goesOn(draft: Draft): boolean {
  if (draft.head.closing) close(draft, draft.head.closing);
  return !isEnded(draft.state) && !isResting(draft);
}

/** What runs after the end, one after the other. */
function close(draft: Draft, ids: readonly string[]): void {
  const { created, live } = draft.scope(undefined, 'afterExecution');
  if (live > 0) return;
  if (created < ids.length) create(draft, undefined, 'afterExecution', { task: draft.flow.taskOf.get(ids[created]!)! });
  else forget(draft);
}

/** Undefined for one that has ended, or waits: for its time, for a person, for another execution. */
function ownerOf(draft: Draft, id: string | undefined): Owner | undefined {
  if (id === undefined) {
    const { tasks, errors, finally: last } = draft.flow;
    return { id, flowable: SEQUENTIAL, lists: { tasks, errors, finally: last }, main: 'tasks' };
  }
  const taskRun = draft.taskRun(id);
  if (!taskRun) return undefined;
  const state = stateOf(taskRun.history);
  const waits = state === 'PAUSED' || taskRun.dueMs !== undefined || taskRun.attempts.length > 0;
  if (isEnded(state) || waits) return undefined;
  const task = draft.taskOf(taskRun);
  return { id, taskRun, task, flowable: flowableOf(task.type), lists: task.lists, main: taskRun.branch ?? 'tasks' };
}

/** Its main list, then errors when something failed, then finally, then its end. */
function lookAt(draft: Draft, owner: Owner, touched: Iterable<number>): void {
  const main = draft.scope(owner.id, owner.main);
  const errors = draft.scope(owner.id, 'errors');
  const last = draft.scope(owner.id, 'finally');
  const live = main.live + errors.live + last.live + draft.scope(owner.id, 'onPause').live;
  const killed = main.killed + errors.killed > 0;
  if (draft.state === 'KILLING' || killed) {
    if (live === 0) end(draft, owner, 'KILLED');
    return;
  }
  if (draft.head.heldBy !== undefined) return;
  if (last.created > 0) return goOn(draft, owner, 'finally');
  if (errors.created > 0) return goOn(draft, owner, 'errors');
  const ending = (owner.taskRun ?? draft.head).ending !== undefined || draft.head.ending !== undefined;
  if (ending || main.failed > 0) {
    if (live === 0) enter(draft, owner, !ending && !isMadeAnew(draft, owner) ? 'errors' : 'finally');
    return;
  }
  const tasks = enabled(owner.lists[owner.main]);
  const view = viewOf(draft, owner, { tasks, scope: main, touched });
  // An iteration between two of its tasks has nothing that lives: what follows is created before the end is judged.
  const created = createAll(draft, owner, owner.main, owner.flowable.next(view));
  if (!created && (tasks.length === 0 || owner.flowable.complete(view)) && !goesAgain(draft, owner))
    enter(draft, owner, 'finally');
}

function viewOf(draft: Draft, owner: Owner, seen: Pick<FlowableView, 'tasks' | 'scope' | 'touched'>): FlowableView {
  return {
    ...seen,
    task: owner.task ?? NO_TASK,
    memo: owner.taskRun?.memo,
    scopeOf: (iteration) => draft.scope(owner.id, owner.main, iteration),
    taskRun: (task) => draft.taskRunAt(task, owner.id, owner.main),
  };
}

const NO_TASK = { properties: {} };

/** What handles errors waits for the last try of the whole execution. */
function isMadeAnew(draft: Draft, owner: Owner): boolean {
  const retry = draft.flow.retry;
  if (owner.id === undefined && retry && draft.head.againMs === undefined) {
    const againMs = renewalMs(draft, retry);
    if (againMs !== undefined) draft.head = { ...draft.head, againMs };
  }
  return draft.head.againMs !== undefined;
}

/** Between two rounds of a loop: the children of the last one go. */
function goesAgain(draft: Draft, { taskRun, task, flowable }: Owner): boolean {
  if (!taskRun || !flowable.again) return false;
  try {
    const again = flowable.again(task!, aroundOf(draft, taskRun));
    const changed = { ...taskRun, outputs: { ...taskRun.outputs, ...again.outputs } };
    switch (again.kind) {
      case 'done':
        draft.put(changed);
        return false;
      case 'failed':
        draft.log('ERROR', again.reason, taskRun);
        draft.put({ ...changed, ending: 'FAILED', reason: again.reason });
        return false;
      case 'again':
        removeBelow(draft, taskRun.id);
        draft.put({ ...changed, memo: again.memo, dueMs: again.dueMs });
        draft.setTimer('again', taskRun.id, again.dueMs);
        return true;
    }
  } catch (error) {
    draft.log('ERROR', reasonOf(error), taskRun);
    draft.put({ ...taskRun, ending: 'FAILED', reason: reasonOf(error) });
    return false;
  }
}

/** Errors and finally are sequences, in which a failure holds nothing up. */
function goOn(draft: Draft, owner: Owner, list: 'errors' | 'finally'): void {
  const tasks = enabled(owner.lists[list]);
  const scope = draft.scope(owner.id, list);
  if (scope.live > 0) return;
  if (scope.created < tasks.length) create(draft, owner.id, list, { task: tasks[scope.created]! });
  else if (list === 'errors') enter(draft, owner, 'finally');
  else end(draft, owner, endState(draft, owner));
}

function enter(draft: Draft, owner: Owner, list: 'errors' | 'finally'): void {
  const [first] = enabled(owner.lists[list]);
  if (first) create(draft, owner.id, list, { task: first });
  else if (list === 'errors') enter(draft, owner, 'finally');
  else end(draft, owner, endState(draft, owner));
}

/** By its main list alone: what handles errors, and what comes at last, changes nothing of it. */
function endState(draft: Draft, { id, task, flowable, main }: Owner): State {
  const { ending } = id === undefined ? draft.head : draft.taskRun(id)!;
  const { killed, failed, warned } = draft.scope(id, main);
  const state = ending ?? (killed > 0 ? 'KILLED' : failed > 0 ? 'FAILED' : warned > 0 ? 'WARNING' : 'SUCCESS');
  return tolerated(state, { ...task, allowFailure: task?.allowFailure || flowable.forgives });
}

function createAll(draft: Draft, owner: Owner, list: string, children: Iterable<Child>): boolean {
  let created = false;
  for (const child of children) {
    if (!child.follows && !draft.mayCreate()) return created;
    create(draft, owner.id, list, child);
    created = true;
  }
  return created;
}

function end(draft: Draft, owner: Owner, state: State): void {
  if (owner.id === undefined) endExecution(draft, state);
  // Looked up anew: this look may have changed it.
  else endTaskRun(draft, draft.taskRun(owner.id)!, state);
}
