/** The contract: log lines, and what tasks measured. */
import { z } from 'zod';
import { LogEntry, Metric, page } from '../bodies.ts';
import type { Routes } from '../route.ts';
import { list, shape, text, time, whole } from '../schema.ts';
import { events, file, json, LINE_FILTERS, OF_LOG, paged, RESUME, SPAN } from '../terms.ts';

const Deleted = shape({ count: whole });
const Aggregations = shape({
  groupBy: z.enum(['hour', 'day', 'week', 'month']),
  aggregations: list(shape({ name: text, value: z.number(), date: time })),
});

export const LOG_ROUTES = {
  searchLogs: {
    method: 'GET',
    path: '/logs/search',
    access: 'read',
    summary: 'Search log lines of all executions',
    query: { ...paged('timestamp'), ...LINE_FILTERS },
    answer: json(page(LogEntry)),
    example: { query: { minLevel: 'INFO', 'filters[namespace][PREFIX]': 'company', sort: 'timestamp:desc' } },
  },
  downloadLogs: {
    method: 'GET',
    path: '/logs/:executionId/download',
    access: 'read',
    summary: 'The log of an execution as text',
    query: OF_LOG,
    answer: file('text/plain'),
    example: {},
  },
  followLogs: {
    method: 'GET',
    path: '/logs/:executionId/follow',
    access: 'read',
    summary: 'The log of an execution line by line, until it has ended',
    query: { ...OF_LOG, ...RESUME },
    answer: events(LogEntry),
    example: { query: { minLevel: 'INFO' } },
  },
  readLogs: {
    method: 'GET',
    path: '/logs/:executionId',
    access: 'read',
    summary: 'The log of an execution',
    query: OF_LOG,
    answer: json(list(LogEntry)),
    example: { query: { minLevel: 'INFO' } },
  },
  deleteLogs: {
    method: 'DELETE',
    path: '/logs/:executionId',
    access: 'edit',
    summary: 'Delete lines of an execution',
    query: OF_LOG,
    answer: json(Deleted),
    example: { query: { minLevel: 'ERROR' } },
  },
  deleteLogsOfFlow: {
    method: 'DELETE',
    path: '/logs/:namespace/:flowId',
    access: 'edit',
    summary: 'Delete the lines of a flow',
    query: { triggerId: text },
    answer: json(Deleted),
    example: { params: { flowId: 'approval' } },
  },

  metricNames: {
    method: 'GET',
    path: '/metrics/names/:namespace/:flowId',
    access: 'read',
    summary: 'What a flow measures',
    answer: json(list(text)),
    example: {},
  },
  metricNamesOfTask: {
    method: 'GET',
    path: '/metrics/names/:namespace/:flowId/:taskId',
    access: 'read',
    summary: 'What a task measures',
    answer: json(list(text)),
    example: { params: { taskId: 'measure' } },
  },
  metricTasks: {
    method: 'GET',
    path: '/metrics/tasks/:namespace/:flowId',
    access: 'read',
    summary: 'Tasks of a flow that measure',
    answer: json(list(text)),
    example: {},
  },
  metricAggregates: {
    method: 'GET',
    path: '/metrics/aggregates/:namespace/:flowId/:metric',
    access: 'read',
    summary: 'What a flow has measured over time',
    query: SPAN,
    answer: json(Aggregations),
    example: { query: { aggregation: 'sum', timeRange: 'P7D' } },
  },
  metricAggregatesOfTask: {
    method: 'GET',
    path: '/metrics/aggregates/:namespace/:flowId/:taskId/:metric',
    access: 'read',
    summary: 'What a task has measured over time',
    query: SPAN,
    answer: json(Aggregations),
    example: { params: { taskId: 'measure' }, query: { aggregation: 'avg', timeRange: 'PT24H' } },
  },
  readMetrics: {
    method: 'GET',
    path: '/metrics/:executionId',
    access: 'read',
    summary: 'What an execution has measured',
    query: { ...paged('timestamp, name, value, taskId'), taskRunId: text, taskId: text },
    answer: json(page(Metric)),
    example: {},
  },
} as const satisfies Routes;
