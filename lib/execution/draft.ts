/** What one step has changed so far, over a run that stays as it is (E1): what changes is copied first. `finish` gives the step. */
import { answersFrom, questionKey, seededRandom, type World } from '../expression/world.ts';
import { attemptRef, type ExecutionHead, type ExecutionStart, placedId, type TaskRun } from '../model/execution.ts';
import type { Flow, Task } from '../model/flow.ts';
import { type Installation, NO_INSTALLATION } from '../model/installation.ts';
import type { Level } from '../model/log-line.ts';
import type { Answer, Answered, Question } from '../model/question.ts';
import { entering, isEnded, type State, stateOf } from '../model/state.ts';
import type { Change, Effect } from './effect.ts';
import { openedAnswer } from './opened.ts';
import { Opener, type StepSecrets } from './opener.ts';
import type { Run } from './run.ts';
import { count, emptyScope, type Scope, scopeKey } from './scope.ts';
import { type TimerKind, timerName } from './timer-name.ts';

/** A commit adds at most this many task runs: ten thousand at once stop Redis for 50 ms. */
export const TASK_RUNS_MAX = 500;

interface DraftFacts {
  readonly flow: Flow;
  readonly nowMs: number;
  /** When the message was sent. */
  readonly saidAtMs: number;
  readonly epoch: number;
  readonly answers?: readonly Answered[];
  readonly installation?: Installation;
  readonly secrets?: StepSecrets;
}

export class Draft {
  readonly flow: Flow;
  readonly nowMs: number;
  readonly epoch: number;
  readonly opener: Opener;
  readonly effects: Effect[] = [];
  /** What must be known before the step can be made. */
  readonly questions: Question[] = [];
  /** Owners (a flowable's task run, '' for the flow) that must be looked at again, with the iterations in which one ended. */
  readonly #woken = new Map<string, Set<number>>();
  readonly #run: Run | undefined;
  readonly #taskRuns = new Map<string, TaskRun>();
  readonly #removed = new Set<string>();
  readonly #scopes = new Map<string, Scope>();
  /** Ids of the task runs that are new, by their task and by their parent. */
  readonly #newByTask = new Map<string, string[]>();
  readonly #newByParent = new Map<string, string[]>();
  #start: ExecutionStart;
  #startChanged: boolean;
  #head: ExecutionHead;
  #headChanged: boolean;
  #createdCount = 0;
  readonly installation: Installation;
  readonly #saidAtMs: number;
  readonly #answers: ReadonlyMap<string, Answer>;
  #rendered = 0;
  /** One of the flow's own tasks has ended in this step. */
  hasEndedTasks = false;
  #asksToContinue = false;

  constructor(
    run: Run | undefined,
    begin: { readonly start: ExecutionStart; readonly head: ExecutionHead },
    facts: DraftFacts,
  ) {
    this.#run = run;
    this.#start = begin.start;
    this.#startChanged = run === undefined;
    this.#head = begin.head;
    this.#headChanged = run === undefined;
    this.flow = facts.flow;
    this.nowMs = facts.nowMs;
    this.epoch = facts.epoch;
    this.opener = new Opener(facts.secrets);
    this.installation = facts.installation ?? NO_INSTALLATION;
    this.#saidAtMs = facts.saidAtMs;
    this.#answers = new Map(facts.answers?.map(({ question, answer }) => [questionKey(question), answer]));
  }

