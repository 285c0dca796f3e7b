/**
 * The rehearsal (lib/rehearsal) of a test of ours. What every step must keep is judged as it goes: transitions are legal, a
 * message that comes twice changes nothing, and what is kept gives the same execution when it is read anew.
 */
import assert from 'node:assert/strict';
import type { Run } from '../../lib/execution/run.ts';
import { parseFlow } from '../../lib/flow/parse.ts';
import type { Flow } from '../../lib/model/flow.ts';
import type { Installation } from '../../lib/model/installation.ts';
import type { Message } from '../../lib/model/message.ts';
import type { Answer, Question } from '../../lib/model/question.ts';
import type { Given } from '../../lib/rehearsal/options.ts';
import { Rehearsal } from '../../lib/rehearsal/rehearsal.ts';
import { judgeChange, judgeRun, listOf, reread } from './engine-rules.ts';
import { outcomeOf, plugins, type Script } from './task-outcomes.ts';

const BEGIN_MS = 1_800_000_000_000;
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
  /** Workers go on by themselves with what follows. */
  readonly goesOn?: boolean;
}

export class Engine extends Rehearsal {
  readonly #sources: Map<string, string>;
  /** Not judged since. */
  readonly #changed: Map<string, Run>;

  constructor(sources: string | readonly string[], options: EngineOptions = {}) {
    const { script = {}, installation, answer, forgetful, goesOn } = options;
    const written = new Map<string, string>();
    const changed = new Map<string, Run>();
    super({
      beginMs: BEGIN_MS,
      installation,
      answer,
      goesOn,
      outcome: (run, item) =>
        outcomeOf({ run, item, definition: written.get(run.start.flow.hash)!, script }, installation),
      judge: (message, before, change) => judgeChange(before, change, REOPENS.has(message.kind)),
      keep: (run) => {
        const kept = forgetful ? reread(run) : run;
        changed.set(run.start.id, kept);
        return kept;
      },
      after: (message, again) => {
        if (ONCE.has(message.kind)) return;
        const twice = again();
        assert.equal(twice.kind, 'unchanged', `${message.kind} came twice: ${JSON.stringify(twice)}`);
      },
    });
    this.#sources = written;
    this.#changed = changed;
    for (const source of [sources].flat()) this.save(source);
  }

  save(source: string): Flow {
    const { flow, problems } = parseFlow(source, plugins.catalogue, { tenant: 'main' });
    assert.ok(flow, JSON.stringify(problems));
    this.#sources.set(flow.hash, source);
    this.add(flow);
    return flow;
  }

  /** The execution's id. */
  start(given: Given = {}): string {
    const id = this.begin(given);
    assert.ok(typeof id === 'string', JSON.stringify(id));
    return id;
  }

  override play(limits: Parameters<Rehearsal['play']>[0] = {}): this {
    super.play(limits);
    for (const run of this.#changed.values()) judgeRun(run);
    this.#changed.clear();
    return this;
  }

  elapse(ms: number): this {
    return this.play({ untilMs: this.nowMs + ms });
  }

  readonly list = (id: string): readonly string[] => listOf(this.run(id));
}
