/**
 * Executions through the pure step in virtual time, without Redis and threads: what owner, workers and post of an installation
 * do with a step's effects, each at once. What every step must keep is judged as it goes: transitions are legal, a message that
 * comes twice changes nothing, and what is kept gives the same execution when it is read anew.
 */
import assert from 'node:assert/strict';
import type { Item } from '../../lib/bus/queues.ts';
import type { Change, Effect } from '../../lib/execution/effect.ts';
import { applyChange, type Run } from '../../lib/execution/run.ts';
import type { Step } from '../../lib/execution/step.ts';
import { resolveInputs } from '../../lib/flow/inputs.ts';
import { parseFlow } from '../../lib/flow/parse.ts';
import { type ExecutionStart, isOver, parseAttemptRef } from '../../lib/model/execution.ts';
import type { Flow, Labels } from '../../lib/model/flow.ts';
import { derivedId } from '../../lib/model/ids.ts';
import type { Installation } from '../../lib/model/installation.ts';
import { callName, type Letter } from '../../lib/model/letter.ts';
import type { ChildEndedMessage, Message } from '../../lib/model/message.ts';
import type { Answer, Question } from '../../lib/model/question.ts';
import { type State, stateOf } from '../../lib/model/state.ts';
import { Agenda } from './engine-agenda.ts';
import { carry } from './engine-post.ts';
import { judgeChange, judgeRun, listOf, reread, stepAnswered } from './engine-rules.ts';
import { outcomeOf, plugins, type Script, type TaskOutcome } from './task-outcomes.ts';

const BEGIN_MS = 1_800_000_000_000;
const EVENTS_MAX = 100_000;
const TOLD_MS = 1_000;
/** Those of an owner's own making come once; what is forced goes on to the next thing that waits. */
const ONCE: ReadonlySet<Message['kind']> = new Set(['timer', 'continue', 'forceRun']);
const REOPENS: ReadonlySet<Message['kind']> = new Set(['restart', 'changeTaskRun', 'changeState']);

export interface EngineOptions {
  /** How tasks end. */
  readonly script?: Script;
  readonly installation?: Installation;
  /** To what steps ask. */
  readonly answer?: (question: Question) => Answer;
  /** Each execution is read anew after each step, as by another owner. */
  readonly forgetful?: boolean;
}

/** A message without what all have. */
interface Said {
  readonly kind: Message['kind'];
  readonly [field: string]: unknown;
}

interface Known {
  run: Run;
  readonly flow: Flow;
  over: boolean;
}

interface Given extends Partial<Pick<ExecutionStart, 'scheduleDateMs' | 'principal'>> {
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly labels?: Labels;
  /** Namespace and id of the flow; absent: the first. */
  readonly flow?: string;
}