  /**
   * What expressions may ask, at a place: the time of the message, dice that follow from the place, what was found out. Taken
   * again with answers, the step must ask the same: so neither time nor dice are those of the second try.
   */
  world(place: string): World {
    const seed = `${this.start.id}/${place}/${this.#saidAtMs}/${this.#rendered++}`;
    const known = answersFrom(this.#answers)!;
    return {
      nowMs: this.#saidAtMs,
      timeZone: this.installation.timeZone,
      random: seededRandom(seed),
      answer: (question) => openedAnswer(question, known(question), this.start.id, this.opener.open),
    };
  }

  get start(): ExecutionStart {
    return this.#start;
  }

  set start(start: ExecutionStart) {
    this.#start = start;
    this.#startChanged = true;
  }

  get head(): ExecutionHead {
    return this.#head;
  }

  set head(head: ExecutionHead) {
    this.#head = head;
    this.#headChanged = true;
  }

  get state(): State {
    return stateOf(this.#head.history);
  }

  enter(...states: readonly State[]): void {
    for (const state of states) this.head = { ...this.#head, history: entering(this.#head.history, state, this.nowMs) };
  }

  wake(parentId: string | undefined, iteration?: number): void {
    const owner = parentId ?? '';
    let touched = this.#woken.get(owner);
    if (!touched) this.#woken.set(owner, (touched = new Set()));
    if (iteration !== undefined) touched.add(iteration);
  }

  /** The flow and every flowable that has not ended. */
  wakeAll(): void {
    this.wake(undefined);
    for (const { id, taskId } of this.#living(this.#run?.owners))
      if (this.flow.taskOf.get(taskId)?.kind === 'flowable') this.wake(id);
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
    return (this.#run?.taskRuns.size ?? 0) + this.#createdCount - this.#removed.size;
  }

  get nextIndex(): number {
    return (this.#run?.nextIndex ?? 0) + this.#createdCount;
  }

  /** Whether one more task run may be created in this step; asking in vain means going on in another. */
  mayCreate(): boolean {
    if (this.#createdCount < TASK_RUNS_MAX) return true;
    this.#asksToContinue = true;
    return false;
  }

  taskRun(id: string): TaskRun | undefined {
    return this.#taskRuns.get(id) ?? (this.#removed.has(id) ? undefined : this.#run?.taskRuns.get(id));
  }

  taskOf({ taskId }: TaskRun): Task {
    return this.flow.taskOf.get(taskId)!;
  }

  /** All task runs of a task, oldest first. */
  taskRunsOf(taskId: string): readonly string[] {
    return this.#present(this.#run?.byTask.get(taskId), this.#newByTask.get(taskId));
  }

  /** All task runs right below a task run, or the flow, oldest first. */
  childrenOf(parentId: string | undefined): readonly string[] {
    const owner = parentId ?? '';
    return this.#present(this.#run?.byParent.get(owner), this.#newByParent.get(owner));
  }

  /** Every task run: for what is done to an execution as a whole. */
  *all(): Iterable<TaskRun> {
    for (const id of this.#run?.taskRuns.keys() ?? NOTHING) {
      const taskRun = this.taskRun(id);
      if (taskRun) yield taskRun;
    }
    for (const [id, taskRun] of this.#taskRuns) if (!this.#run?.taskRuns.has(id)) yield taskRun;
  }

  #present(old: Iterable<string> = NOTHING, created: readonly string[] = NOTHING): readonly string[] {
    const all = [...old, ...created];
    return this.#removed.size > 0 ? all.filter((id) => this.taskRun(id)) : all;
  }

  live(): Iterable<TaskRun> {
    return this.#living(this.#run?.live);
  }

  /** Of those before this step, and all that it has changed. */
  *#living(before: ReadonlySet<string> = NOBODY): Iterable<TaskRun> {
    for (const id of before) {
      const taskRun = this.taskRun(id);
      if (taskRun && !isEnded(stateOf(taskRun.history))) yield taskRun;
    }
    for (const [id, taskRun] of this.#taskRuns)
      if (!before.has(id) && !isEnded(stateOf(taskRun.history))) yield taskRun;
  }

  put(taskRun: TaskRun): void {
    const before = this.taskRun(taskRun.id);
    if (!before) {
      this.#createdCount++;
      note(this.#newByTask, taskRun.taskId, taskRun.id);
      note(this.#newByParent, taskRun.parentId ?? '', taskRun.id);
    }
    this.#taskRuns.set(taskRun.id, taskRun);
    count((key) => this.#ownScope(key), before, taskRun);
  }

  /** Takes away a task run of an earlier step. */
  remove({ id }: TaskRun): void {
    const before = this.taskRun(id)!;
    this.#taskRuns.delete(id);
    this.#removed.add(id);
    count((key) => this.#ownScope(key), before, undefined);
  }

  scope(parentId: string | undefined, list: string, iteration?: number): Readonly<Scope> {
    const key = scopeKey(parentId, list, iteration);
    return this.#scopes.get(key) ?? this.#run?.scopes.get(key) ?? NO_SCOPE;
  }

  /** The id of a task run follows from where it stands (B3). */
  idOf(task: Task, parentId: string | undefined, list: string, iteration?: number): string {
    return placedId(this.start.id, this.start.incarnation, { taskId: task.id, parentId, list, iteration });
  }

  /** The task run that stands there, made by this incarnation of the execution or by an earlier one. */
  taskRunAt(task: Task, parentId: string | undefined, list: string, iteration?: number): TaskRun | undefined {
    const place = { taskId: task.id, parentId, list, iteration };
    for (let incarnation = this.start.incarnation; incarnation >= 0; incarnation--) {
      const taskRun = this.taskRun(placedId(this.start.id, incarnation, place));
      if (taskRun) return taskRun;
    }
    return undefined;
  }

  refOf(taskRun: TaskRun): string {
    return attemptRef(this.start.id, taskRun.id, taskRun.attempts.length);
  }

  setTimer(kind: TimerKind, about: string, dueMs: number): void {
    this.effects.push({ kind: 'setTimer', name: timerName(this.start.id, kind, about), dueMs });
  }

  dropTimer(kind: TimerKind, about: string): void {
    this.effects.push({ kind: 'dropTimer', name: timerName(this.start.id, kind, about) });
  }

  log(level: Level, message: string, taskRun?: TaskRun): void {
    this.effects.push({
      kind: 'log',
      level,
      message: this.opener.masked(message),
      ...(taskRun ? { taskRunId: taskRun.id } : {}),
    });
  }

  finish(): { readonly change: Change; readonly effects: readonly Effect[] } {
    if (this.#asksToContinue) this.effects.push({ kind: 'continue' });
    const change: Change = {
      ...(this.#startChanged ? { start: this.#start } : {}),
      ...(this.#headChanged ? { head: this.#head } : {}),
      taskRuns: [...this.#taskRuns.values()],
      removed: [...this.#removed],
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

function note(index: Map<string, string[]>, key: string, id: string): void {
  const ids = index.get(key);
  if (ids) ids.push(id);
  else index.set(key, [id]);
}

const NO_SCOPE: Readonly<Scope> = emptyScope();
const NOTHING: readonly string[] = [];
const NOBODY: ReadonlySet<string> = new Set();
