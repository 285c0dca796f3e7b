/**
 * Sends the ends of jobs to their owners: one append per partition at a time, with everything that has come up meanwhile.
 * An answer is kept until it is in the mailbox; that it was applied is the desk's to find out.
 */
import type { BusTime } from '../../lib/bus/bus-time.ts';
import type { Answer, Mailbox } from '../../lib/bus/mailbox.ts';
import { isFault, textOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { MESSAGE_FORMAT, type TaskEndedMessage } from '../../lib/model/message.ts';
import type { Partition } from '../../lib/model/partition.ts';
import { insist } from './insist.ts';
import type { Job } from './job.ts';

const ENTRY_BYTES_MAX = 200 * 1024;
/** What a message takes besides outputs and reason, about. */
const MESSAGE_BYTES = 320;

export class Answers {
  readonly #mailbox: Mailbox;
  readonly #workerId: string;
  readonly #time: BusTime;
  readonly #log: Log;
  readonly #signal: AbortSignal;
  readonly #goOn: (jobs: readonly Job[], isGranted: boolean) => void;
  readonly #waiting = new Map<Partition, Job[]>();
  readonly #sending = new Set<Partition>();
  #scheduled = false;
  #told = false;

  constructor(parts: {
    readonly mailbox: Mailbox;
    readonly workerId: string;
    readonly time: BusTime;
    readonly log: Log;
    readonly signal: AbortSignal;
    /** What was to follow jobs may begin now, or never. */
    readonly goOn: (jobs: readonly Job[], isGranted: boolean) => void;
  }) {
    this.#mailbox = parts.mailbox;
    this.#workerId = parts.workerId;
    this.#time = parts.time;
    this.#log = parts.log;
    this.#signal = parts.signal;
    this.#goOn = parts.goOn;
  }

  /** How many are not in their mailboxes. */
  get waiting(): number {
    let waiting = this.#sending.size;
    for (const jobs of this.#waiting.values()) waiting += jobs.length;
    return waiting;
  }

  /** Every one of them has a result. */
  send(job: Job): void {
    const jobs = this.#waiting.get(job.partition);
    if (jobs) jobs.push(job);
    else this.#waiting.set(job.partition, [job]);
    if (this.#scheduled) return;
    this.#scheduled = true;
    // What one report has brought goes together, before the parcel that it was in is given back.
    process.nextTick(() => {
      this.#scheduled = false;
      for (const partition of this.#waiting.keys()) if (!this.#sending.has(partition)) void this.#empty(partition);
    });
  }

  async #empty(partition: Partition): Promise<void> {
    this.#sending.add(partition);
    for (let jobs = this.#waiting.get(partition); jobs && !this.#signal.aborted; jobs = this.#waiting.get(partition)) {
      const entry = entryOf(jobs);
      if (entry.length === jobs.length) this.#waiting.delete(partition);
      else this.#waiting.set(partition, jobs.slice(entry.length));
      await this.#append(partition, entry);
    }
    this.#sending.delete(partition);
  }

  async #append(partition: Partition, jobs: readonly Job[]): Promise<void> {
    const ask = () => {
      const atMs = this.#time.now();
      const askedAtMs = performance.now();
      for (const { next } of jobs) if (next) next.askedAtMs = askedAtMs;
      return this.#mailbox.answer(
        partition,
        this.#workerId,
        jobs.map((job) => this.#answer(job, atMs)),
      );
    };
    const failed = (error: unknown): void => {
      if (isFault(error, 'bus.messageLate')) void this.#time.refresh();
      if (!this.#told)
        this.#log.warn({ partition, reason: textOf(error) }, 'answers are kept until the bus takes them');
      this.#told = true;
    };
    let granted: readonly boolean[] | undefined;
    try {
      granted = await insist(ask, this.#signal, failed);
      this.#told = false;
    } catch (error) {
      // A bug, or a message that no mailbox takes: the claim stays, and the desk sends the answer again.
      this.#log.error({ partition, answers: jobs.length, err: error }, 'answers were refused');
    }
    const nowMs = performance.now();
    for (const job of jobs) job.sentAtMs = nowMs;
    this.#follow(jobs, granted ?? []);
  }

  /** An answer that is sent again asks for nothing: its owner says what follows. */
  #follow(jobs: readonly Job[], granted: readonly boolean[]): void {
    const [begun, refused]: [Job[], Job[]] = [[], []];
    for (const [n, job] of jobs.entries()) {
      if (!job.next) continue;
      (granted[n] ? begun : refused).push(job.next);
      job.next = undefined;
    }
    if (begun.length > 0) this.#goOn(begun, true);
    if (refused.length > 0) this.#goOn(refused, false);
  }

  #answer(job: Job, atMs: number): Answer {
    const message = this.#message(job, atMs);
    const { delivery, next } = job;
    if (!next) return { message, delivery };
    const { taskRunId, token, item } = next;
    return { message, delivery, next: { taskId: item.taskId, taskRunId, token } };
  }

  #message({ executionId, taskRunId, attempt, token, result }: Job, atMs: number): TaskEndedMessage {
    const { state, startedAtMs, endedAtMs, outputs, update, reason, lines, logFile } = result!;
    const skewMs = this.#time.skewMs;
    return {
      v: MESSAGE_FORMAT,
      kind: 'taskEnded',
      executionId,
      atMs,
      taskRunId,
      attempt,
      token,
      workerId: this.#workerId,
      state,
      startedAtMs: startedAtMs + skewMs,
      endedAtMs: endedAtMs + skewMs,
      outputs,
      update,
      reason,
      lines,
      logFile,
    };
  }
}

/** As many from the front as one entry takes. */
function entryOf(jobs: readonly Job[]): readonly Job[] {
  let bytes = 0;
  let count = 0;
  for (const { result } of jobs) {
    bytes += MESSAGE_BYTES + result!.bytes + (result!.reason?.length ?? 0);
    if (bytes > ENTRY_BYTES_MAX && count > 0) break;
    count++;
  }
  return count === jobs.length ? jobs : jobs.slice(0, count);
}
