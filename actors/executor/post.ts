/**
 * Sends letters to other executions. What comes of one is a message in the mailbox of its sender, or nothing: then it is sent
 * again. Sending twice is sending once: every letter asks for something that has a name (B3).
 */
import type { Bus } from '../../lib/bus/bus.ts';
import { DEFAULT_GROUP } from '../../lib/bus/queues.ts';
import { isFault, textOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Caller, ExecutionStart, Tombstone } from '../../lib/model/execution.ts';
import { derivedId } from '../../lib/model/ids.ts';
import type { Asking, Letter } from '../../lib/model/letter.ts';
import { type ChildEndedMessage, MESSAGE_FORMAT, type Message, type StartMessage } from '../../lib/model/message.ts';
import { executionPartition, type Partition } from '../../lib/model/partition.ts';
import type { Callees } from './callees.ts';
import type { Kept } from './letters.ts';

/** The other side knows of nothing, twice: nobody will ever answer. */
const VAIN_MAX = 2;

const LOST: Pick<Tombstone, 'state' | 'nextId'> = { state: 'FAILED' };

export type Outcome = 'sent' | 'taken' | 'unsent';

export interface PostParts {
  readonly bus: Bus;
  readonly callees: Callees;
  readonly log: Log;
}

export class Post {
  readonly #bus: Bus;
  readonly #callees: Callees;
  readonly #log: Log;

  constructor({ bus, callees, log }: PostParts) {
    this.#bus = bus;
    this.#callees = callees;
    this.#log = log;
  }

  /** `from`: the partition of the sender. Never throws. */
  async send(from: Partition, kept: Kept, nowMs: number): Promise<Outcome> {
    try {
      return await this.#send(from, kept, nowMs);
    } catch (error) {
      if (!isFault(error, 'bus.unavailable'))
        this.#log.error({ letter: kept.name, err: error }, 'a letter cannot be sent');
      else this.#log.debug({ letter: kept.name, reason: textOf(error) }, 'a letter waits for Redis');
      return 'unsent';
    }
  }

