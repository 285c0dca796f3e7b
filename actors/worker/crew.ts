/**
 * What comes back from the seats: lines go to the streams, results become answers, the lost are told to their owners, and
 * those that could not be started are given back.
 */
import type { BusTime } from '../../lib/bus/bus-time.ts';
import type { Mailbox } from '../../lib/bus/mailbox.ts';
import { textOf } from '../../lib/errors.ts';
import type { Fields, Log } from '../../lib/log.ts';
import { counter } from '../../lib/metrics.ts';
import type { ExecutionStart } from '../../lib/model/execution.ts';
import { LEVELS, type LogLine } from '../../lib/model/log-line.ts';
import { MESSAGE_FORMAT } from '../../lib/model/message.ts';
import type { Measured, MeasuredValue } from '../../lib/model/metric.ts';
import type { ContentHash } from '../../lib/model/partition.ts';
import { isThenable } from '../../lib/task/after.ts';
import type { Answers } from './answers.ts';
import type { AnswerMessage, Question, RawLine, RawMetrics, Result } from './channel.ts';
import type { Consult } from './consult.ts';
import type { Desk } from './desk.ts';
import { insist } from './insist.ts';
import type { Job, JobSource } from './job.ts';
import type { SeatEvents } from './seat.ts';
import type { Sender } from './sender.ts';
import { nextOf } from './sequels.ts';

const FLOWS_MAX = 1_000;

type Names = Pick<ExecutionStart['flow'], 'namespace' | 'id'>;

export interface CrewParts {
  readonly desk: Desk;
  readonly answers: Answers;
  readonly lines: Sender<LogLine>;
  readonly metrics: Sender<Measured>;
  readonly consult: Consult;
  readonly mailbox: Mailbox;
  readonly time: BusTime;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly freed: () => void;
  readonly jobs: JobSource;
  /** False once the worker takes no more. */
  readonly mayGoOn: () => boolean;
}

export class Crew implements SeatEvents {
  readonly #parts: CrewParts;
  readonly #ended = counter('worker_task_runs_total', 'Task runs that ended here, by state', ['state']);
  readonly #lost = counter('worker_task_runs_lost_total', 'Task runs whose thread or process died');
  /** Whose flows were seen lately, by the hash of their definition. */
  readonly #flows = new Map<ContentHash, Names>();
  /** To be run in their places. */
  readonly #beginning: Job[] = [];
  /** Losses that are being told, and claims that are given back. */
  telling = 0;

  constructor(parts: CrewParts) {
    this.#parts = parts;
  }

  lines(lines: readonly RawLine[], jobs: ReadonlyMap<number, Job>): void {
    const { skewMs } = this.#parts.time;
    for (const [serial, number, level, atMs, message] of lines) {
      const job = jobs.get(serial);
      if (!job) continue;
      job.lines = number;
      this.#parts.lines.send(job.partition, this.#line(job, number, level, atMs + skewMs, message));
    }
  }

  room(then: () => void): void {
    this.#parts.lines.room(then);
  }

  metrics(metrics: readonly RawMetrics[], jobs: ReadonlyMap<number, Job>): void {
    const { skewMs } = this.#parts.time;
    for (const [serial, raw] of metrics) {
      const job = jobs.get(serial);
      if (!job) continue;
      const { token, executionId, taskRunId, attempt, item } = job;
      const { namespace, id: flowId } = this.#flowOf(job);
      const values = raw.map((value) => atTime(value, value[1] + skewMs));
      const run = { executionId, namespace, flowId, taskId: item.taskId, taskRunId, attempt };
      this.#parts.metrics.send(job.partition, { ...run, token, values });
    }
  }

  asked(question: Question, answered: (answer: AnswerMessage['answer']) => void): void {
    void this.#parts.consult.answer(question).then(answered);
  }

  results(results: readonly Result[], jobs: Map<number, Job>): void {
    for (const result of results) {
      const job = jobs.get(result.serial);
      if (!job) continue;
      jobs.delete(result.serial);
      // It ended because it was told to, and not by itself: another worker shall run it. That is no loss.
      if (job.stopping && result.state === 'KILLED') void this.#handBack(job);
      else this.#answer(job, result);
    }
  }

  lost(job: Job, why: string): void {
    const { desk, log } = this.#parts;
    this.#lost.inc();
    log.warn({ ...aboutJob(job), delivery: job.delivery, reason: why }, 'a task run was lost');
    desk.forget(job);
    over(job);
    void this.#tell(job);
  }

  refused(jobs: readonly Job[], why: string): void {
    const { desk, log } = this.#parts;
    log.warn({ jobs: jobs.length, reason: why }, 'task runs are given back: no thread takes them');
    for (const job of jobs) over(job);
    void desk.giveBack(jobs);
  }

  freed(): void {
    this.#parts.freed();
  }

