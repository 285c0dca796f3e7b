/**
 * The claims that this worker holds (W2), from the gate's grant until their owners have applied the ends.
 * K1 No user code before the grant; if the grant is older than a second, not before a renewal.
 * K2 Claims are renewed while jobs run, all of a partition in one call; short jobs end before their first renewal.
 * K3 An answer is sent again until the gate says that the attempt is closed: a roll-back may have lost it.
 * K4 What was ended for a kill that a roll-back has taken away is given back: the gate says `held` then, and nobody waits for its end.
 */
import { CLAIM_RENEW_MS, type ClaimAnswer, type Claims, type RenewAnswer } from '../../lib/bus/claims.ts';
import { textOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { counter } from '../../lib/metrics.ts';
import type { Partition } from '../../lib/model/partition.ts';
import { insist } from './insist.ts';
import { byPartition, type Job } from './job.ts';

const TICK_MS = 200;
/** A grant that took longer on its way is asked about before its job starts. */
const FRESH_MS = 1_000;
/** The answer was in the mailbox this long ago, and the claim is still there. */
const RESEND_MS = 5_000;
/** After its end was applied, or it was revoked, a job is remembered this long: a roll-back may open its attempt again. */
const REMEMBER_MS = 15_000;
const REMEMBER_ASK_MS = 5_000;
/** Of the closed ones. Without the memory of the others a roll-back costs one more run. */
const REMEMBERED_MAX = 2_000;

export interface DeskParts {
  readonly claims: Claims;
  readonly workerId: string;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Ends a running job. */
  readonly abort: (job: Job) => void;
  readonly resend: (job: Job) => void;
}

export class Desk {
  readonly #parts: DeskParts;
  readonly #jobs = new Set<Job>();
  readonly #closed = new Set<Job>();
  readonly #asking = new Set<Partition>();
  readonly #refusals = counter('worker_claims_refused_total', 'Claims that the gate refused', ['answer']);
  #timer: NodeJS.Timeout | undefined;
  #unhear: (() => void) | undefined;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#unhear = this.#parts.claims.onHint((refs) => this.#hinted(new Set(refs)));
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#unhear?.();
  }

  /** Those that are granted; asks for as long as the bus is away. */
  async claim(partition: Partition, jobs: readonly Job[]): Promise<readonly Job[]> {
    const { claims, workerId, signal } = this.#parts;
    const ask = (): Promise<readonly ClaimAnswer[]> => {
      const nowMs = performance.now();
      for (const job of jobs) job.askedAtMs = nowMs;
      return claims.claim(partition, workerId, jobs);
    };
    const answers = await insist(ask, signal);
    if (!answers) return [];
    const granted = jobs.filter((_, n) => answers[n] === 'granted');
    if (granted.length < jobs.length)
      for (const answer of answers) if (answer !== 'granted') this.#refusals.inc({ answer });
    return this.hold(partition, granted);
  }

  /** Claims that the gate has granted: those that still are. */
  hold(partition: Partition, granted: readonly Job[]): readonly Job[] | Promise<readonly Job[]> {
    for (const job of granted) this.#jobs.add(job);
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
    const isFresh = granted.length === 0 || performance.now() - granted[0]!.askedAtMs <= FRESH_MS;
    return isFresh ? granted : this.#stillOurs(partition, granted);
  }

  /** Its runner has it. */
  running(job: Job): void {
    job.phase = 'running';
    job.sinceMs = performance.now();
  }

  answered(job: Job): void {
    job.phase = 'answered';
    job.sinceMs = performance.now();
    job.revokedAtMs = undefined;
  }

  forget(job: Job): void {
    job.phase = 'gone';
    this.#jobs.delete(job);
    this.#closed.delete(job);
  }

  /** No user code of these runs, or any more. */
  async giveBack(jobs: readonly Job[]): Promise<void> {
    for (const job of jobs) this.forget(job);
    const { claims, workerId, signal, log } = this.#parts;
    const back = ([partition, some]: readonly [Partition, readonly Job[]]) =>
      insist(() => claims.giveBack(partition, workerId, some), signal).catch((error: unknown) =>
        // The claims end by themselves; that costs a delivery.
        log.warn({ partition, reason: textOf(error) }, 'claims were not given back'),
      );
    await Promise.all([...byPartition(jobs)].map(back));
  }

  /** Those whose user code may run. */
  get inHand(): readonly Job[] {
    return [...this.#jobs].filter(({ phase }) => phase === 'running');
  }

  async #stillOurs(partition: Partition, jobs: readonly Job[]): Promise<readonly Job[]> {
    const { claims, workerId, signal } = this.#parts;
    const answers = await insist(() => claims.renew(partition, workerId, jobs), signal);
    const ours = jobs.filter((_, n) => answers?.[n] === 'held' || answers?.[n] === 'retaken');
    for (const job of jobs) if (!ours.includes(job)) this.forget(job);
    return ours;
  }

  #tick(): void {
    const nowMs = performance.now();
    const due: Job[] = [];
    for (const job of this.#jobs) if (isDue(job, nowMs)) due.push(job);
    for (const job of this.#closed) {
      if (nowMs - job.sinceMs > REMEMBER_MS) this.forget(job);
      else if (nowMs - job.askedAtMs >= REMEMBER_ASK_MS) due.push(job);
    }
    this.#renew(due);
    if (this.#jobs.size + this.#closed.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #hinted(refs: ReadonlySet<string>): void {
    const named: Job[] = [];
    for (const job of this.#jobs) if (job.phase === 'running' && refs.has(job.ref)) named.push(job);
    this.#renew(named, true);
  }

  /** One call per partition at a time: one that the bus does not answer is not asked in vain again. */
  #renew(jobs: readonly Job[], hinted = false): void {
    for (const [partition, some] of byPartition(jobs))
      if (hinted || !this.#asking.has(partition)) void this.#ask(partition, some);
  }

  async #ask(partition: Partition, jobs: readonly Job[]): Promise<void> {
    this.#asking.add(partition);
    const nowMs = performance.now();
    try {
      const answers = await this.#parts.claims.renew(partition, this.#parts.workerId, jobs);
      jobs.forEach((job, n) => {
        job.askedAtMs = nowMs;
        if (job.phase !== 'gone') this.#onAnswer(job, answers[n]!);
      });
    } catch (error) {
      // Asked again at the next tick, for as long as the job is here.
      this.#parts.log.debug({ partition, reason: textOf(error) }, 'claims were not renewed');
    } finally {
      this.#asking.delete(partition);
    }
  }

  #onAnswer(job: Job, answer: RenewAnswer): void {
    if (isForNothing(job) && (answer === 'held' || answer === 'retaken')) return void this.giveBack([job]);
    const wasSent = job.sentAtMs > 0 && performance.now() - job.sentAtMs >= RESEND_MS;
    switch (answer) {
      case 'held':
        if (job.phase === 'closed' || wasSent) this.#again(job);
        return;
      case 'retaken':
        if (job.phase !== 'running' && job.sentAtMs > 0) this.#again(job);
        return;
      case 'revoked':
        this.#onRevoked(job, wasSent);
        return;
      case 'closed':
        if (job.phase === 'running') this.#onRevoked(job, false);
        else if (job.phase === 'answered') this.#close(job);
        return;
    }
  }

  #onRevoked(job: Job, wasSent: boolean): void {
    const nowMs = performance.now();
    if (job.phase === 'running') {
      if (job.revokedAtMs === undefined) this.#parts.abort(job);
      job.revokedAtMs = nowMs;
    } else if (job.phase === 'answered') {
      // An execution that is killing waits for this answer; anyone else's claim makes it void.
      job.revokedAtMs ??= nowMs;
      if (nowMs - job.revokedAtMs > REMEMBER_MS) this.forget(job);
      else if (wasSent) this.#again(job);
    }
  }

  #again(job: Job): void {
    this.#closed.delete(job);
    this.#jobs.add(job);
    job.phase = 'answered';
    job.sentAtMs = 0;
    this.#parts.resend(job);
  }

  #close(job: Job): void {
    this.#jobs.delete(job);
    this.#closed.add(job);
    job.phase = 'closed';
    job.sinceMs = performance.now();
    if (this.#closed.size > REMEMBERED_MAX) this.forget(this.#closed.values().next().value!);
  }
}

/** It has ended because of a kill, and for no other reason. */
const isForNothing = ({ phase, result }: Job): boolean => phase !== 'running' && result?.state === 'KILLED';

/** An answer that is not in the mailbox yet is renewed as well: the claim protects it. */
function isDue(job: Job, nowMs: number): boolean {
  const sinceMs = job.phase === 'answered' && job.sentAtMs > job.askedAtMs ? job.sentAtMs : job.askedAtMs;
  return nowMs - sinceMs >= CLAIM_RENEW_MS - TICK_MS;
}
