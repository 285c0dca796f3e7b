/**
 * What one step has changed so far, over a run that stays as it is (E1): task runs, scopes and head are copied when they
 * change. `finish` gives the step.
 */
import { attemptRef, type ExecutionHead, type ExecutionStart, type TaskRun } from '../model/execution.ts';
import type { Flow, Task } from '../model/flow.ts';
import { derivedId } from '../model/ids.ts';
import { isEnded, stateOf } from '../model/state.ts';
import type { Change, Effect } from './effect.ts';
import type { Run } from './run.ts';
import { count, emptyScope, type Scope, scopeKey } from './scope.ts';

/** A commit adds at most this many task runs: ten thousand at once stop Redis for 50 ms. */
export const TASK_RUNS_MAX = 500;

export type SealOutput = (executionId: string, outputId: string, text: string) => unknown;

export class Draft {
  readonly flow: Flow;
  readonly nowMs: number;
  readonly epoch: number;
  readonly seal: SealOutput | undefined;
  start: ExecutionStart;
  readonly effects: Effect[] = [];
  /** Owners (a flowable's task run, '' for the flow) that must be looked at again, with the iterations in which one ended. */
  readonly #woken = new Map<string, Set<number>>();
  readonly #run: Run | undefined;
  readonly #taskRuns = new Map<string, TaskRun>();
  readonly #scopes = new Map<string, Scope>();
  readonly #created = new Map<string, string[]>();
  #head: ExecutionHead;
  #headChanged: boolean;
  #createdCount = 0;
  #asksToContinue = false;

  constructor(
    run: Run | undefined,
    begin: { readonly start: ExecutionStart; readonly head: ExecutionHead },
    facts: { readonly flow: Flow; readonly nowMs: number; readonly epoch: number; readonly seal?: SealOutput },
  ) {
    this.#run = run;
    this.start = begin.start;
    this.#head = begin.head;
    this.#headChanged = run === undefined;
    this.flow = facts.flow;
    this.nowMs = facts.nowMs;
    this.epoch = facts.epoch;
    this.seal = facts.seal;
  }

  get head(): ExecutionHead {
    return this.#head;
  }

  set head(head: ExecutionHead) {
    this.#head = head;
    this.#headChanged = true;
  }

  wake(parentId: string | undefined, iteration?: number): void {
    const owner = parentId ?? '';
    let touched = this.#woken.get(owner);
    if (!touched) this.#woken.set(owner, (touched = new Set()));
    if (iteration !== undefined) touched.add(iteration);
  }

  /** The next owner to look at. */
  woken(): { readonly id: string | undefined; readonly touched: ReadonlySet<number> } | undefined {
    for (const [owner, touched] of this.#woken) {
      this.#woken.delete(owner);
      return { id: owner || undefined, touched };
    }
    return undefined;
  }

  get taskRunCount(): number {
    return (this.#run?.taskRuns.size ?? 0) + this.#createdCount;
  }

  /** Whether one more task run may be created in this step; asking in vain means going on in another. */
  mayCreate(): boolean {
    if (this.#createdCount < TASK_RUNS_MAX) return true;
    this.#asksToContinue = true;
    return false;
  }

  taskRun(id: string): TaskRun | undefined {
    return this.#taskRuns.get(id) ?? this.#run?.taskRuns.get(id);
  }

  /** All task runs of a task, oldest first. */
  taskRunsOf(taskId: string): readonly string[] {
    const old = this.#run?.byTask.get(taskId) ?? [];
    const created = this.#created.get(taskId);
    return created ? [...old, ...created] : old;
  }

  *live(): Iterable<TaskRun> {
    for (const id of this.#run?.live ?? []) {
      const taskRun = this.taskRun(id)!;
      if (!isEnded(stateOf(taskRun.history))) yield taskRun;
    }
    for (const [id, taskRun] of this.#taskRuns)
      if (!this.#run?.taskRuns.has(id) && !isEnded(stateOf(taskRun.history))) yield taskRun;
  }

  put(taskRun: TaskRun): void {
    const before = this.taskRun(taskRun.id);
    if (!before) {
      this.#createdCount++;
      const ids = this.#created.get(taskRun.taskId);
      if (ids) ids.push(taskRun.id);
      else this.#created.set(taskRun.taskId, [taskRun.id]);
    }
    this.#taskRuns.set(taskRun.id, taskRun);
    count((key) => this.#ownScope(key), before, taskRun);
  }

  scope(parentId: string | undefined, list: string, iteration?: number): Readonly<Scope> {
    const key = scopeKey(parentId, list, iteration);
    return this.#scopes.get(key) ?? this.#run?.scopes.get(key) ?? NO_SCOPE;
  }

  /** The id of a task run follows from where it stands (B3). */
  idOf(task: Task, parentId: string | undefined, list: string, iteration: number | undefined): string {
    return derivedId(this.start.id, this.start.incarnation, parentId ?? '', list, iteration ?? '', task.id);
  }

  refOf(taskRun: TaskRun): string {
    return attemptRef(this.start.id, taskRun.id, taskRun.attempts.length);
  }

  finish(): { readonly change: Change; readonly effects: readonly Effect[] } {
    if (this.#asksToContinue) this.effects.push({ kind: 'continue' });
    const change: Change = {
      ...(this.#run === undefined ? { start: this.start } : {}),
      ...(this.#headChanged ? { head: this.#head } : {}),
      taskRuns: [...this.#taskRuns.values()],
    };
    return { change, effects: this.effects };
  }

  #ownScope(key: string): Scope {
    let scope = this.#scopes.get(key);
    if (!scope) {
      const known = this.#run?.scopes.get(key);
      scope = known ? { ...known } : emptyScope();
      this.#scopes.set(key, scope);
    }
    return scope;
  }
}

const NO_SCOPE: Readonly<Scope> = emptyScope();
