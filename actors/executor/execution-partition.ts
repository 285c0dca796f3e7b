/**
 * The executions of one partition, in their owner's memory. Loads them by their first message, steps, turns effects into the
 * batch, watches attempts, and lets ended ones go once every durable reader is behind them.
 */

import type { Bus } from '../../lib/bus/bus.ts';
import { GONE } from '../../lib/bus/feed.ts';
import type { Entry, Holding, Lease } from '../../lib/bus/ownership.ts';
import { textOf } from '../../lib/errors.ts';
import type { StepSecrets } from '../../lib/execution/opener.ts';
import { applyChange, loadRun, type Run, taskRunField } from '../../lib/execution/run.ts';
import { step } from '../../lib/execution/step.ts';
import type { Fields, Log } from '../../lib/log.ts';
import { attemptRef, isOver } from '../../lib/model/execution.ts';
import type { Installation } from '../../lib/model/installation.ts';
import { kinOf } from '../../lib/model/kin.ts';
import { askName, withAnswers } from '../../lib/model/letter.ts';
import type { AnswersMessage, FlowMessage, ForgetMessage, Message } from '../../lib/model/message.ts';
import { MESSAGE_FORMAT } from '../../lib/model/message.ts';
import type { Answered, Question } from '../../lib/model/question.ts';
import { askable } from './askable.ts';
import { type Attempts, resendOf } from './attempts.ts';
import type { Batch } from './batch.ts';
import type { Definitions } from './definitions.ts';
import type { Durations } from './durations.ts';
import { CONTINUE, Held } from './held.ts';
import { messagesApplied, reoffers, workersLost } from './numbers.ts';
import { BATCH_BYTES_MAX, BATCH_TASK_RUNS_MAX, type Moment, type PartitionActor, TRIES_MAX } from './partition.ts';
import type { Post } from './post.ts';
import { onUnmet } from './unmet.ts';

const TIMERS_MAX = 200;
/** They are about executions that the gate may have brought back. */
const BACK: ReadonlySet<Message['kind']> = new Set(['restart', 'goOn', 'changeTaskRun', 'changeState', 'relabel']);

export interface ExecutionParts {
  readonly bus: Bus;
  readonly definitions: Definitions;
  readonly durations: Durations;
  readonly post: Pick<Post, 'send'>;
  readonly secrets?: StepSecrets;
  readonly installation?: Installation;
  readonly log: Log;
}

interface Needs {
  readonly questions: readonly Question[];
  readonly answers: readonly Answered[] | undefined;
  readonly nowMs: number;
}

export class ExecutionPartition implements PartitionActor {
  readonly number: number;
  readonly #held: Held;
  readonly #parts: ExecutionParts;
  readonly #lease: Lease;
  readonly #runs = new Map<string, Run>();
  /** Ids of the documents that Redis holds. */
  readonly #documents: Set<string>;
  /** What the owner has to say to itself: lost workers, offers to repeat. */
  #own: Message[] = [];

  constructor(parts: ExecutionParts, lease: Lease, holding: Holding, nowMs: number) {
    this.#parts = parts;
    this.#lease = lease;
    this.number = holding.number;
    this.#documents = new Set(holding.documents);
    this.#held = new Held(holding, lease, parts.durations, nowMs);
    const unsent = new Set(holding.outbox);
    for (const { ref, delivery, claim } of holding.attempts)
      if (unsent.has(ref) && !claim) this.#own.push(resendOf(ref, delivery, nowMs));
  }

  get attempts(): Attempts {
    return this.#held.attempts;
  }

  get nextMs(): number {
    return this.#own.length > 0 ? 0 : this.#held.nextMs;
  }

