/** Log lines of all executions. */
import { ask, type LogView, type PageOf } from '../api.ts';

export interface LineView extends LogView {
  readonly namespace: string;
  readonly flowId: string;
  readonly executionId: string;
}

export const searchLogs = (query: URLSearchParams) => ask<PageOf<LineView>>(`/logs/search?${query}`);
