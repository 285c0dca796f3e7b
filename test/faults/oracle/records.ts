/** What the system says in the end: the repository, read from its file, past the code that wrote it. */
import { DatabaseSync } from 'node:sqlite';
import type { ExecutionHead, ExecutionStart, TaskRun } from '../../../lib/model/execution.ts';
import { type State, stateOf } from '../../../lib/model/state.ts';

export interface Record {
  readonly id: string;
  readonly version: string;
  readonly flow: string;
  readonly state: State;
  readonly start: ExecutionStart;
  readonly head: ExecutionHead;
  readonly taskRuns: readonly TaskRun[];
  /** The execution that began it. */
  readonly parent?: string;
  /** The label that the client gave it. */
  readonly call?: string;
}

interface Row {
  readonly no: number;
  readonly id: string;
  readonly version: string;
  readonly start_json: string;
  readonly head_json: string;
  readonly trigger_execution_id: string | null;
}

export function recordsIn(file: string): readonly Record[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const rows = database
      .prepare(
        'select no, id, version, start_json, head_json, trigger_execution_id from executions where head_json is not null',
      )
      .all() as unknown as Row[];
    const runs = database.prepare('select execution_no as no, json from task_runs order by execution_no, idx').all();
    const byNumber = Map.groupBy(runs as unknown as { no: number; json: string }[], ({ no }) => no);
    return rows.map((row) =>
      recordOf(
        row,
        (byNumber.get(row.no) ?? []).map(({ json }) => JSON.parse(json) as TaskRun),
      ),
    );
  } finally {
    database.close();
  }
}

function recordOf(row: Row, taskRuns: readonly TaskRun[]): Record {
  const start = JSON.parse(row.start_json) as ExecutionStart;
  const head = JSON.parse(row.head_json) as ExecutionHead;
  const call = head.labels.call;
  return {
    id: row.id,
    version: row.version,
    flow: start.flow.id,
    state: stateOf(head.history),
    start,
    head,
    taskRuns,
    ...(row.trigger_execution_id === null ? {} : { parent: row.trigger_execution_id }),
    // Children inherit labels: a call's own execution has no parent.
    ...(call === undefined || row.trigger_execution_id !== null ? {} : { call: String(call) }),
  };
}

/** The number of log lines of each attempt, as `<task run>/<attempt>`. */
export function linesIn(file: string): ReadonlyMap<string, number> {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const rows = database
      .prepare(
        'select task_run_id as run, attempt, count(*) as count from logs where task_run_id is not null group by 1, 2',
      )
      .all() as unknown as { run: string; attempt: number; count: number }[];
    return new Map(rows.map(({ run, attempt, count }) => [`${run}/${attempt}`, count]));
  } finally {
    database.close();
  }
}
