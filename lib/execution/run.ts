/**
 * An execution in its owner's memory: head, task runs, and the indexes that keep a step flat (E4). A step reads it and
 * never changes it; the owner applies the step's change, in place.
 */
import type { ExecutionHead, ExecutionStart, TaskRun } from '../model/execution.ts';
import { isEnded, stateOf } from '../model/state.ts';
import type { Change } from './effect.ts';
import { count, emptyScope, type Scope, type Scopes } from './scope.ts';

export interface Run {
  readonly start: ExecutionStart;
  readonly head: ExecutionHead;
  readonly taskRuns: ReadonlyMap<string, TaskRun>;
  /** Ids of the task runs of a task, in the order of creation. */
  readonly byTask: ReadonlyMap<string, ReadonlySet<string>>;
  /** The same of the task runs right below a task run, or the flow (''). */
  readonly byParent: ReadonlyMap<string, ReadonlySet<string>>;
  readonly scopes: ReadonlyMap<string, Readonly<Scope>>;
  /** Task runs that have not ended. */
  readonly live: ReadonlySet<string>;
  /** Of these the ones without an attempt: flowables, which own others, and what has not begun. */
  readonly owners: ReadonlySet<string>;
  /** Of the next task run: behind all that there ever were. */
  readonly nextIndex: number;
}

/** The same, for the two functions below. */
interface OwnedRun extends Run {
  start: ExecutionStart;
  head: ExecutionHead;
  readonly taskRuns: Map<string, TaskRun>;
  readonly byTask: Map<string, Set<string>>;
  readonly byParent: Map<string, Set<string>>;
  readonly scopes: Scopes;
  readonly live: Set<string>;
  readonly owners: Set<string>;
  nextIndex: number;
}

const FIELD_OF_TASK_RUN = 't:';
export const taskRunField = (id: string): string => FIELD_OF_TASK_RUN + id;

/** From the fields of its document (`start`, `head`, `t:<id>`). */
export function loadRun(fields: ReadonlyMap<string, string>): Run {
  const taskRuns: TaskRun[] = [];
  for (const [field, json] of fields)
    if (field.startsWith(FIELD_OF_TASK_RUN)) taskRuns.push(JSON.parse(json) as TaskRun);
  taskRuns.sort((a, b) => a.index - b.index);
  const start = JSON.parse(fields.get('start')!) as ExecutionStart;
  return applyChange(undefined, {
    start,
    head: JSON.parse(fields.get('head')!) as ExecutionHead,
    taskRuns,
    removed: [],
  });
}

/** A run that begins with this change, or the run with the change applied in place. */
export function applyChange(run: Run | undefined, change: Change): Run {
  const owned = (run ?? emptyRun(change)) as OwnedRun;
  if (change.start) owned.start = change.start;
  if (change.head) owned.head = change.head;
  const scopeOf = (key: string): Scope => {
    let scope = owned.scopes.get(key);
    if (!scope) owned.scopes.set(key, (scope = emptyScope()));
    return scope;
  };
  for (const id of change.removed) remove(owned, id, scopeOf);
  for (const taskRun of change.taskRuns) {
    const before = owned.taskRuns.get(taskRun.id);
    if (taskRun.index >= owned.nextIndex) owned.nextIndex = taskRun.index + 1;
    owned.taskRuns.set(taskRun.id, taskRun);
    if (!before) {
      note(owned.byTask, taskRun.taskId, taskRun.id);
      note(owned.byParent, taskRun.parentId ?? '', taskRun.id);
    }
    count(scopeOf, before, taskRun);
    const lives = !isEnded(stateOf(taskRun.history));
    keep(owned.live, taskRun.id, lives);
    keep(owned.owners, taskRun.id, lives && taskRun.attempts.length === 0);
  }
  return owned;
}

function remove(run: OwnedRun, id: string, scopeOf: (key: string) => Scope): void {
  const before = run.taskRuns.get(id);
  if (!before) return;
  run.taskRuns.delete(id);
  run.live.delete(id);
  run.owners.delete(id);
  run.byTask.get(before.taskId)!.delete(id);
  run.byParent.get(before.parentId ?? '')?.delete(id);
  run.byParent.delete(id);
  count(scopeOf, before, undefined);
}

function keep(ids: Set<string>, id: string, belongs: boolean): void {
  if (belongs) ids.add(id);
  else ids.delete(id);
}

function note(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key);
  if (ids) ids.add(id);
  else index.set(key, new Set([id]));
}

const emptyRun = ({ start, head }: Change): OwnedRun => ({
  start: start!,
  head: head!,
  taskRuns: new Map(),
  byTask: new Map(),
  byParent: new Map(),
  scopes: new Map(),
  live: new Set(),
  owners: new Set(),
  nextIndex: 0,
});
