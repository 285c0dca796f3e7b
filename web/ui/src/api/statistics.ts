/** Counts for the start page. */
import type { DailyExecutionsBody, ExecutionCountsBody } from '../../../api/routes/statistics.ts';
import { ask, JSON_TYPE } from '../api.ts';

export type { DailyExecutionsBody, ExecutionCountsBody };

export interface Counted {
  /** ISO-8601, back from now. */
  readonly timeRange: string;
  /** And those below it; absent: all. */
  readonly namespace?: string;
}
export const countedOf = (since: string, namespace: string): Counted => ({
  timeRange: since,
  ...(namespace && { namespace }),
});

const post = <T>(path: string, body: object) =>
  ask<T>(`/stats${path}`, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(body) });

export const countFlows = (namespace?: string) =>
  post<{ readonly flows: number; readonly triggers: number }>('/summary', { namespace });
export const executionsOverTime = (of: Counted) => post<readonly DailyExecutionsBody[]>('/executions/daily', of);
export const executionsByNamespace = (of: Counted) =>
  post<Readonly<Record<string, ExecutionCountsBody>>>('/executions/daily/group-by-namespace', of);

export type ByFlow = Readonly<Record<string, Readonly<Record<string, readonly DailyExecutionsBody[]>>>>;
export const executionsByFlow = (
  of: Counted & { readonly flows: readonly { readonly namespace: string; readonly id: string }[] },
) => post<ByFlow>('/executions/daily/group-by-flow', of);
