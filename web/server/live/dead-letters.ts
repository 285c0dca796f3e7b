/**
 * Messages that owners have given up: read, sent once more, thrown away. A letter is named by its partition and the entry of the
 * mailbox that it came in, such as `x3-1764163200000-0`.
 */
import type { Bus } from '../../../lib/bus/bus.ts';
import { Fault } from '../../../lib/errors.ts';
import { type FlowMessage, MESSAGE_FORMAT, type Message } from '../../../lib/model/message.ts';
import { allPartitions, type Partition } from '../../../lib/model/partition.ts';

/** A partition keeps no more. */
const KEPT_MAX = 10_000;

export interface DeadLetter {
  readonly id: string;
  readonly partition: Partition;
  /** When the message came, ms since 1970. */
  readonly atMs: number;
  readonly reason: string;
  /** As it was sent: JSON of one message or of several, or what could not be read. */
  readonly message: string;
  /** Of `message`; none where it cannot be read. */
  readonly messages: readonly (Message | FlowMessage)[];
  /** As the bus keeps it. */
  readonly text: string;
}

export class DeadLetters {
  readonly #bus: Bus;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  /** The newest first. */
  async list(offset: number, limit: number): Promise<{ readonly total: number; readonly letters: DeadLetter[] }> {
    const { documents, partitions } = this.#bus;
    const all = [...allPartitions('x', partitions), ...allPartitions('f', partitions)];
    const found = await Promise.all(
      all.map(async (partition) => {
        const count = await documents.countDeadLetters(partition);
        const texts = count === 0 ? [] : await documents.deadLetters(partition, offset + limit);
        return { count, letters: texts.map((text) => letterOf(partition, text)) };
      }),
    );
    const letters = found.flatMap((each) => each.letters).sort((a, b) => b.atMs - a.atMs || (a.id < b.id ? 1 : -1));
    return {
      total: found.reduce((sum, { count }) => sum + count, 0),
      letters: letters.slice(offset, offset + limit),
    };
  }

  /** Throws `letter.unknown`. */
  async read(id: string): Promise<DeadLetter> {
    const [, kind, number] = /^([xf])(\d+)-./.exec(id) ?? [];
    if (kind !== undefined && Number(number) < this.#bus.partitions) {
      const partition = `${kind}:${Number(number)}` as Partition;
      const texts = await this.#bus.documents.deadLetters(partition, KEPT_MAX);
      const letter = texts.map((text) => letterOf(partition, text)).find((each) => each.id === id);
      if (letter) return letter;
    }
    throw new Fault('letter.unknown', `expected the id of a dead letter, got ${JSON.stringify(id.slice(0, 60))}`);
  }

  /**
   * Sends what it holds once more, as of now; then the letter goes. In this order: what is sent twice is applied once, what is lost is
   * lost. Throws `letter.unknown`, `letter.refused`.
   */
  async retry(id: string): Promise<void> {
    const letter = await this.read(id);
    const { partition, messages } = letter;
    const unfit = messages.length === 0 || messages.some(({ v }) => !(v <= MESSAGE_FORMAT));
    if (unfit) throw new Fault('letter.refused', `expected messages that this version can read, got ${letter.reason}`);
    const atMs = await this.#bus.now();
    for (const message of messages) await this.#send(partition, { ...message, atMs });
    await this.#bus.mailbox.discard(partition, letter.text);
  }

  /** Throws `letter.unknown`. */
  async discard(id: string): Promise<void> {
    const { partition, text } = await this.read(id);
    await this.#bus.mailbox.discard(partition, text);
  }

  /** Through the gate that the message came by. */
  async #send(partition: Partition, message: Message | FlowMessage): Promise<void> {
    const { mailbox } = this.#bus;
    if (message.kind === 'kill') return void (await mailbox.kill(partition, message));
    if (message.kind !== 'start') return mailbox.append(partition, [message]);
    const { kind } = await mailbox.start(partition, message, { urgent: true });
    if (kind !== 'definitionMissing') return;
    const { namespace, id } = message.start.flow;
    throw new Fault(
      'letter.refused',
      `expected the source of ${namespace}/${id} beside its executions, got none any more: start the execution anew`,
    );
  }
}

function letterOf(partition: Partition, text: string): DeadLetter {
  const { entry, reason, message } = JSON.parse(text) as { entry: string; reason: string; message: string };
  const id = `${partition.replace(':', '')}-${entry}`;
  return { id, partition, atMs: Number(entry.split('-')[0]), reason, message, messages: messagesIn(message), text };
}

function messagesIn(text: string): readonly (Message | FlowMessage)[] {
  try {
    const value: unknown = JSON.parse(text);
    const all = Array.isArray(value) ? value : [value];
    return all.every((each) => typeof each?.kind === 'string') ? all : [];
  } catch {
    return []; // It may be a dead letter for that very reason.
  }
}
