/**
 * One terminal record for each attempt, of the worker that held it; and behind each record an effect. What began twice has a
 * reason: a worker that died, was stopped, or was cut off.
 */

import { isEnded, stateOf } from '../../../lib/model/state.ts';
import type { Effect } from '../build/plugin.ts';
import type { Witnessed } from '../build/witness.ts';
import { attemptOf } from '../rig/ledger.ts';
import type { Evidence, Judge } from './evidence.ts';
import type { Record } from './records.ts';

type Claimed = Extract<Witnessed, { kind: 'claim' }>;
type Answered = Extract<Witnessed, { kind: 'answer' }>;

export const judgeAttempts: Judge = (evidence) => {
  const claims = Map.groupBy(
    evidence.deeds.filter((deed): deed is Claimed => deed.kind === 'claim' && deed.answer === 'granted'),
    ({ ref }) => ref,
  );
  const answers = Map.groupBy(
    evidence.deeds.filter((deed): deed is Answered => deed.kind === 'answer'),
    ({ ref }) => ref,
  );
  return evidence.records.flatMap((record) =>
    record.taskRuns.flatMap((taskRun) =>
      taskRun.attempts.flatMap((attempt, n) => {
        const ref = `${record.id}/${taskRun.id}/${n + 1}`;
        const ends = attempt.history.filter(([state]) => isEnded(state));
        if (ends.length > 1) return [`${taskRun.taskId} ${ref} ended ${ends.length} times`];
        const isOpen = ends.length === 0 && isEnded(stateOf(taskRun.history));
        if (isOpen) return [`${taskRun.taskId} ${ref} has no end`];
        return staleAnswer(ref, attempt.workerId, claims.get(ref) ?? [], answers.get(ref) ?? []);
      }),
    ),
  );
};

/** Recorded is the answer of one worker, which left after another one was told that the attempt is its own. */
function staleAnswer(
  ref: string,
  worker: string | undefined,
  claims: readonly Claimed[],
  answers: readonly Answered[],
): readonly string[] {
  const left = answers.find((answer) => answer.worker === worker);
  if (worker === undefined || !left) return [];
  const holder = claims.filter(({ told, atMs }) => told && atMs < left.atMs).at(-1);
  const own = claims.some((claim) => claim.worker === worker && claim.atMs >= (holder?.atMs ?? 0));
  return holder && holder.worker !== worker && !own
    ? [`${ref} is recorded by ${worker}, whose answer left after ${holder.worker} had claimed it`]
    : [];
}

export const judgeEffects: Judge = (evidence) => {
  const byAttempt = Map.groupBy(evidence.effects, attemptOf);
  const excused = excuse(evidence);
  return [
    ...evidence.records.flatMap((record) => missing(record, byAttempt)),
    ...[...byAttempt].flatMap(([attempt, effects]) => doubled(attempt, effects, excused)),
  ];
};

/** A success without its effect. */
function missing(record: Record, byAttempt: ReadonlyMap<string, readonly Effect[]>): readonly string[] {
  return record.taskRuns.flatMap(({ id, taskId, outputs, attempts }) => {
    const nonce = outputs?.nonce;
    if (typeof nonce !== 'string') return [];
    const effects = byAttempt.get(`${id}/${attempts.length}`) ?? [];
    return effects.some((effect) => effect.what === 'end' && effect.nonce === nonce)
      ? []
      : [`${record.flow} ${record.id}: ${taskId} is recorded with an output that no effect gave`];
  });
}

/** Processes that may have left something undone. */
function excuse(evidence: Evidence): (effect: Effect) => boolean {
  const { deaths, stops, cuts } = evidence;
  const fallen = new Set([...deaths, ...stops].map(({ pid }) => pid));
  const isOrphan = orphans(evidence);
  return (effect) =>
    fallen.has(effect.pid) ||
    fallen.has(effect.parent) ||
    isOrphan(effect) ||
    cuts.some(({ fromMs, untilMs }) => effect.atMs >= fromMs - 60_000 && effect.atMs <= untilMs + 60_000);
}

/**
 * What runs in a process of its own, and whose worker was killed while it booted, has another parent by then. It is known by the
 * claim: no worker's process is its parent, and one that was granted the attempt before died before it began.
 */
function orphans({ deeds, deaths }: Evidence): (effect: Effect) => boolean {
  const claims = deeds.filter((deed): deed is Claimed => deed.kind === 'claim' && deed.answer === 'granted');
  const workers = new Set(claims.map(({ pid }) => pid));
  const byRef = Map.groupBy(claims, ({ ref }) => ref);
  const diedMs = new Map(deaths.map(({ pid, atMs }) => [pid, atMs]));
  return ({ execution, taskRun, attempt, pid, parent, atMs }) =>
    !workers.has(pid) &&
    !workers.has(parent) &&
    (byRef.get(`${execution}/${taskRun}/${attempt}`) ?? []).some(
      (claim) => claim.atMs <= atMs && (diedMs.get(claim.pid) ?? Number.POSITIVE_INFINITY) <= atMs,
    );
}

function doubled(
  attempt: string,
  effects: readonly Effect[],
  isExcused: (effect: Effect) => boolean,
): readonly string[] {
  const begins = effects.filter(({ what }) => what === 'begin');
  const unexcused = begins.slice(0, -1).filter((effect) => !isExcused(effect));
  return unexcused.map(
    ({ execution, flow, task, pid }) =>
      `${flow} ${execution}: ${task} ${attempt} began in process ${pid} and again, though nothing had happened to it`,
  );
}
