/** Every execution ended as its kind says, with the task runs, attempts and children that it says. */
import { isEnded, stateOf } from '../../../lib/model/state.ts';
import type { Kind } from '../load/kinds.ts';
import { type Evidence, type Judge, wasCut } from './evidence.ts';
import type { Record } from './records.ts';

/** The third loss of a worker fails a task run, honestly. */
const LOSSES_MAX = 3;

export const judgeOutcomes: Judge = (evidence) => {
  const { asked, records, history } = evidence;
  const kinds = new Map(asked.map(({ name, kind }) => [name, kind]));
  const children = Map.groupBy(records, ({ parent }) => parent);
  // A kill that was cut off was never asked for.
  const kills = history.of('kill', 'acknowledged').filter(({ doneMs }) => !wasCut(evidence, doneMs));
  const killed = new Set(kills.map(({ id }) => id));
  return records.flatMap((record) => {
    const kind = record.call === undefined ? undefined : kinds.get(record.call);
    if (!kind || !isEnded(record.state) || hasLostThrice(record) || isMarkedLost(record)) return [];
    // Whoever was never told the id of an execution kills and restarts nothing.
    if (kind.does === 'restart' && record.start.incarnation === 0) return [];
    if (killed.has(record.id))
      return record.state === 'KILLED' ? [] : [`${named(record)} was killed and is ${record.state}`];
    if (kind.does === 'kill') return [];
    return [...endFaults(record, kind), ...leafFaults(record, kind), ...childFaults(record, kind, children)];
  });
};

const named = ({ flow, id, call }: Record): string => `${flow} ${call ?? ''} (${id})`;

export const hasLostThrice = ({ taskRuns }: Record): boolean =>
  taskRuns.some(({ attempts }) => attempts.some(({ losses = 0 }) => losses >= LOSSES_MAX));

/** By a cut, and said so. */
export const isMarkedLost = ({ head }: Record): boolean => head.reason?.startsWith('lost: ') === true;

const endFaults = (record: Record, { ends }: Kind): readonly string[] =>
  record.state === ends ? [] : [`${named(record)} is ${record.state}, expected ${ends}${why(record)}`];

function why({ head, taskRuns }: Record): string {
  const reasons = taskRuns.flatMap(({ taskId, reason }) => (reason === undefined ? [] : [`${taskId}: ${reason}`]));
  return [head.reason ?? '', ...reasons]
    .filter(Boolean)
    .map((text) => `; ${text}`)
    .join('');
}

function leafFaults(record: Record, { leaves }: Kind): readonly string[] {
  return Object.entries(leaves).flatMap(([taskId, { runs, attempts = 1 }]) => {
    const found = record.taskRuns.filter((taskRun) => taskRun.taskId === taskId);
    const tries = found.filter((taskRun) => taskRun.attempts.length !== attempts);
    return [
      ...(found.length === runs ? [] : [`${named(record)} ran ${taskId} ${found.length} times, expected ${runs}`]),
      ...tries.map(
        (taskRun) => `${named(record)} tried ${taskId} ${taskRun.attempts.length} times, expected ${attempts}`,
      ),
      ...found
        .filter(({ history }) => !isEnded(stateOf(history)))
        .map(({ history }) => `${named(record)}: ${taskId} is ${stateOf(history)}`),
    ];
  });
}

function childFaults(
  record: Record,
  { children = {} }: Kind,
  byParent: ReadonlyMap<string | undefined, readonly Record[]>,
): readonly string[] {
  const begun = byParent.get(record.id) ?? [];
  return Object.entries(children).flatMap(([flow, count]) => {
    const found = begun.filter((child) => child.flow === flow);
    const faults =
      found.length === count ? [] : [`${named(record)} began ${flow} ${found.length} times, expected ${count}`];
    const bad = found.filter((child) => child.state !== 'SUCCESS' && !hasLostThrice(child) && !isMarkedLost(child));
    return [
      ...faults,
      ...bad.map((child) => `${named(record)}: its ${flow} ${child.id} is ${child.state}${why(child)}`),
    ];
  });
}

/** How long what was asked for in a time took, ms. */
export const lastedMs = ({ asked, records }: Evidence, isMeant: (atMs: number) => boolean): readonly number[] => {
  const byId = new Map(records.map((record) => [record.id, record]));
  return asked.flatMap(({ id, atMs }) => {
    const history = id === undefined || !isMeant(atMs) ? undefined : byId.get(id)?.head.history;
    return history ? [history.at(-1)![1] - history[0]![1]] : [];
  });
};