  prepare(entries: readonly Entry[], nowMs: number): Promise<void> | undefined {
    const missing = new Set<string>();
    const hashes = new Set<string>();
    const need = (id: string) => {
      const run = this.#runs.get(id);
      if (run) this.#needFlow(hashes, run.start.flow.hash);
      else if (this.#documents.has(id)) missing.add(id);
    };
    const back = (message: Message) => BACK.has(message.kind) && !this.#runs.has(message.executionId);
    for (const { messages } of entries)
      for (const message of messages as readonly Message[]) {
        if (message.kind === 'start') this.#needFlow(hashes, message.start.flow.hash);
        if (message.kind === 'answers') this.#needAsked(hashes, message.name);
        need(message.executionId);
        if (back(message)) missing.add(message.executionId);
      }
    for (const { executionId } of this.#own) need(executionId);
    for (const [name] of this.#held.timers.due(nowMs, TIMERS_MAX)) need(name.slice(0, name.indexOf('/')));
    return missing.size + hashes.size > 0 ? this.#load(missing, hashes) : undefined;
  }

  plan(batch: Batch, entries: readonly Entry[], moment: Moment): void {
    const { nowMs } = moment;
    for (const message of this.#own.splice(0)) this.#take(batch, message, nowMs);
    for (const [name, dueMs] of this.#held.timers.due(nowMs, TIMERS_MAX)) this.#fire(batch, name, dueMs, nowMs);
    for (const entry of entries) {
      if (batch.taskRuns >= BATCH_TASK_RUNS_MAX || batch.bytes >= BATCH_BYTES_MAX) break;
      batch.bytes += entry.bytes;
      if (entry.unreadable === undefined) this.#takeEntry(batch, entry, moment);
      else {
        this.#bury(batch, entry.id, entry.unreadable.text, entry.unreadable.reason);
        batch.applied.push(entry.id);
      }
    }
    this.#held.residue.sweep(batch, moment, entries.length === 0, (id) => {
      this.#documents.delete(id);
      this.#runs.delete(id);
    });
    this.#held.letters.dropDone(batch);
    this.#post(nowMs);
  }

  /** What the batch has written may be sent. */
  applied(batch: Batch, nowMs: number): void {
    this.#held.letters.applied(batch, nowMs);
    this.#post(nowMs);
  }

  #post(nowMs: number): void {
    const { letters } = this.#held;
    for (const kept of letters.due(nowMs))
      void this.#parts.post
        .send(this.#lease.partition, kept, nowMs)
        .then((outcome) => letters.settled(kept, outcome, nowMs));
  }

  async watch(nowMs: number): Promise<void> {
    const found = await this.attempts.look(this.#parts.bus, this.#lease.partition, nowMs);
    for (const { kind } of found) (kind === 'workerLost' ? workersLost : reoffers).inc();
    this.#own.push(...found);
  }

  #needAsked(hashes: Set<string>, name: string): void {
    const letter = this.#held.letters.get(name);
    if (letter?.kind === 'ask') this.#needFlow(hashes, letter.asking.flow.hash);
  }

  #needFlow(hashes: Set<string>, hash: string): void {
    if (!this.#parts.definitions.has(hash)) hashes.add(hash);
  }

  async #load(ids: ReadonlySet<string>, hashes: Set<string>): Promise<void> {
    const { bus, definitions } = this.#parts;
    await Promise.all(
      [...ids].map(async (id) => {
        const fields = await bus.documents.read(this.#lease.partition, id);
        if (!fields?.has('start') || !fields.has('head')) return;
        const run = loadRun(fields);
        this.#runs.set(id, run);
        this.#documents.add(id);
        this.#held.residue.uses(id, run.start.flow.hash);
        this.#needFlow(hashes, run.start.flow.hash);
      }),
    );
    await Promise.all([...hashes].map((hash) => definitions.load(this.#lease.partition, hash)));
  }

  #takeEntry(batch: Batch, { id, messages }: Entry<Message | FlowMessage>, { nowMs, tries }: Moment): void {
    for (const message of messages as readonly Message[]) {
      try {
        this.#take(batch, message, nowMs);
      } catch (error) {
        // What was applied of the entry is applied again with it: messages are idempotent (E3).
        this.#parts.log.warn({ ...aboutMessage(message), err: error }, 'a message throws');
        if ((tries.get(id) ?? 0) + 1 < TRIES_MAX) {
          batch.failed.push(id);
          return;
        }
        this.#bury(batch, id, JSON.stringify(message), textOf(error));
        this.#abandon(
          batch,
          message.executionId,
          `the engine could not take a message (${message.kind}): ${textOf(error)}`,
          nowMs,
        );
      }
    }
    batch.applied.push(id);
  }

  #bury(batch: Batch, entryId: string, text: string, reason: string): void {
    batch.deadLetters.push(JSON.stringify({ entry: entryId, partition: batch.partition, reason, message: text }));
  }

  #abandon(batch: Batch, executionId: string, reason: string, nowMs: number): void {
    try {
      this.#take(batch, { v: MESSAGE_FORMAT, kind: 'abandon', executionId, atMs: nowMs, reason }, nowMs);
    } catch (error) {
      this.#parts.log.error({ execution: executionId, err: error }, 'an execution cannot even be given up');
    }
  }

  #fire(batch: Batch, name: string, dueMs: number, nowMs: number): void {
    const [executionId, what] = name.split('/') as [string, string];
    const message = { v: MESSAGE_FORMAT, executionId, atMs: nowMs };
    this.#held.timers.drop(name);
    batch.timers.drop(name);
    this.#take(
      batch,
      what === CONTINUE ? { ...message, kind: 'continue' } : { ...message, kind: 'timer', name, dueMs },
      nowMs,
    );
  }

