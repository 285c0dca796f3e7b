/**
 * Writing a batch to SQLite. Kysely builds the questions and the schema; a batch goes through statements that are prepared once on
 * the handle: they run for each task run of the whole system, where building and parsing a query costs several times the
 * write itself. Texts that came as JSON are stored as they came.
 *
 * W1 A batch is one transaction with its cursors. W2 An execution's row keeps the highest version; what comes with a lower
 * or the same one changes neither it nor its task runs. So twice is once, and two writers do no harm.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { LogLine } from '../../model/log-line.ts';
import type { MetricEntry } from '../../model/metric.ts';
import type { Batch, ExecutionRow, FlowRow } from '../repository.ts';
import { beginsOf, headOf, seqOf } from './rows.ts';
import type { ExecutionsTable } from './schema.ts';
import { asWrite, inOne } from './sqlite.ts';

const STATEMENTS = {
  /** Of a new row all at once: what it is found and counted by is indexed with it. */
  begin: `insert into executions (id, version, tenant, namespace, flow_id, revision, parent_id, trigger_execution_id, original_id,
      start_json, start_ms, state, ended_ms, labels, head_json) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    on conflict (id) do update set version = excluded.version, tenant = excluded.tenant, namespace = excluded.namespace,
      flow_id = excluded.flow_id, revision = excluded.revision, parent_id = excluded.parent_id,
      trigger_execution_id = excluded.trigger_execution_id, original_id = excluded.original_id,
      start_json = excluded.start_json, start_ms = excluded.start_ms, head_json = coalesce(excluded.head_json, head_json)
    where excluded.version > version returning no, state, ended_ms, labels`,
  /** A row whose start is not known: not shown until it comes. */
  stub: `insert into executions (id, version, head_json) values (?, ?, ?) on conflict (id) do nothing
    returning no, state, ended_ms, labels`,
  raise: `update executions set version = ?, head_json = coalesce(?, head_json) where id = ? and version < ?
    returning no, state, ended_ms, labels`,
  /** Triggers look at each row that this changes, so it is asked for where there is something to change. */
  shown: 'update executions set state = ?, ended_ms = ?, labels = ? where no = ?',
  taskRun: `insert into task_runs (execution_no, id, idx, task_id, json) values (?, ?, ?, ?, ?)
    on conflict (execution_no, id) do update set json = excluded.json`,
  removeTaskRun: 'delete from task_runs where execution_no = ? and id = ?',
  /** A deletion comes without the source. */
  flow: `insert into flows (tenant, namespace, id, revision, source, deleted, at_ms, version) values (?, ?, ?, ?, ?, ?, ?, ?)
    on conflict (tenant, namespace, id, revision) do update set deleted = excluded.deleted, at_ms = excluded.at_ms,
      version = excluded.version, source = case excluded.source when '' then source else excluded.source end
    where excluded.version > version`,
  line: `insert into logs (execution_id, at_ms, seq, id, namespace, flow_id, task_id, task_run_id, attempt, value, level, message)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
  metric: `insert into metrics (execution_id, at_ms, id, namespace, flow_id, task_id, task_run_id, attempt, type, name, value, tags)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
  cursor: 'insert into cursors (name, value) values (?, ?) on conflict (name) do update set value = excluded.value',
} as const;

const HOUR_MS = 3_600_000;

/** What triggers have noted goes into the indexes of texts and into the counts: once a batch, in this order. */
const GATHER = {
  lines: [
    'insert into line_texts (rowid, text) select no, message from lines_noted join logs using (no)',
    `insert into line_counts (hour_ms, namespace, level, shard, count)
      select at_ms - at_ms % ${HOUR_MS}, namespace, level, 0, count(*) from lines_noted join logs using (no) where true
      group by 1, 2, 3 on conflict do update set count = count + excluded.count`,
    'delete from lines_noted',
  ],
  executions: [
    'delete from execution_texts where rowid in (select no from executions_noted)',
    `insert into execution_texts (rowid, text) select no, id || ' ' || namespace || ' ' || flow_id || ' ' || labels
      from executions_noted join executions using (no) where labels is not null and tenant is not null`,
    'delete from executions_noted',
  ],
} as const;

