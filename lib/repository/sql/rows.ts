/**
 * What is written as rows of the tables. Servers take no NUL in a text, which SQLite would keep: it is shown as U+FFFD. In JSON
 * that they look into they take no half of a pair (`\ud800`) either.
 */
import type { Insertable } from 'kysely';
import type { ExecutionHead } from '../../model/execution.ts';
import type { Labels } from '../../model/flow.ts';
import type { LogLine } from '../../model/log-line.ts';
import type { MetricEntry } from '../../model/metric.ts';
import { isEnded, sinceOf, stateOf } from '../../model/state.ts';
import type { ExecutionRow, FlowRow } from '../repository.ts';
import type { FlowsTable, LogsTable, MetricsTable } from './schema.ts';

/** `no` is wanted by rows that are there; of a new one the database gives it. */
export function beginsOf({ id, head }: ExecutionRow, start: NonNullable<ExecutionRow['start']>) {
  const { flow, trigger, parentId = null, originalId } = start;
  const cause = trigger?.variables.executionId;
  return {
    tenant: flow.tenant,
    namespace: flow.namespace,
    flow_id: flow.id,
    revision: flow.revision,
    parent_id: parentId,
    trigger_execution_id: typeof cause === 'string' ? cause : parentId,
    original_id: originalId === id ? null : originalId,
    start_json: JSON.stringify(start),
    start_ms: head ? head.history[0]![1] : start.createdAtMs,
  };
}

export function headOf(head: ExecutionHead) {
  const state = stateOf(head.history);
  return {
    state,
    ended_ms: isEnded(state) ? sinceOf(head.history) : null,
    labels: labelsText(head.labels),
    head_json: JSON.stringify(head),
  };
}

export const flowRowOf = ({ deleted, atMs, source, ...rest }: FlowRow): FlowsTable => ({
  ...rest,
  source: written(source),
  deleted: Number(deleted),
  at_ms: atMs,
});

/** The number that ends a line's id. */
export const seqOf = (id: string): number => Number(/\d{1,15}$/.exec(id)?.[0] ?? 0);

export const lineRowOf = (line: LogLine): LogsTable => ({
  execution_id: line.executionId,
  at_ms: line.atMs,
  seq: seqOf(line.id),
  id: line.id,
  namespace: line.namespace,
  flow_id: line.flowId,
  task_id: line.taskId ?? null,
  task_run_id: line.taskRunId ?? null,
  attempt: line.attempt ?? null,
  value: line.value === undefined ? null : written(line.value),
  level: line.level,
  message: written(line.message),
});

export const metricRowOf = (metric: MetricEntry): Insertable<MetricsTable> => ({
  execution_id: metric.executionId,
  at_ms: metric.atMs,
  id: metric.id,
  namespace: metric.namespace,
  flow_id: metric.flowId,
  task_id: metric.taskId,
  task_run_id: metric.taskRunId,
  attempt: metric.attempt,
  type: metric.type,
  name: written(metric.name).slice(0, NAME_MAX),
  value: metric.value,
  tags: JSON.stringify(metric.tags),
});

/** What a key of MySQL can hold of a name that a plugin chose. */
const NAME_MAX = 191;

/** As labels are found by: one that a database cannot read would be refused whenever its execution is written. */
export function labelsText(labels: Labels): string {
  const json = JSON.stringify(labels);
  if (!json.includes('\\u')) return json;
  return JSON.stringify(Object.fromEntries(Object.entries(labels).map((label) => label.map(kept))));
}

/** A text as it is kept, and so as it is looked for. */
export const kept = (text: string): string => written(text).toWellFormed();

const written = (text: string): string => (text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text);