  async #send(from: Partition, kept: Kept, nowMs: number): Promise<Outcome> {
    const { letter } = kept;
    switch (letter.kind) {
      case 'call':
        return this.#call(from, kept, letter, nowMs);
      case 'await':
        return this.#await(from, kept, letter, nowMs);
      case 'launch':
        return this.#launch(from, letter, nowMs);
      case 'kill':
        return this.#kill(from, kept, letter, nowMs);
      case 'answer':
        await this.#append({ ...letter.message, atMs: nowMs });
        return 'sent';
      case 'ask':
        return this.#ask(letter.asking, letter.answers.length);
      case 'settle':
        await this.#append({ v: MESSAGE_FORMAT, kind: 'settled', executionId: letter.id, atMs: nowMs });
        return 'taken';
    }
  }

  /** `known`: answers that are there. The same name: what still waits in the queue is not asked twice. */
  async #ask(asking: Asking, known: number): Promise<Outcome> {
    const name = derivedId('ask', asking.name, known);
    await this.#bus.queues.add(DEFAULT_GROUP, [{ name, items: [], asking }]);
    return 'sent';
  }

  async #call(from: Partition, kept: Kept, letter: Extract<Letter, { kind: 'call' }>, nowMs: number): Promise<Outcome> {
    const { id, caller, call, waits } = letter;
    const found = await this.#callees.startOf(kept.name, letter);
    if (typeof found === 'string') {
      await this.#tell(from, caller, { childId: id, state: 'FAILED', reason: found }, nowMs);
      return 'sent';
    }
    if ('questions' in found) return this.#ask(found, letter.answers?.length ?? 0);
    const answer = await this.#start(found.start, found.labels, found.definition, nowMs);
    if (waits) return answer.kind === 'ended' ? this.#vain(from, kept, letter, nowMs) : 'sent';
    if (!kept.taken) await this.#tell(from, caller, { childId: id, state: 'SUCCESS', begun: true }, nowMs);
    this.#log.debug(
      { namespace: call.namespace, flow: call.flowId, execution: id },
      'an execution was begun for another',
    );
    return 'taken';
  }

  /** It has ended, and its answer may have been lost with the one who took it: what its tombstone says is told at last. */
  async #vain(
    from: Partition,
    kept: Kept,
    { id, caller }: { readonly id: string; readonly caller: Caller },
    nowMs: number,
  ): Promise<Outcome> {
    if (++kept.vain < VAIN_MAX) return 'sent';
    const text = await this.#bus.documents.tombstone(executionPartition(id, this.#bus.partitions), id);
    const { state, nextId } = text === undefined ? LOST : (JSON.parse(text) as Tombstone);
    const reason = `the execution ${id} is ${text === undefined ? 'not known' : state}, and its outputs are not known any more`;
    const end = nextId === undefined ? { state, reason } : { state, nextId };
    await this.#tell(from, caller, { childId: id, ...end }, nowMs);
    return 'sent';
  }

  async #await(
    from: Partition,
    kept: Kept,
    letter: Extract<Letter, { kind: 'await' }>,
    nowMs: number,
  ): Promise<Outcome> {
    const partition = executionPartition(letter.id, this.#bus.partitions);
    const [tombstone, [start]] = await Promise.all([
      this.#bus.documents.tombstone(partition, letter.id),
      this.#bus.documents.fields(partition, letter.id, ['start']),
    ]);
    if (start === undefined || tombstone !== undefined) return this.#vain(from, kept, letter, nowMs);
    // It lives: what was not found before was about to be restarted.
    kept.vain = 0;
    return 'sent';
  }

  async #launch(
    from: Partition,
    { start, labels }: Extract<Letter, { kind: 'launch' }>,
    nowMs: number,
  ): Promise<Outcome> {
    const definition = await this.#bus.documents.definition(from, start.flow.hash);
    await this.#start(start, labels, definition, nowMs);
    return 'taken';
  }

  async #kill(from: Partition, kept: Kept, letter: Extract<Letter, { kind: 'kill' }>, nowMs: number): Promise<Outcome> {
    const { id, caller, principal } = letter;
    const partition = executionPartition(id, this.#bus.partitions);
    const message = {
      v: MESSAGE_FORMAT,
      kind: 'kill',
      executionId: id,
      atMs: nowMs,
      incarnation: 0,
      principal,
      caller,
    } as const;
    const answer = await this.#bus.mailbox.kill(partition, message);
    return answer === 'ended' ? this.#vain(from, kept, letter, nowMs) : 'sent';
  }

  async #start(start: ExecutionStart, labels: StartMessage['labels'], definition: string | undefined, nowMs: number) {
    const partition = executionPartition(start.id, this.#bus.partitions);
    const message: StartMessage = {
      v: MESSAGE_FORMAT,
      kind: 'start',
      executionId: start.id,
      atMs: nowMs,
      start,
      labels,
    };
    const answer = await this.#bus.mailbox.start(partition, message, { urgent: true });
    if (answer.kind !== 'definitionMissing') return answer;
    return this.#bus.mailbox.start(partition, message, { urgent: true, definition });
  }

  /** To the caller's own mailbox, which is the sender's partition. */
  #tell(
    from: Partition,
    { executionId, taskRunId, attempt }: Caller,
    end: Pick<ChildEndedMessage, 'childId' | 'state' | 'reason' | 'begun' | 'nextId'>,
    nowMs: number,
  ): Promise<void> {
    return this.#bus.mailbox.append(from, [
      { v: MESSAGE_FORMAT, kind: 'childEnded', executionId, taskRunId, attempt, atMs: nowMs, ...end },
    ]);
  }

  #append(message: Message): Promise<void> {
    return this.#bus.mailbox.append(executionPartition(message.executionId, this.#bus.partitions), [message]);
  }
}
