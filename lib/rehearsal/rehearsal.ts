/**
 * Executions in memory and in virtual time, without Redis, threads or network: the pure step, and what owner, workers and post of
 * an installation do with its effects, each at once. Tests of flows run in it, and our own tests of the engine.
 */
import type { Change, Effect } from '../execution/effect.ts';
import { applyChange, type Run } from '../execution/run.ts';
import { type Step, step } from '../execution/step.ts';
import { resolveInputs } from '../flow/inputs.ts';
import { type ExecutionStart, isOver } from '../model/execution.ts';
import type { Flow, Labels } from '../model/flow.ts';
import { derivedId } from '../model/ids.ts';
import { callName, type Letter } from '../model/letter.ts';
import type { Message } from '../model/message.ts';
import type { Problem } from '../model/problem.ts';
import type { Answer, Answered, Question } from '../model/question.ts';
import { type State, stateOf } from '../model/state.ts';
import { Agenda } from './agenda.ts';
import { Crew } from './crew.ts';
import type { Given, RehearsalOptions, Said, SaidLine } from './options.ts';
import { carry } from './post.ts';

const EVENTS_MAX = 100_000;

interface Known {
  run: Run;
  readonly flow: Flow;
  over: boolean;
}

export class Rehearsal {
  nowMs: number;
  /** How many messages were taken. */
  steps = 0;
  /** What the engine itself says. */
  readonly lines: SaidLine[] = [];
  readonly #options: RehearsalOptions;
  readonly #flows = new Map<string, Flow>();
  readonly #known = new Map<string, Known>();
  readonly #agenda = new Agenda((name, dueMs) =>
    this.tell(name.slice(0, name.indexOf('/')), { kind: 'timer', name, dueMs }),
  );
  readonly #letters = new Map<string, Letter>();
  readonly #crew: Crew;
  /** Killed before they began: they never do. */
  readonly #never = new Set<string>();
  readonly #awaited = new Set<Promise<void>>();
  #broken: unknown;

  constructor(options: RehearsalOptions) {
    this.#options = options;
    this.nowMs = options.beginMs;
    this.#crew = new Crew({
      now: () => this.nowMs,
      later: (ms, act) => this.#later(ms, act),
      wait: (promise, act) => this.#wait(promise, act),
      tell: (id, message) => this.tell(id, { ...message }),
      goesOn: options.goesOn ?? false,
      outcome: (item) => options.outcome(this.run(item.ref.slice(0, item.ref.indexOf('/'))), item),
    });
  }

  add(flow: Flow): void {
    this.#flows.set(`${flow.namespace}.${flow.id}`, flow);
  }

  /** The execution's id, or why the inputs are refused. */
  begin({ inputs = {}, labels = {}, flow: name, ...rest }: Given = {}): string | readonly Problem[] {
    const flow = this.#flows.get(name ?? this.#flows.keys().next().value!)!;
    const id = rest.id ?? derivedId('engine', this.#known.size);
    const resolved = resolveInputs(flow, inputs);
    if (resolved.problems.length > 0) return resolved.problems;
    const { tenant, namespace, id: flowId, hash } = flow;
    const start = {
      id,
      flow: { tenant, namespace, id: flowId, revision: 1, hash },
      inputs: resolved.inputs,
      originalId: id,
      principal: 'test',
      createdAtMs: this.nowMs,
      incarnation: 0,
      ...rest,
    };
    this.#begin(start, { ...flow.labels, ...labels });
    return id;
  }

  /** An execution that was put together from another one, and goes on. */
  launch(change: Change, flow: Flow): string {
    const run = applyChange(undefined, change);
    const { id, incarnation } = run.start;
    this.#known.set(id, { run, flow, over: false });
    this.tell(id, { kind: 'goOn', incarnation });
    return id;
  }

  /** A message to an execution, as of now. */
  tell(executionId: string, message: Said): void {
    this.#take({ v: 1, executionId, atMs: this.nowMs, ...message } as Message);
  }

  /** A command of somebody to the execution as it is. */
  order(id: string, kind: Message['kind'], more: object = {}): void {
    if (kind === 'kill') this.#crew.killing.add(id);
    this.tell(id, { kind, incarnation: this.run(id).start.incarnation, principal: 'somebody', ...more });
  }

  /** Until nothing more happens by itself, or until `untilMs`, or for so many events. What is awaited is not waited for. */
  play({ untilMs = Number.POSITIVE_INFINITY, events = EVENTS_MAX } = {}): this {
    for (let n = 0; n < events; n++) {
      if (n === EVENTS_MAX - 1) throw new Error('expected an end, got events without one');
      if (!this.#next(untilMs)) break;
    }
    if (untilMs < Number.POSITIVE_INFINITY) this.nowMs = Math.max(this.nowMs, untilMs);
    return this;
  }

  /** Until nothing more happens by itself. Time stands still while something is awaited. */
  async playOut(): Promise<void> {
    for (let n = 0; n < EVENTS_MAX; n++) {
      if (this.#broken !== undefined) throw this.#broken;
      if (this.#next(this.nowMs)) continue;
      if (this.#awaited.size > 0) await Promise.race(this.#awaited);
      else if (!this.#next(Number.POSITIVE_INFINITY)) return;
    }
    throw new Error('expected an end, got events without one');
  }

  readonly run = (id: string): Run => this.#known.get(id)!.run;
  readonly flowOf = (id: string): Flow => this.#known.get(id)!.flow;
  readonly state = (id: string): State => stateOf(this.run(id).head.history);
  /** Nothing more happens to it. */
  readonly isOver = (id: string): boolean => this.#known.get(id)!.over;

  get ids(): readonly string[] {
    return [...this.#known.keys()];
  }

  get isQuiet(): boolean {
    return this.#agenda.isEmpty;
  }

  /** False: nothing is due until then. */
  #next(untilMs: number): boolean {
    const next = this.#agenda.next(untilMs);
    if (!next) return false;
    this.nowMs = Math.max(this.nowMs, next.atMs);
    next.act();
    return true;
  }

  #later(ms: number, act: () => void): void {
    this.#agenda.at(this.nowMs + ms, act);
  }

  #wait<T>(promise: Promise<T>, act: (value: T) => void): void {
    const awaited: Promise<void> = promise
      .then(act)
      .catch((error: unknown) => {
        this.#broken = error;
      })
      .finally(() => this.#awaited.delete(awaited));
    this.#awaited.add(awaited);
  }

  #begin(start: ExecutionStart, labels: Labels): void {
    const { id: executionId } = start;
    if (this.#known.has(executionId) || this.#never.has(executionId)) return;
    this.tell(executionId, { kind: 'start', start, labels });
  }

  #take(message: Message, answers: readonly Answered[] = []): void {
    this.steps++;
    const taken = this.#step(message, answers);
    if (taken.kind === 'unchanged') return this.#unmet(message);
    if (taken.kind === 'needs') return this.#ask(message, taken.questions, answers);
    const { executionId } = message;
    const before = this.#known.get(executionId);
    this.#options.judge?.(message, before?.run, taken.change);
    const run = applyChange(before?.run, taken.change);
    const known = before ?? { run, flow: this.#flowOf(message)!, over: false };
    known.run = this.#options.keep?.(run) ?? run;
    known.over = isOver(run.head);
    this.#known.set(executionId, known);
    for (const effect of taken.effects) this.#do(known, effect);
    this.#options.after?.(message, () => this.#step(message, answers));
  }

  /** The message is taken again with the answers. */
  #ask(message: Message, questions: readonly Question[], before: readonly Answered[]): void {
    const { answer } = this.#options;
    if (!answer) throw new Error(`a step asks: ${JSON.stringify(questions)}`);
    const run = this.#known.get(message.executionId)?.run;
    const found = questions.map((question) => answer(question, run));
    const learn = (answers: readonly Answer[]): void =>
      this.#take(message, [...before, ...answers.map((each, n) => ({ question: questions[n]!, answer: each }))]);
    if (found.some((each) => each instanceof Promise)) this.#wait(Promise.all(found), learn);
    else learn(found as Answer[]);
  }

  #flowOf(message: Message): Flow | undefined {
    const hash = message.kind === 'start' ? message.start.flow.hash : undefined;
    return this.#known.get(message.executionId)?.flow ?? [...this.#flows.values()].find((flow) => flow.hash === hash);
  }

  #step(message: Message, answers: readonly Answered[]): Step {
    const { installation } = this.#options;
    const run = this.#known.get(message.executionId)?.run;
    const flow = this.#flowOf(message) ?? 'no such flow';
    return step(run, message, { nowMs: this.nowMs, epoch: 1, flow, installation, answers });
  }

  /** A kill came too late. Nobody waits for an end any more, but what was to be killed may have another one in its place. */
  #unmet(message: Message): void {
    if (message.kind === 'kill' && this.run(message.executionId).head.closing)
      this.#crew.killing.delete(message.executionId);
    if (message.kind !== 'childEnded' || message.nextId === undefined) return;
    const name = callName(message.executionId, message.taskRunId, message.attempt);
    const letter = this.#letters.get(name);
    if (letter?.kind === 'kill' && letter.id === message.childId) this.#post(name, { ...letter, id: message.nextId });
  }

  #post(name: string, letter: Letter): void {
    this.#letters.set(name, letter);
    this.#later(0, () => {
      if (this.#letters.get(name) !== letter) return;
      carry(letter, {
        flowOf: (called) => this.#flows.get(called),
        begin: (start, labels) => this.#begin(start, labels),
        hear: (id, said) => this.#hear(id, said),
        forbid: (id) => this.#never.add(id),
      });
    });
  }

  #hear(executionId: string, message: Said): boolean {
    if (!this.#known.has(executionId)) return false;
    if (message.kind === 'kill' && !this.isOver(executionId)) this.#crew.killing.add(executionId);
    this.tell(executionId, message);
    return true;
  }

  #do(known: Known, effect: Effect): void {
    const { id } = known.run.start;
    switch (effect.kind) {
      case 'runTask':
        return this.#crew.offer(effect.item);
      case 'keepTask':
        return;
      case 'still':
        if (effect.still) this.#crew.still.add(id);
        else this.#crew.still.delete(id);
        return;
      case 'closeAttempt':
        return this.#crew.close(effect.ref);
      case 'revokeAttempt':
        return this.#crew.revoke(effect.ref);
      case 'setTimer':
        return this.#agenda.setTimer(effect.name, effect.dueMs);
      case 'dropTimer':
        return this.#agenda.dropTimer(effect.name);
      case 'send':
        return this.#post(effect.name, effect.letter);
      case 'unsend':
        this.#letters.delete(effect.name);
        return;
      case 'log':
        this.lines.push({ executionId: id, level: effect.level, message: effect.message });
        return;
      case 'continue':
        return this.#later(0, () => this.tell(id, { kind: 'continue' }));
      case 'liftKill':
      case 'end':
        this.#crew.killing.delete(id);
    }
  }
}
