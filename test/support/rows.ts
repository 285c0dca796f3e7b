/** Rows of a repository, as a test wants them: an execution with some task runs, a flow, a line. */
import type { ExecutionHead, ExecutionStart, TaskRun } from '../../lib/model/execution.ts';
import type { LogLine } from '../../lib/model/log-line.ts';
import type { Measured, MeasuredValue, MetricEntry } from '../../lib/model/metric.ts';
import type { State } from '../../lib/model/state.ts';
import { versionOf } from '../../lib/model/version.ts';
import type { Batch, ExecutionRow, FlowRow } from '../../lib/repository/repository.ts';

export const T0 = 1_700_000_000_000;

export const aBatch = (given: Partial<Batch>): Batch => ({
  executions: [],
  flows: [],
  lines: [],
  cursors: new Map(),
  ...given,
});

export const aStart = (
  id: string,
  given: Partial<ExecutionStart> & { readonly namespace?: string; readonly flowId?: string } = {},
): ExecutionStart => {
  const { namespace = 'company.team', flowId = 'hello', ...rest } = given;
  return {
    id,
    flow: { tenant: 'main', namespace, id: flowId, revision: 1, hash: 'h1' },
    inputs: { name: 'Ada' },
    originalId: id,
    principal: 'ada',
    createdAtMs: T0,
    incarnation: 1,
    ...rest,
  };
};

/** A history that takes a second for each state, from `T0`. */
export const aHead = (states: readonly State[], given: Partial<ExecutionHead> = {}): ExecutionHead => ({
  history: states.map((state, n) => [state, T0 + n * 1_000] as const),
  labels: {},
  taskRuns: 0,
  ...given,
});

export const aTaskRun = (
  id: string,
  index: number,
  state: State = 'SUCCESS',
  outputs: Record<string, unknown> = {},
): TaskRun => ({
  id,
  taskId: `task-${index}`,
  index,
  list: 'tasks',
  history: [
    ['CREATED', T0],
    [state, T0 + 1],
  ],
  attempts: [],
  outputs,
});

export const rowsOf = (...taskRuns: readonly TaskRun[]): ExecutionRow['taskRuns'] =>
  taskRuns.map((taskRun) => [taskRun, JSON.stringify(taskRun)] as const);

export const anExecution = (id: string, number: number, given: Partial<ExecutionRow> = {}): ExecutionRow => ({
  id,
  version: versionOf(1, number),
  start: aStart(id),
  head: aHead(['CREATED', 'RUNNING', 'SUCCESS']),
  taskRuns: [],
  removedTaskRuns: [],
  ...given,
});

export const aFlow = (id: string, revision: number, given: Partial<FlowRow> = {}): FlowRow => ({
  tenant: 'main',
  namespace: 'company.team',
  id,
  revision,
  source: `id: ${id} # ${revision}`,
  deleted: false,
  atMs: T0 + revision,
  version: versionOf(1, revision),
  ...given,
});

/** Whose a line or a metric is. */
const OF_TASK = { namespace: 'company.team', flowId: 'hello', taskId: 'task-0', taskRunId: 't1', attempt: 1 };

export const aLine = (executionId: string, number: number, given: Partial<LogLine> = {}): LogLine => ({
  id: `${executionId}/t1/1/tok/${number}`,
  executionId,
  ...OF_TASK,
  level: 'INFO',
  atMs: T0,
  message: `line ${number}`,
  ...given,
});

export const aMeasured = (executionId: string, ...values: MeasuredValue[]): Measured => ({
  executionId,
  ...OF_TASK,
  token: 'tok',
  values,
});

export const aMetric = (executionId: string, number: number, given: Partial<MetricEntry> = {}): MetricEntry => ({
  id: `${executionId}/t1/1/tok/m000${number}`,
  executionId,
  ...OF_TASK,
  type: 'counter',
  name: 'rows',
  value: number,
  tags: {},
  atMs: T0,
  ...given,
});
