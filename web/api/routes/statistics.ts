/**
 * The contract: what dashboards show. Executions count by the time of their start, log lines by their own, in UTC. Groups are hours
 * where the span is at most a day, days up to 180 of them, weeks up to a year, and months; each of the span is there, also
 * where nothing happened in it, with zeros. The span is `startDate` to `endDate`, or `timeRange` back from now; 30 days if absent.
 */
import { z } from 'zod';
import { Execution } from '../bodies.ts';
import type { Routes } from '../route.ts';
import { flag, list, map, named, open, shape, text, time, whole } from '../schema.ts';
import { json, jsonBody, Names, Q } from '../terms.ts';

const GROUPS = z.enum(['hour', 'day', 'week', 'month']);
const duration = text.describe('ISO-8601, such as PT1.5S; PT0S where none has ended');

/**
 * One group of time: `{ startDate: '2026-11-26T00:00:00.000Z', groupBy: 'day', executionCounts: { SUCCESS: 3, FAILED: 1, … },
 * duration: { min, avg, max, sum: 'PT1.5S', count: 4 } }`. `executionCounts` has every state that an execution can be in.
 */
export const DailyExecutions = named(
  'DailyExecutions',
  shape({
    startDate: time.describe('Where the group begins'),
    groupBy: GROUPS,
    executionCounts: map(whole).describe(
      'By state: how many that began in the group are in it now; every state is there',
    ),
    duration: shape({
      ...{ min: duration, avg: duration, max: duration, sum: duration },
      count: whole.describe('How many of them have ended'),
    }),
  }),
);
export type DailyExecutionsBody = z.infer<typeof DailyExecutions>;

/** `{ counts: { SUCCESS: 3, … }, total: 4 }`: of the whole span. */
export const ExecutionCounts = named(
  'ExecutionCounts',
  shape({ counts: map(whole).describe('By state; every state is there'), total: whole }),
);
export type ExecutionCountsBody = z.infer<typeof ExecutionCounts>;

/** `{ timestamp: '2026-11-26T00:00:00.000Z', groupBy: 'day', counts: { TRACE: 0, DEBUG: 0, INFO: 7, WARN: 0, ERROR: 1 } }`. */
export const DailyLogs = named(
  'DailyLogs',
  shape({
    timestamp: time.describe('Where the group begins'),
    groupBy: GROUPS,
    counts: map(whole).describe('By level; every level is there'),
  }),
);
export type DailyLogsBody = z.infer<typeof DailyLogs>;

const namespace = text.describe('This one and those below it').optional();
const SPAN = {
  startDate: text.describe('ISO-8601').optional(),
  endDate: text.describe('ISO-8601; now if absent').optional(),
  timeRange: text.describe('In place of startDate: how far back, such as P7D').optional(),
};
const scope = z.enum(['USER', 'SYSTEM']);
const EXECUTIONS = {
  q: Q.execution.optional(),
  scope: z.union([scope, list(scope)]).optional(),
  namespace,
  flowId: text.optional(),
  state: list(text).describe('These alone').optional(),
  labels: list(text).describe('key:value, all of them').optional(),
  ...SPAN,
};
const flows = Names.describe('These alone').optional();

export const STATISTICS_ROUTES = {
  statisticsSummary: {
    method: 'POST',
    path: '/stats/summary',
    access: 'read',
    summary: 'How many flows and triggers there are',
    body: jsonBody(open({ namespace })),
    answer: json(shape({ flows: whole, triggers: whole })),
    example: { body: { namespace: 'company' } },
  },
  dailyExecutionsByNamespace: {
    method: 'POST',
    path: '/stats/executions/daily/group-by-namespace',
    access: 'read',
    summary: 'Executions counted by namespace and state; only namespaces that have some',
    body: jsonBody(open({ namespace, ...SPAN })),
    answer: json(map(ExecutionCounts)),
    example: { body: { timeRange: 'P7D' } },
  },
  dailyExecutionsByFlow: {
    method: 'POST',
    path: '/stats/executions/daily/group-by-flow',
    access: 'read',
    summary:
      'Executions counted by namespace, flow, time and state; only flows that have some, the 1,000 with the most of them',
    body: jsonBody(
      open({
        ...EXECUTIONS,
        flows,
        namespaceOnly: flag.describe('All flows of a namespace together, as *').optional(),
      }),
    ),
    answer: json(map(map(list(DailyExecutions)))),
    example: { body: { timeRange: 'P7D', flows: [{ namespace: 'company.team', id: 'hello' }] } },
  },
  dailyExecutions: {
    method: 'POST',
    path: '/stats/executions/daily',
    access: 'read',
    summary: 'Executions counted by time and state',
    body: jsonBody(open(EXECUTIONS)),
    answer: json(list(DailyExecutions)),
    example: { body: { timeRange: 'P7D', namespace: 'company' } },
  },
  latestExecutionsByFlow: {
    method: 'POST',
    path: '/stats/executions/latest/group-by-flow',
    access: 'read',
    summary:
      'The latest execution of each flow that has one, without task runs; of all flows if none is named, at most 1,000',
    body: jsonBody(open({ flows })),
    answer: json(list(Execution)),
    example: { body: { flows: [{ namespace: 'company.team', id: 'hello' }] } },
  },
  dailyLogs: {
    method: 'POST',
    path: '/stats/logs/daily',
    access: 'read',
    summary: 'Log lines counted by time and level',
    body: jsonBody(
      open({
        q: Q.line.optional(),
        namespace,
        flowId: text.optional(),
        logLevel: z.enum(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR']).describe('This and those above it').optional(),
        ...SPAN,
      }),
    ),
    answer: json(list(DailyLogs)),
    example: { body: { timeRange: 'PT24H', logLevel: 'INFO' } },
  },
} as const satisfies Routes;
