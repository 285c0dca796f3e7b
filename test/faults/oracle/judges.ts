/** The invariants: each a judge that reads the evidence and says what does not hold. Their names stand in reports and patches. */

import type { Call } from '../load/history.ts';
import { judgeAttempts, judgeEffects } from './attempts.ts';
import { judgeOneWriter } from './commits.ts';
import { type Judge, wasCut } from './evidence.ts';
import { judgeFootprints } from './footprints.ts';
import { judgeKills } from './kills.ts';
import { judgeLegal } from './legal.ts';
import { isMarkedLost, judgeOutcomes } from './outcomes.ts';
import { judgeTicks } from './ticks.ts';

/** A call that takes longer hangs. */
const CALL_MS = 15_000;

/** Every acknowledged start is there, and has ended. */
const judgeLost: Judge = (evidence) => {
  const byId = new Map(evidence.records.map((record) => [record.id, record]));
  return evidence.history.of('start', 'acknowledged').flatMap(({ id, name, kind, doneMs }) => {
    const record = byId.get(id!);
    if (!record || isMarkedLost(record))
      return wasCut(evidence, doneMs) ? [] : [`${kind} ${name} (${id}) was acknowledged and is not there`];
    return isOver(record.state) ? [] : [`${kind} ${name} (${id}) is ${record.state} in the end`];
  });
};

/** One execution for each call, whatever was answered. */
const judgeTwiceStarted: Judge = ({ asked, records }) => {
  const byCall = Map.groupBy(
    records.filter(({ call }) => call !== undefined),
    ({ call }) => call!,
  );
  return [
    ...[...byCall]
      .filter(([, all]) => all.length > 1)
      .map(([call, all]) => `call ${call} has ${all.length} executions`),
    ...asked.filter(({ otherId }) => otherId !== undefined).map(({ name }) => `call ${name} was told two ids`),
  ];
};

const judgeLeft: Judge = ({ left }) => [
  ...left.keys.map((key) => `${key} is left`),
  ...left.deadLetters.map((letter) => `a dead letter: ${letter.slice(0, 300)}`),
];

/** The repository shows what the feeds told last, and nothing that lives. */
const judgeIndex: Judge = (evidence) => {
  if (evidence.told.size === 0) return ['the feeds told nothing'];
  return evidence.records.flatMap(({ id, version, flow, state }) => {
    if (!isOver(state)) return [`${flow} ${id} is shown ${state}`];
    const told = evidence.told.get(id);
    return told === undefined || told <= version
      ? []
      : [`${flow} ${id} is shown as of ${version}, the feed told ${told}`];
  });
};

const judgeProcesses: Judge = ({ strayEnds }) => strayEnds;

/**
 * What is in order is taken; who cannot be served now is told to come again. A restart that was asked before without an answer may
 * have been done: then there is nothing left to restart.
 */
const judgeRefusals: Judge = ({ history }) => {
  const restarts = history.of('restart', 'unknown');
  const isDone = ({ what, status, id, sentMs }: Call) =>
    what === 'restart' && status === 422 && restarts.some((before) => before.id === id && before.sentMs < sentMs);
  return history.calls
    .filter(({ what, outcome, status }) => what !== 'read' && outcome === 'refused' && ![0, 429].includes(status))
    .filter(({ what, status }) => what === 'start' || ![404, 409].includes(status))
    .filter((call) => !isDone(call))
    .map(({ what, kind, name, status, said }) => `${what} of ${kind} ${name} was refused: ${status} ${said}`);
};

const judgeHangs: Judge = ({ history }) =>
  history.calls
    .filter(({ sentMs, doneMs }) => doneMs - sentMs > CALL_MS)
    .map(({ what, name, sentMs, doneMs, status }) => `${what} ${name} took ${doneMs - sentMs} ms (${status})`);

/** What was asked for after all faults has ended well. */
const judgeTail: Judge = ({ asked, records, calmFromMs }) => {
  const byId = new Map(records.map((record) => [record.id, record]));
  const last = asked.filter(({ atMs }) => atMs >= calmFromMs);
  if (last.length === 0) return ['nothing was asked for after the faults'];
  return last.flatMap(({ id, kind, name }) =>
    id !== undefined && byId.get(id)?.state === kind.ends
      ? []
      : [`${kind.name} ${name} is ${byId.get(id ?? '')?.state}`],
  );
};

const ENDS: ReadonlySet<string> = new Set([
  'SUCCESS',
  'WARNING',
  'FAILED',
  'KILLED',
  'CANCELLED',
  'RETRIED',
  'SKIPPED',
]);
const isOver = (state: string): boolean => ENDS.has(state);

/** What is judged by a clock, names in reports: on a machine that others use too, it says little of ours. */
export const TIMED: ReadonlySet<string> = new Set(['killed', 'hangs', 'recovery']);

export const JUDGES: Readonly<Record<string, Judge>> = {
  lost: judgeLost,
  'twice started': judgeTwiceStarted,
  'one record': judgeAttempts,
  effects: judgeEffects,
  legal: judgeLegal,
  outcome: judgeOutcomes,
  killed: judgeKills,
  ticks: judgeTicks,
  'one writer': judgeOneWriter,
  'left in Redis': judgeLeft,
  index: judgeIndex,
  processes: judgeProcesses,
  footprints: judgeFootprints,
  refusals: judgeRefusals,
  hangs: judgeHangs,
  tail: judgeTail,
};
