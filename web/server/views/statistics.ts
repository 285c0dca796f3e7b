/** Counts as dashboards read them. */
import { LEVELS } from '../../../lib/model/log-line.ts';
import type { State } from '../../../lib/model/state.ts';
import type { ExecutionCount, LineCount } from '../../../lib/repository/statistics.ts';
import type { DailyExecutionsBody, DailyLogsBody, ExecutionCountsBody } from '../../api/routes/statistics.ts';
import { iso, isoDuration } from './time.ts';
import { type GroupBy, grouped } from './time-groups.ts';

/** Those of executions; the others are of task runs and attempts. */
const STATES: readonly State[] = [
  'CREATED',
  'QUEUED',
  'RUNNING',
  'PAUSED',
  'RESTARTED',
  'RETRYING',
  'KILLING',
  'SUCCESS',
  'WARNING',
  'FAILED',
  'KILLED',
  'CANCELLED',
  'RETRIED',
  'SKIPPED',
];

export interface Charted {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly groupBy: GroupBy;
}

export const dailyExecutionsBody = (
  counts: readonly ExecutionCount[],
  charted: Charted,
): readonly DailyExecutionsBody[] =>
  grouped(counts, charted).map(([beginMs, inside]) => ({
    startDate: iso(beginMs),
    groupBy: charted.groupBy,
    executionCounts: byState(inside),
    duration: durationBody(inside.filter(({ ended }) => ended > 0)),
  }));

function durationBody(counts: readonly ExecutionCount[]): DailyExecutionsBody['duration'] {
  const sumMs = counts.reduce((all, each) => all + each.sumMs, 0);
  const count = counts.reduce((all, { ended }) => all + ended, 0);
  const isNone = count === 0;
  return {
    min: isoDuration(isNone ? 0 : Math.min(...counts.map(({ minMs }) => minMs))),
    avg: isoDuration(isNone ? 0 : Math.round(sumMs / count)),
    max: isoDuration(isNone ? 0 : Math.max(...counts.map(({ maxMs }) => maxMs))),
    sum: isoDuration(sumMs),
    count,
  };
}

function byState(counts: readonly ExecutionCount[]): Record<string, number> {
  const all: Record<string, number> = Object.fromEntries(STATES.map((state) => [state, 0]));
  for (const { state, count } of counts) all[state] = (all[state] ?? 0) + count;
  return all;
}

export function byNamespaceBody(counts: readonly ExecutionCount[]): Readonly<Record<string, ExecutionCountsBody>> {
  const bodies = [...Map.groupBy(counts, ({ namespace = '' }) => namespace)].map(
    ([namespace, inside]) => [namespace, { counts: byState(inside), total: totalOf(inside) }] as const,
  );
  return Object.fromEntries(bodies.sort(([, one], [, other]) => other.total - one.total));
}

const totalOf = (counts: readonly ExecutionCount[]): number => counts.reduce((all, { count }) => all + count, 0);

/** As it says of a namespace without its flows. */
const ALL_FLOWS = '*';
const FLOWS_MAX = 1_000;

/** By namespace and flow: those with the most. */
export function byFlowBody(
  counts: readonly ExecutionCount[],
  charted: Charted,
): Readonly<Record<string, Readonly<Record<string, readonly DailyExecutionsBody[]>>>> {
  const flows = [...Map.groupBy(counts, ({ namespace, flowId = ALL_FLOWS }) => `${namespace}/${flowId}`).values()];
  const most = flows.sort((one, other) => totalOf(other) - totalOf(one)).slice(0, FLOWS_MAX);
  const namespaces = Map.groupBy(most, ([one]) => one!.namespace ?? '');
  const flowsBody = (flows: typeof most) =>
    Object.fromEntries(flows.map((inside) => [inside[0]!.flowId ?? ALL_FLOWS, dailyExecutionsBody(inside, charted)]));
  return Object.fromEntries([...namespaces].map(([namespace, flows]) => [namespace, flowsBody(flows)]));
}

export const dailyLogsBody = (counts: readonly LineCount[], charted: Charted): readonly DailyLogsBody[] =>
  grouped(counts, charted).map(([beginMs, inside]) => {
    const all: Record<string, number> = Object.fromEntries(LEVELS.map((level) => [level, 0]));
    for (const { level, count } of inside) all[level] = (all[level] ?? 0) + count;
    return { timestamp: iso(beginMs), groupBy: charted.groupBy, counts: all };
  });
