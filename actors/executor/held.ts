/**
 * What the owner of an execution partition keeps in memory beside the executions, each as Redis has it: open attempts, timers,
 * letters, marks of kills, what ended executions leave behind. Effects of steps go into the batch and in here, in one place.
 */
import { CLAIM_MS } from '../../lib/bus/claims.ts';
import type { Holding, Lease } from '../../lib/bus/ownership.ts';
import type { Effect } from '../../lib/execution/effect.ts';
import type { Run } from '../../lib/execution/run.ts';
import type { Tombstone } from '../../lib/model/execution.ts';
import { answerName } from '../../lib/model/letter.ts';
import type { LogLine } from '../../lib/model/log-line.ts';
import { versionOf } from '../../lib/model/version.ts';
import { Attempts } from './attempts.ts';
import type { Batch } from './batch.ts';
import type { Durations } from './durations.ts';
import { Letters } from './letters.ts';
import { Residue } from './residue.ts';
import { Timers } from './timers.ts';

export const CONTINUE = 'continue';
/** A tombstone that waits for its caller's word has no time yet. */
const UNSETTLED_MS = Number.MAX_SAFE_INTEGER;

export class Held {
  readonly attempts = new Attempts();
  readonly timers: Timers;
  readonly letters: Letters;
  readonly killing: Set<string>;
  readonly residue: Residue;
  readonly #durations: Durations;

  constructor(holding: Holding, lease: Lease, durations: Durations, nowMs: number) {
    this.#durations = durations;
    this.timers = new Timers(holding.timers);
    this.letters = new Letters(holding.letters, nowMs);
    this.killing = new Set(holding.killing);
    this.residue = new Residue(holding, versionOf(lease.epoch, holding.number + 1));
    for (const { ref, delivery, claim } of holding.attempts) {
      // The claim says how long its worker has been silent: a move of the partition is no sign of life.
      const sinceMs = Math.min(nowMs, claim ? claim.untilMs - CLAIM_MS : nowMs);
      this.attempts.open({ ref, group: '', delivery, sinceMs, askedMs: nowMs });
    }
  }

  get nextMs(): number {
    return Math.min(this.timers.nextMs, this.residue.nextMs, this.letters.nextMs);
  }

  /** `run` is the execution with the step's change. */
  do(batch: Batch, run: Run, effect: Effect, nowMs: number): void {
    const { start } = run;
    switch (effect.kind) {
      case 'runTask':
        return this.#open(batch, effect, nowMs);
      case 'keepTask': {
        const { ref, group, delivery } = effect;
        return this.attempts.open({ ref, group, delivery, sinceMs: nowMs, askedMs: nowMs });
      }
      case 'closeAttempt':
        batch.close(effect.ref);
        this.attempts.close(effect.ref);
        if (effect.ranMs !== undefined) this.#durations.note(effect.type!, effect.ranMs);
        return;
      case 'revokeAttempt':
        batch.hints.push(effect.ref);
        return;
      case 'setTimer':
        batch.timers.put(effect.name, effect.dueMs);
        return this.timers.set(effect.name, effect.dueMs);
      case 'dropTimer':
        batch.timers.drop(effect.name);
        return this.timers.drop(effect.name);
      case 'send':
        return this.letters.set(batch, effect.name, effect.letter);
      case 'unsend':
        return this.letters.drop(batch, effect.name);
      case 'continue':
        return this.do(batch, run, { kind: 'setTimer', name: `${start.id}/${CONTINUE}`, dueMs: nowMs }, nowMs);
      case 'log':
        batch.lines.push({ executionId: start.id, line: lineOf(run, effect, batch, nowMs) });
        return;
      case 'still':
        return effect.still ? batch.still.put(start.id, true) : batch.still.drop(start.id);
      case 'liftKill':
        return this.liftKill(batch, start.id);
      case 'end':
        return this.bury(batch, start.id, { ...effect, nowMs, hash: start.flow.hash });
    }
  }

  /** A tombstone takes the place of the execution; where somebody waits for its answer, until that is settled. */
  bury(
    batch: Batch,
    id: string,
    end: Pick<Tombstone, 'state' | 'nextId'> & {
      readonly rememberMs: number;
      readonly nowMs: number;
      readonly hash?: string;
    },
  ): void {
    const { state, nextId, rememberMs, nowMs, hash } = end;
    const untilMs = this.letters.get(answerName(id)) ? UNSETTLED_MS : nowMs + rememberMs;
    const next = nextId === undefined ? {} : { nextId };
    const tombstone: Tombstone = { state, version: batch.version, endedAtMs: nowMs, untilMs, ...next };
    this.residue.bury(batch, id, tombstone, hash);
    this.liftKill(batch, id);
  }

  /** The gate grants its claims again. */
  liftKill(batch: Batch, id: string): void {
    if (this.killing.delete(id)) batch.killed.push(id);
  }

  /** The caller has its answer: the execution's time begins to run. */
  settle(batch: Batch, id: string, rememberMs: number, nowMs: number): void {
    this.letters.drop(batch, answerName(id));
    const tombstone = this.residue.tombstone(id);
    if (tombstone?.untilMs === UNSETTLED_MS)
      this.residue.remember(batch, id, { ...tombstone, untilMs: nowMs + rememberMs });
  }

  #open(batch: Batch, effect: Extract<Effect, { kind: 'runTask' }>, nowMs: number): void {
    const item = { ...effect.item, version: batch.version };
    const dispatch = { partition: batch.partition, group: effect.group, type: effect.type, item };
    if (effect.isOpen) batch.resend(dispatch);
    else batch.open(dispatch);
    this.attempts.open({
      ref: item.ref,
      group: effect.group,
      delivery: item.delivery,
      sinceMs: nowMs,
      askedMs: nowMs,
    });
  }
}

function lineOf(run: Run, effect: Extract<Effect, { kind: 'log' }>, batch: Batch, nowMs: number): LogLine {
  const { start } = run;
  const taskRun = effect.taskRunId === undefined ? undefined : run.taskRuns.get(effect.taskRunId);
  return {
    id: `${start.id}/engine/${batch.version}/${batch.lines.length}`,
    executionId: start.id,
    namespace: start.flow.namespace,
    flowId: start.flow.id,
    level: effect.level,
    atMs: nowMs,
    message: effect.message,
    ...(taskRun ? { taskId: taskRun.taskId, taskRunId: taskRun.id, attempt: taskRun.attempts.length } : {}),
  };
}
