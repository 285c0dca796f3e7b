/**
 * Answers what steps of executors ask, in a thread beside the seats: no claim, no seat, since asking is harmless and is repeated
 * until there is an answer (B4). So nothing is kept here that must not be lost: what a worker does not get to is asked again.
 */
import { Worker } from 'node:worker_threads';
import type { BusTime } from '../../lib/bus/bus-time.ts';
import type { Mailbox } from '../../lib/bus/mailbox.ts';
import { isFault, textOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { counter } from '../../lib/metrics.ts';
import type { Asking } from '../../lib/model/letter.ts';
import { MESSAGE_FORMAT } from '../../lib/model/message.ts';
import { executionPartition } from '../../lib/model/partition.ts';
import type { Answered } from '../../lib/model/question.ts';
import type { AnswerSetup, FromAnswerer, ToAnswerer } from './answering.ts';
import { type AnswerMessage, CHANNEL_FORMAT, type Question } from './channel.ts';
import { insist } from './insist.ts';
import { tell } from './thread-host.ts';

const IN_HAND_MAX = 32;
/** What one message carries of answers; the others are asked for again, and then come first. */
const ANSWERS_BYTES_MAX = 200 * 1024;
/** A thread that has not answered by then never will. */
const STUCK_MS = 40_000;
const IDLE_MS = 30_000;
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 16 };

export interface RespondentParts {
  readonly setup: AnswerSetup;
  readonly mailbox: Mailbox;
  readonly partitions: number;
  readonly time: BusTime;
  readonly consult: { answer(question: Question): Promise<AnswerMessage['answer']> };
  readonly log: Log;
  readonly signal: AbortSignal;
  /** To other workers. */
  readonly handOn: (askings: readonly Asking[]) => Promise<unknown>;
}

interface InHand {
  readonly asking: Asking;
  readonly timer: NodeJS.Timeout;
}

export class Respondent {
  readonly #parts: RespondentParts;
  readonly #inHand = new Map<number, InHand>();
  readonly #answered = counter('worker_questions_answered_total', 'Questions of steps that were answered here');
  #room: (() => void)[] = [];
  #thread: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #serial = 0;
  #telling = 0;
  /** From the end on: what other workers have to answer. */
  #left: Asking[] | undefined;

  constructor(parts: RespondentParts) {
    this.#parts = parts;
  }

  /** Not answered yet, or not told. */
  get waiting(): number {
    return this.#inHand.size + this.#telling;
  }

  /** Resolves when there is room for the next one, and never throws. */
  async take(asking: Asking): Promise<void> {
    while (this.#inHand.size >= IN_HAND_MAX) await new Promise<void>((resolve) => this.#room.push(resolve));
    if (this.#left) return void this.#left.push(asking);
    clearTimeout(this.#idle);
    const serial = ++this.#serial;
    const timer = setTimeout(() => void this.#thread?.terminate(), STUCK_MS).unref();
    this.#inHand.set(serial, { asking, timer });
    this.#thread ??= this.#start();
    this.#thread.postMessage({ kind: 'asking', serial, asking } satisfies ToAnswerer);
  }

  async close(): Promise<void> {
    this.#left = [...this.#inHand.keys()].map((serial) => this.#over(serial)!);
    clearTimeout(this.#idle);
    await this.#end();
  }

  /** What is not answered goes to other workers, once this one takes nothing more. If that fails it is asked again, only later. */
  async handOn(): Promise<void> {
    const left = this.#left?.splice(0) ?? [];
    if (left.length === 0) return;
    this.#telling++;
    await this.#parts
      .handOn(left)
      .catch((error: unknown) => this.#parts.log.warn({ reason: textOf(error) }, 'questions were not handed on'));
    this.#telling--;
  }

  #start(): Worker {
    const { setup, consult, log } = this.#parts;
    const thread = new Worker(new URL('./answer-thread.ts', import.meta.url), {
      workerData: setup,
      env: {},
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: RESOURCE_LIMITS,
    });
    thread.unref();
    for (const stream of [thread.stdout, thread.stderr]) tell(stream, log);
    let why = 'ended';
    thread.on('error', (error) => {
      why = error.message;
    });
    thread.on('exit', () => this.#gone(thread, why));
    thread.on('message', (message: FromAnswerer) => {
      if (message.kind === 'answers') return this.#said(message.serial, message.answers);
      const { number } = message;
      void consult
        .answer(message)
        .then((answer) => thread.postMessage({ kind: 'answer', v: CHANNEL_FORMAT, number, answer }));
    });
    return thread;
  }

  #said(serial: number, answers: readonly Answered[]): void {
    const taken = this.#over(serial);
    if (taken) void this.#tell(taken, answers);
  }

  /** What it was looking for may be what has ended it: asked again it would end the next one. */
  #gone(thread: Worker, why: string): void {
    if (this.#thread !== thread) return;
    this.#thread = undefined;
    const answer = { refused: `expected an answer, got the end of the thread that looked for it (${why})` };
    for (const serial of [...this.#inHand.keys()]) {
      const taken = this.#over(serial);
      const answers = taken?.questions.map((question) => ({ question, answer }));
      if (taken) void this.#tell(taken, answers!);
    }
  }

  #over(serial: number): Asking | undefined {
    const taken = this.#inHand.get(serial);
    if (!taken) return undefined;
    clearTimeout(taken.timer);
    this.#inHand.delete(serial);
    this.#room.shift()?.();
    if (this.#inHand.size === 0) this.#idle = setTimeout(() => void this.#end(), IDLE_MS).unref();
    return taken.asking;
  }

  async #end(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.terminate();
  }

  async #tell({ executionId, name }: Asking, all: readonly Answered[]): Promise<void> {
    const { mailbox, partitions, time, signal, log } = this.#parts;
    const answers = fitting(all);
    this.#telling++;
    const tell = () =>
      mailbox.append(executionPartition(executionId, partitions), [
        { v: MESSAGE_FORMAT, kind: 'answers', executionId, atMs: time.now(), name, answers },
      ]);
    const failed = (error: unknown): void => {
      if (isFault(error, 'bus.messageLate')) void time.refresh();
    };
    // Untold it is asked again.
    await insist(tell, signal, failed).catch((error: unknown) =>
      log.warn({ execution: executionId, reason: textOf(error) }, 'answers were refused'),
    );
    this.#telling--;
    this.#answered.inc(answers.length);
  }
}

/** As many from the front as one message carries. One that is too large by itself is refused. */
function fitting(all: readonly Answered[]): readonly Answered[] {
  const answers: Answered[] = [];
  let bytes = 0;
  for (const each of all) {
    let answered = each;
    let more = bytesOf(answered);
    if (more > ANSWERS_BYTES_MAX) {
      const refused = `expected an answer of at most ${ANSWERS_BYTES_MAX} bytes in an expression that no task renders, got ${more}`;
      answered = { question: each.question, answer: { refused } };
      more = bytesOf(answered);
    }
    if (bytes + more > ANSWERS_BYTES_MAX && answers.length > 0) break;
    bytes += more;
    answers.push(answered);
  }
  return answers;
}

const bytesOf = (answered: Answered): number => Buffer.byteLength(JSON.stringify(answered));