export class Engine {
  nowMs = BEGIN_MS;
  /** How many messages were taken. */
  steps = 0;
  readonly lines: { readonly executionId: string; readonly level: string; readonly message: string }[] = [];
  readonly #options: EngineOptions;
  readonly #flows = new Map<string, Flow>();
  readonly #sources = new Map<string, string>();
  readonly #known = new Map<string, Known>();
  /** Not judged since. */
  readonly #changed = new Set<Known>();
  readonly #agenda = new Agenda((name, dueMs) =>
    this.tell(name.slice(0, name.indexOf('/')), { kind: 'timer', name, dueMs }),
  );
  readonly #letters = new Map<string, Letter>();
  readonly #open = new Map<string, string>();
  readonly #claimed = new Map<string, (outcome: TaskOutcome) => void>();
  readonly #killing = new Set<string>();
  /** Killed before they began: they never do. */
  readonly #never = new Set<string>();

  constructor(sources: string | readonly string[], options: EngineOptions = {}) {
    this.#options = options;
    for (const source of [sources].flat()) this.save(source);
  }

  save(source: string): Flow {
    const { flow, problems } = parseFlow(source, plugins.catalogue, { tenant: 'main' });
    assert.ok(flow, JSON.stringify(problems));
    this.#flows.set(`${flow.namespace}.${flow.id}`, flow);
    this.#sources.set(flow.hash, source);
    return flow;
  }

  /** The execution's id. */
  start({ inputs = {}, labels = {}, flow: name, ...rest }: Given = {}): string {
    const flow = this.#flows.get(name ?? this.#flows.keys().next().value!)!;
    const id = derivedId('engine', this.#known.size);
    const resolved = resolveInputs(flow, inputs);
    assert.deepEqual(resolved.problems, []);
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
    if (kind === 'kill') this.#killing.add(id);
    this.tell(id, { kind, incarnation: this.run(id).start.incarnation, principal: 'somebody', ...more });
  }

  /** Until nothing more happens by itself, or until `untilMs`, or for so many events. */
  play({ untilMs = Number.POSITIVE_INFINITY, events = EVENTS_MAX } = {}): this {
    for (let n = 0; n < events; n++) {
      assert.ok(n < EVENTS_MAX - 1, 'expected an end, got events without one');
      const next = this.#agenda.next(untilMs);
      if (!next) break;
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.act();
    }
    if (untilMs < Number.POSITIVE_INFINITY) this.nowMs = Math.max(this.nowMs, untilMs);
    for (const known of this.#changed) judgeRun(known.run);
    this.#changed.clear();
    return this;
  }

  elapse(ms: number): this {
    return this.play({ untilMs: this.nowMs + ms });
  }

  readonly run = (id: string): Run => this.#known.get(id)!.run;
  readonly flowOf = (id: string): Flow => this.#known.get(id)!.flow;
  readonly state = (id: string): State => stateOf(this.run(id).head.history);
  readonly list = (id: string): readonly string[] => listOf(this.run(id));
  /** Nothing more happens to it. */
  readonly isOver = (id: string): boolean => this.#known.get(id)!.over;

  get ids(): readonly string[] {
    return [...this.#known.keys()];
  }

  get isQuiet(): boolean {
    return this.#agenda.isEmpty;
  }

  #later(ms: number, act: () => void): void {
    this.#agenda.at(this.nowMs + ms, act);
  }

  #begin(start: ExecutionStart, labels: Labels): void {
    const { id: executionId } = start;
    if (this.#known.has(executionId) || this.#never.has(executionId)) return;
    this.tell(executionId, { kind: 'start', start, labels });
  }

  #take(message: Message): void {
    this.steps++;
    const taken = this.#step(message);
    if (taken.kind === 'unchanged') return this.#unmet(message);
    assert.ok(taken.kind === 'changed', `a step asks: ${JSON.stringify(taken)}`);
    const { executionId } = message;
    const before = this.#known.get(executionId);
    judgeChange(before?.run, taken.change, REOPENS.has(message.kind));
    const run = applyChange(before?.run, taken.change);
    const known = before ?? { run, flow: this.#flowOf(message)!, over: false };
    known.run = this.#options.forgetful ? reread(run) : run;
    known.over = isOver(run.head);
    this.#known.set(executionId, known);
    this.#changed.add(known);
    for (const effect of taken.effects) this.#do(known, effect);
    if (ONCE.has(message.kind)) return;
    const again = this.#step(message);
    assert.equal(again.kind, 'unchanged', `${message.kind} came twice: ${JSON.stringify(again)}`);
  }

  #flowOf(message: Message): Flow | undefined {
    const hash = message.kind === 'start' ? message.start.flow.hash : undefined;
    return this.#known.get(message.executionId)?.flow ?? [...this.#flows.values()].find((flow) => flow.hash === hash);
  }

  #step(message: Message): Step {
    const { installation, answer } = this.#options;
    const run = this.#known.get(message.executionId)?.run;
    const flow = this.#flowOf(message) ?? 'no such flow';
    return stepAnswered(run, message, { nowMs: this.nowMs, epoch: 1, flow, installation }, answer);
  }

  /** A kill came too late. Nobody waits for an end any more, but what was to be killed may have another one in its place. */
  #unmet(message: Message): void {
    if (message.kind === 'kill' && this.run(message.executionId).head.closing)
      this.#killing.delete(message.executionId);
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
        hear: (said) => this.#hear(said as ChildEndedMessage),
        forbid: (id) => this.#never.add(id),
      });
    });
  }

  #hear(message: Pick<Message, 'kind' | 'executionId'>): boolean {
    if (!this.#known.has(message.executionId)) return false;
    if (message.kind === 'kill' && !this.isOver(message.executionId)) this.#killing.add(message.executionId);
    this.tell(message.executionId, { ...message });
    return true;
  }

  #do(known: Known, effect: Effect): void {
    const { id } = known.run.start;
    switch (effect.kind) {
      case 'runTask':
        this.#open.set(effect.item.ref, effect.item.delivery);
        return this.#later(0, () => this.#claim(known, { ...effect.item, version: '' }));
      case 'closeAttempt':
        this.#open.delete(effect.ref);
        return;
      case 'revokeAttempt': {
        const answer = this.#claimed.get(effect.ref);
        if (this.#claimed.delete(effect.ref)) this.#later(0, () => answer!({ state: 'KILLED' }));
        return;
      }
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
        this.#killing.delete(id);
    }
  }

  /** A worker's part: claims, runs, answers. */
  #claim(known: Known, item: Item): void {
    const { ref, delivery } = item;
    const place = parseAttemptRef(ref);
    if (this.#open.get(ref) !== delivery || this.#killing.has(place.executionId)) return;
    const { script = {}, installation } = this.#options;
    const outcome = outcomeOf(
      { run: known.run, item, definition: this.#sources.get(known.run.start.flow.hash)!, script },
      installation,
    );
    if (outcome.unclaimed) return;
    const { ms = 0 } = outcome;
    const by = { ...place, token: `token/${ref}/${delivery}`, workerId: 'worker' };
    if (ms >= TOLD_MS) this.tell(by.executionId, { ...by, kind: 'taskStarted', delivery });
    const startedAtMs = this.nowMs;
    const answer = ({ state = 'SUCCESS', outputs, update, reason }: TaskOutcome): void =>
      this.tell(by.executionId, {
        ...{ ...by, kind: 'taskEnded', state, startedAtMs, endedAtMs: this.nowMs, lines: 0 },
        ...{ outputs, update, reason },
      });
    this.#claimed.set(ref, answer);
    this.#later(ms, () => this.#claimed.delete(ref) && answer(outcome));
  }
}