  /** What follows jobs of a partition that have ended: it runs in their place, or leaves it. */
  goOn(jobs: readonly Job[], isGranted: boolean): void {
    if (!isGranted) return jobs.forEach(over);
    const held = this.#parts.desk.hold(jobs[0]!.partition, jobs);
    if (isThenable(held)) void this.#beginLater(jobs, held);
    else this.#begin(jobs, held);
  }

  /** Ends a job that cannot be run. */
  fail(job: Job, reason: string): void {
    const nowMs = this.#parts.time.now() - this.#parts.time.skewMs;
    this.#answer(job, {
      serial: job.serial,
      state: 'FAILED',
      startedAtMs: nowMs,
      endedAtMs: nowMs,
      lines: 0,
      bytes: 0,
      reason,
    });
  }

  #answer(job: Job, result: Result): void {
    const { desk, answers } = this.#parts;
    job.result = result;
    if (this.#parts.mayGoOn()) job.next = nextOf(job, this.#parts.jobs, this.#parts.time.now());
    desk.answered(job);
    answers.send(job);
    this.#ended.inc({ state: result.state });
    if (job.next) replace(job, job.next);
    else over(job);
    // It is kept until its end is applied: what only its run needed is not.
    job.part = undefined;
    job.flow = undefined;
    job.batch = undefined;
    job.place = undefined;
  }

  async #beginLater(jobs: readonly Job[], held: Promise<readonly Job[]>): Promise<void> {
    try {
      this.#begin(jobs, await held);
    } catch (error) {
      this.#parts.log.error({ jobs: jobs.length, err: error }, 'what was to follow was dropped'); // A bug; the claims end by themselves.
      jobs.forEach(over);
    }
  }

  #begin(jobs: readonly Job[], ours: readonly Job[]): void {
    if (ours.length < jobs.length) for (const job of jobs) if (!ours.includes(job)) over(job);
    if (!this.#parts.mayGoOn()) return void ours.map((job) => this.#handBack(job));
    // What was granted in one turn goes to each thread together.
    if (this.#beginning.length === 0) process.nextTick(() => this.#run(this.#beginning.splice(0)));
    this.#beginning.push(...ours);
  }

  #run(jobs: readonly Job[]): void {
    for (const job of jobs) this.#parts.desk.running(job);
    for (const [place, some] of Map.groupBy(jobs, ({ place }) => place!)) place.run(some);
  }

  async #handBack(job: Job): Promise<void> {
    this.#parts.log.info({ ...aboutJob(job), delivery: job.delivery }, 'a task run is handed to another worker');
    over(job);
    this.telling++;
    await this.#parts.desk.giveBack([job]);
    this.telling--;
  }

  /** The owner counts the loss and hands the attempt out anew, without waiting for the claim to end. */
  async #tell(job: Job): Promise<void> {
    const { partition, executionId, taskRunId, attempt, delivery } = job;
    const { mailbox, time, signal, log } = this.#parts;
    this.telling++;
    const tell = () =>
      mailbox.append(partition, [
        { v: MESSAGE_FORMAT, kind: 'workerLost', executionId, atMs: time.now(), taskRunId, attempt, delivery },
      ]);
    // Untold it costs only time: the claim ends by itself.
    await insist(tell, signal).catch((error: unknown) =>
      log.warn({ ...aboutJob(job), reason: textOf(error) }, 'a loss was not told'),
    );
    this.telling--;
  }

  #line(job: Job, number: number, level: number, atMs: number, message: string): LogLine {
    const { ref, token, executionId, taskRunId, attempt, item } = job;
    const flow = this.#flowOf(job);
    return {
      id: `${ref}/${token}/${number}`,
      executionId,
      namespace: flow.namespace,
      flowId: flow.id,
      taskId: item.taskId,
      taskRunId,
      attempt,
      value: item.value,
      level: LEVELS[level]!,
      atMs,
      message,
    };
  }

  /** The only thing of an execution that this loop must know itself. */
  #flowOf({ item, part }: Job): Names {
    const known = this.#flows.get(item.hash);
    if (known) return known;
    const { flow } = JSON.parse(part!.start) as ExecutionStart;
    if (this.#flows.size >= FLOWS_MAX) this.#flows.clear();
    this.#flows.set(item.hash, flow);
    return flow;
  }
}

const atTime = ([number, , type, name, value, tags]: MeasuredValue, atMs: number): MeasuredValue =>
  tags ? [number, atMs, type, name, value, tags] : [number, atMs, type, name, value];

function over(job: Job): void {
  clearTimeout(job.timer);
  const { batch } = job;
  if (batch && --batch.left === 0) batch.over();
}

/** `next` holds the seat in the place of a job that has ended. */
function replace(job: Job, next: Job): void {
  clearTimeout(job.timer);
  next.batch = job.batch;
}

/** What the log says of a job. */
const aboutJob = ({ executionId, taskRunId, attempt }: Job): Fields => ({
  execution: executionId,
  taskRun: taskRunId,
  attempt,
});
