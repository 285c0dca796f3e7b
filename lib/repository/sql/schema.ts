/**
 * The tables, as kysely sees them. An execution has a number in the order of arrival (`no`) besides its id: its task runs
 * are kept under it, so that new ones stand beside each other on disk whatever their random ids are. Times are
 * milliseconds since 1970. A row of which the start or the head is still unknown has nulls and is not shown.
 */
import type { Generated } from 'kysely';

export interface ExecutionsTable {
  no: Generated<number>;
  id: string;
  version: string;
  tenant: string | null;
  namespace: string | null;
  flow_id: string | null;
  revision: number | null;
  parent_id: string | null;
  /** The execution that triggered it: its parent, or the one that a flow trigger saw. */
  trigger_execution_id: string | null;
  original_id: string | null;
  start_json: string | null;
  state: string | null;
  /** The first entry of its history; the last where that is an end. */
  start_ms: number | null;
  ended_ms: number | null;
  labels: string | null;
  head_json: string | null;
}

export interface TaskRunsTable {
  execution_no: number;
  id: string;
  idx: number;
  task_id: string;
  json: string;
}

export interface LogsTable {
  execution_id: string;
  at_ms: number;
  /** The number that ends its id: the order of lines of the same millisecond. */
  seq: number;
  id: string;
  namespace: string;
  flow_id: string;
  task_id: string | null;
  task_run_id: string | null;
  attempt: number | null;
  value: string | null;
  level: string;
  message: string;
}

export interface MetricsTable {
  execution_id: string;
  at_ms: number;
  id: string;
  namespace: string;
  flow_id: string;
  task_id: string;
  task_run_id: string;
  attempt: number;
  type: string;
  name: string;
  value: number;
  tags: string;
}

export interface FlowsTable {
  tenant: string;
  namespace: string;
  id: string;
  revision: number;
  source: string;
  deleted: number;
  at_ms: number;
  version: string;
}

/** Kept by triggers, see `steps/lists.ts`; none in MySQL. Sums are over all shards. */
export interface ExecutionCountsTable {
  tenant: string;
  day_ms: number;
  namespace: string;
  flow_id: string;
  state: string;
  shard: number;
  count: number;
  ended: number;
  sum_ms: number;
  /** Also of ends that a restart has taken back. */
  min_ms: number | null;
  max_ms: number | null;
}

export interface LineCountsTable {
  hour_ms: number;
  namespace: string;
  level: string;
  shard: number;
  count: number;
}

export interface Tables {
  execution_counts: ExecutionCountsTable;
  line_counts: LineCountsTable;
  executions: ExecutionsTable;
  task_runs: TaskRunsTable;
  logs: LogsTable;
  metrics: MetricsTable;
  flows: FlowsTable;
  cursors: { name: string; value: string };
}
