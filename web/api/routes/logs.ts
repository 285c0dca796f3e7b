/** The contract: log lines, and what tasks measured. */
import type { Routes } from '../route.ts';

export const LOG_ROUTES = {
  searchLogs: { method: 'GET', path: '/logs/search', access: 'user' },
  downloadLogs: { method: 'GET', path: '/logs/:executionId/download', access: 'user' },
  followLogs: { method: 'GET', path: '/logs/:executionId/follow', access: 'user' },
  readLogs: { method: 'GET', path: '/logs/:executionId', access: 'user' },
  deleteLogs: { method: 'DELETE', path: '/logs/:executionId', access: 'user' },
  deleteLogsOfFlow: { method: 'DELETE', path: '/logs/:namespace/:flowId', access: 'user' },

  metricNames: { method: 'GET', path: '/metrics/names/:namespace/:flowId', access: 'user' },
  metricNamesOfTask: { method: 'GET', path: '/metrics/names/:namespace/:flowId/:taskId', access: 'user' },
  metricTasks: { method: 'GET', path: '/metrics/tasks/:namespace/:flowId', access: 'user' },
  metricAggregates: { method: 'GET', path: '/metrics/aggregates/:namespace/:flowId/:metric', access: 'user' },
  metricAggregatesOfTask: {
    method: 'GET',
    path: '/metrics/aggregates/:namespace/:flowId/:taskId/:metric',
    access: 'user',
  },
  readMetrics: { method: 'GET', path: '/metrics/:executionId', access: 'user' },
} as const satisfies Routes;