type Statements = Readonly<Record<keyof typeof STATEMENTS, StatementSync>>;

/** The schema must be there: statements are prepared against it. */
export function batchWriter(handle: DatabaseSync): (batch: Batch) => void {
  const entries = Object.entries(STATEMENTS).map(([name, sql]) => [name, handle.prepare(sql)] as const);
  const statements = Object.fromEntries(entries) as Statements;
  const [lines, executions] = [GATHER.lines, GATHER.executions].map((texts) =>
    texts.map((sql) => asWrite(handle.prepare(sql))),
  );
  return (batch) =>
    inOne(handle, () => {
      writeBatch(statements, batch);
      if (batch.lines.length > 0) for (const statement of lines!) statement.run();
      if (batch.executions.length > 0) for (const statement of executions!) statement.run();
    });
}

function writeBatch(statements: Statements, { executions, flows, lines, metrics = [], cursors }: Batch): void {
  for (const row of executions) writeExecution(statements, row);
  for (const row of flows) writeFlow(statements, row);
  for (const line of lines) writeLine(statements, line);
  for (const metric of metrics) writeMetric(statements, metric);
  for (const [name, value] of cursors) statements.cursor.run(name, value);
}

function writeExecution(statements: Statements, row: ExecutionRow): void {
  const head = row.head && headOf(row.head);
  const known = row.start ? begin(statements, row, row.start, head) : raise(statements, row, head);
  if (!known) return;
  const { no } = known;
  if (head && (known.state !== head.state || known.ended_ms !== head.ended_ms || known.labels !== head.labels))
    statements.shown.run(head.state, head.ended_ms, head.labels, no);
  const { taskRun } = statements;
  for (const [{ id, index, taskId }, json] of row.taskRuns) taskRun.run(no, id, index, taskId, json);
  for (const id of row.removedTaskRuns) statements.removeTaskRun.run(no, id);
}

/** What an execution is found and counted by, as it was or has just become. */
type Known = Pick<ExecutionsTable, 'state' | 'ended_ms' | 'labels'> & { readonly no: number };
type Head = ReturnType<typeof headOf>;

function begin(
  { begin }: Statements,
  row: ExecutionRow,
  start: NonNullable<ExecutionRow['start']>,
  { state, ended_ms, labels, head_json }: Head | typeof NO_HEAD = NO_HEAD,
): Known | undefined {
  const begun = beginsOf(row, start);
  const { tenant, namespace, flow_id, revision, parent_id, trigger_execution_id, original_id } = begun;
  const names = [tenant, namespace, flow_id, revision, parent_id, trigger_execution_id, original_id];
  const shown = [begun.start_ms, state, ended_ms, labels, head_json];
  return begin.get(row.id, row.version, ...names, begun.start_json, ...shown) as Known | undefined;
}

const NO_HEAD = { state: null, ended_ms: null, labels: null, head_json: null } as const;

function raise({ raise, stub }: Statements, { id, version }: ExecutionRow, head: Head | undefined): Known | undefined {
  const json = head?.head_json ?? null;
  return (raise.get(version, json, id, version) ?? stub.get(id, version, json)) as Known | undefined;
}

function writeFlow({ flow }: Statements, row: FlowRow): void {
  flow.run(row.tenant, row.namespace, row.id, row.revision, row.source, Number(row.deleted), row.atMs, row.version);
}

function writeMetric({ metric }: Statements, given: MetricEntry): void {
  const { executionId, atMs, id, namespace, flowId, taskId, taskRunId, attempt, type, name, value, tags } = given;
  const json = JSON.stringify(tags);
  metric.run(executionId, atMs, id, namespace, flowId, taskId, taskRunId, attempt, type, name, value, json);
}

function writeLine({ line }: Statements, given: LogLine): void {
  const {
    executionId,
    atMs,
    id,
    namespace,
    flowId,
    taskId = null,
    taskRunId = null,
    attempt = null,
    value = null,
  } = given;
  const seq = seqOf(id);
  line.run(
    executionId,
    atMs,
    seq,
    id,
    namespace,
    flowId,
    taskId,
    taskRunId,
    attempt,
    value,
    given.level,
    given.message,
  );
}