  #take(batch: Batch, message: Message, nowMs: number, answers?: readonly Answered[]): void {
    if (message.kind === 'answers') return this.#answered(batch, message, nowMs);
    if (message.kind === 'forget') return this.#forget(batch, message);
    const id = message.executionId;
    const run = this.#runs.get(id);
    const hash = message.kind === 'start' ? message.start.flow.hash : run?.start.flow.hash;
    const flow = hash === undefined ? 'no such execution' : this.#parts.definitions.get(hash);
    const taken = step(run, message, {
      nowMs,
      epoch: this.#lease.epoch,
      flow,
      answers,
      secrets: this.#parts.secrets,
      installation: this.#parts.installation,
      tombstone: run ? undefined : this.#held.residue.tombstone(id),
    });
    messagesApplied.inc();
    if (taken.kind === 'needs') return this.#ask(batch, message, { questions: taken.questions, answers, nowMs });
    if (taken.kind === 'unchanged') {
      this.#parts.log.debug({ ...aboutMessage(message), reason: taken.why }, 'a message changes nothing');
      return onUnmet(batch, message, run, this.#held, nowMs);
    }
    const changed = applyChange(run, taken.change);
    if (!run) {
      this.#runs.set(id, changed);
      this.#documents.add(id);
      this.#held.residue.uses(id, changed.start.flow.hash);
    }
    batch.add(id, taken.change);
    if (BACK.has(message.kind)) this.#revive(batch, message, changed);
    if (message.kind === 'taskStarted')
      this.attempts.claimed(attemptRef(id, message.taskRunId, message.attempt), nowMs);
    if (message.kind === 'kill') this.#held.killing.add(id);
    for (const effect of taken.effects) this.#held.do(batch, changed, effect, nowMs);
  }

  #revive(batch: Batch, { kind, executionId }: Message, run: Run): void {
    if (!isOver(run.head)) this.#held.residue.revive(batch, executionId, run.start.flow.hash);
    // No commit has told of it yet.
    if (kind === 'goOn')
      batch.event(executionId, ['start', 'head', ...Array.from(run.taskRuns.keys(), taskRunField)].join(' '));
  }

  #forget(batch: Batch, { executionId: id, keeps }: ForgetMessage): void {
    const run = this.#runs.get(id);
    if (run && !isOver(run.head)) return;
    if (this.#documents.delete(id)) batch.document({ id, set: [], drop: true });
    this.#runs.delete(id);
    this.#held.residue.drop(id);
    batch.event(id, [GONE, ...keeps].join(' '));
  }

  /** The message is kept in a letter, and taken when the answers are there. What asks without an end is told so. */
  #ask(batch: Batch, message: Message, needs: Needs): void {
    const { answers = [], nowMs } = needs;
    const { questions, refused } = askable(needs.questions, answers);
    if (refused.length > 0) return this.#take(batch, message, nowMs, [...answers, ...refused]);
    const { executionId } = message;
    const start = message.kind === 'start' ? message.start : this.#runs.get(executionId)!.start;
    const name = askName(message);
    this.#held.letters.set(batch, name, {
      kind: 'ask',
      asking: { executionId, name, flow: start.flow, kin: kinOf(start), questions },
      answers,
      message,
    });
  }

  #answered(batch: Batch, { name, answers }: AnswersMessage, nowMs: number): void {
    const letter = this.#held.letters.get(name);
    // What the defaults of a flow that is called ask: the letter is sent again with it.
    if (letter?.kind === 'call') this.#held.letters.set(batch, name, withAnswers(letter, answers));
    if (letter?.kind !== 'ask') return;
    this.#held.letters.drop(batch, name);
    this.#take(batch, letter.message, nowMs, [...letter.answers, ...answers]);
  }
}

/** What the log says of a message. */
const aboutMessage = (message: Message): Fields => ({
  execution: message.executionId,
  ...('taskRunId' in message ? { taskRun: message.taskRunId } : {}),
  kind: message.kind,
});
