/**
 * One place for user code: a thread that starts when it is first needed, or for a job that travels alone a process. A seat
 * takes one batch; of short jobs a second one may wait behind the first.
 */
import { systemClock } from '../../lib/clock.ts';
import { textOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { LEVELS } from '../../lib/model/log-line.ts';
import type { AtOnce } from './at-once.ts';
import {
  type AbortCause,
  type AnswerMessage,
  BATCHES_MAX,
  CHANNEL_FORMAT,
  type Question,
  type RawLine,
  type RawMetrics,
  type Result,
  type Setup,
} from './channel.ts';
import type { Host, HostEvents } from './host.ts';
import type { Job } from './job.ts';
import { startProcess } from './process-host.ts';
import { startThread } from './thread-host.ts';

/** From the signal to the end of the thread. */
export const GRACE_MS = 1_500;
/** A thread that cannot even start is not tried again at once. */
const START_PAUSE_MS = 1_000;

export interface SeatEvents {
  lines(lines: readonly RawLine[], jobs: ReadonlyMap<number, Job>): void;
  room(then: () => void): void;
  metrics(metrics: readonly RawMetrics[], jobs: ReadonlyMap<number, Job>): void;
  results(results: readonly Result[], jobs: Map<number, Job>): void;
  asked(question: Question, answered: (answer: AnswerMessage['answer']) => void): void;
  /** Its thread or process died while it ran. */
  lost(job: Job, why: string): void;
  /** No user code of it ran, and none can run here now. */
  refused(jobs: readonly Job[], why: string): void;
  freed(): void;
}

export interface SeatParts {
  readonly setup: Setup;
  readonly atOnce: AtOnce;
  readonly events: SeatEvents;
  readonly log: Log;
}

export class Seat {
  readonly #setup: Setup;
  readonly #events: SeatEvents;
  readonly #log: Log;
  readonly #atOnce: AtOnce;
  readonly #jobs = new Map<number, Job>();
  #thread: Host | undefined;
  #process: Host | undefined;
  /** Batches that are reserved or here. */
  #batches = 0;
  #short = false;
  #blockedUntilMs = 0;
  /** Since when it has nothing to do, monotonic. */
  idleSinceMs = 0;

  constructor({ setup, atOnce, events, log }: SeatParts) {
    this.#setup = setup;
    this.#atOnce = atOnce;
    this.#events = events;
    this.#log = log;
  }

  get free(): boolean {
    return this.#batches === 0 && performance.now() >= this.#blockedUntilMs;
  }

  get takesShort(): boolean {
    return this.#short && this.#batches > 0 && this.#batches < BATCHES_MAX;
  }

  get warm(): boolean {
    return this.#thread !== undefined;
  }

  /** Why its last thread could not start; undefined when it can. */
  failure: string | undefined;

  reserve(short: boolean): void {
    this.#short = short;
    this.#batches++;
  }

  release(): void {
    this.#batches--;
    this.idleSinceMs = performance.now();
    this.#events.freed();
  }

  run(jobs: readonly Job[]): void {
    for (const job of jobs) this.#jobs.set(job.serial, job);
    this.#atOnce.run(jobs, {
      said: (report) => this.#said('thread', report),
      left: (others) => this.#send(others),
    });
  }

  warmUp(): void {
    if (!this.#thread) this.#thread = startThread(this.#setup, this.#hears('thread'), this.#log);
  }

  coolDown(): void {
    this.#thread?.end();
  }

  abort(job: Job, cause: AbortCause): void {
    this.#hostOf(job)?.abort(job, cause);
    this.#endAfter(job, GRACE_MS, { state: 'KILLED' });
  }

  /** Ends whatever runs. Jobs that were told to end have ended, the others are lost or refused. */
  async close(): Promise<void> {
    this.#blockedUntilMs = Number.POSITIVE_INFINITY;
    await Promise.all([this.#thread?.end(), this.#process?.end()]);
  }

  #send(jobs: readonly Job[]): void {
    if (jobs.length === 0) return;
    try {
      if (jobs[0]!.item.alone) this.#process ??= startProcess(this.#setup, this.#hears('process'), this.#log);
      else this.warmUp();
      this.#hostOf(jobs[0]!)!.send(jobs);
    } catch (error) {
      this.#refuse(jobs, textOf(error));
    }
  }

  #hostOf(job: Job): Host | undefined {
    return job.item.alone ? this.#process : this.#thread;
  }

  #hears(kind: 'thread' | 'process'): HostEvents {
    return {
      said: (message) => this.#said(kind, message),
      room: (then) => this.#events.room(then),
      gone: (running, why) => this.#gone(kind, running, why),
    };
  }

  #said(kind: 'thread' | 'process', message: Parameters<HostEvents['said']>[0]): void {
    switch (message.kind) {
      case 'limit': {
        const job = this.#jobs.get(message.serial);
        if (job) this.#endAfter(job, message.limitMs + GRACE_MS, { state: 'FAILED', reason: message.reason });
        return;
      }
      case 'ask': {
        // Whoever comes after it counts its own questions.
        const asking = kind === 'thread' ? this.#thread : this.#process;
        const { number } = message;
        this.#events.asked(message, (answer) => asking?.answer({ kind: 'answer', v: CHANNEL_FORMAT, number, answer }));
        return;
      }
      case 'report':
        if (message.lines.length > 0) this.#events.lines(message.lines, this.#jobs);
        if (message.metrics) this.#events.metrics(message.metrics, this.#jobs);
        if (message.results.length > 0) this.#events.results(message.results, this.#jobs);
        if (kind === 'process' && message.results.length > 0) void this.#process?.end();
    }
  }

  /** The job's own code runs for `ms` more at most. What waits behind others is looked at again. */
  #endAfter(job: Job, ms: number, ending: NonNullable<Job['ending']>): void {
    clearTimeout(job.timer);
    job.timer = setTimeout(() => {
      const host = this.#hostOf(job);
      if (!host || !this.#jobs.has(job.serial)) return;
      if (!host.runs(job)) return this.#endAfter(job, GRACE_MS, ending);
      job.ending = ending;
      void host.end();
    }, ms);
  }

  /** Its jobs: the one that ran has ended or is lost; the others run in a new thread under the same claims. */
  #gone(kind: 'thread' | 'process', running: number, why: string): void {
    const started = kind === 'thread' ? this.#thread?.ready : this.#process?.ready;
    if (kind === 'thread') this.#thread = undefined;
    else this.#process = undefined;
    const jobs = [...this.#jobs.values()].filter(({ item }) => (kind === 'process') === (item.alone === true));
    const ran = jobs.find(({ serial }) => serial === running);
    this.failure = started ? undefined : why;
    const over = ran !== undefined && (started || ran.ending !== undefined);
    if (over) this.#ranWhenGone(ran, why);
    const others = over ? jobs.filter((job) => job !== ran) : jobs;
    if (started && performance.now() >= this.#blockedUntilMs) this.#send(others);
    else this.#refuse(others, why);
  }

  #ranWhenGone(job: Job, why: string): void {
    if (!job.ending) {
      this.#jobs.delete(job.serial);
      this.#events.lost(job, why);
      return;
    }
    const endedAtMs = systemClock.now();
    const startedAtMs = Math.round(endedAtMs - (performance.now() - job.sinceMs));
    const { serial, ending } = job;
    let { lines } = job;
    // Its own code had no chance to say why.
    if (ending.reason !== undefined)
      this.#events.lines([[serial, ++lines, LEVELS.indexOf('ERROR'), endedAtMs, ending.reason]], this.#jobs);
    this.#events.results([{ ...ending, serial, startedAtMs, endedAtMs, lines, bytes: 0 }], this.#jobs);
  }

  #refuse(jobs: readonly Job[], why: string): void {
    if (jobs.length === 0) return;
    this.#blockedUntilMs = Math.max(this.#blockedUntilMs, performance.now() + START_PAUSE_MS);
    for (const { serial } of jobs) this.#jobs.delete(serial);
    this.#events.refused(jobs, why);
  }
}
