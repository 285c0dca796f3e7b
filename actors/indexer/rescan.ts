/** Rows from documents as they stand, and from what is left of those that are gone. Pure. */
import {
  type Attempt,
  type Execution,
  type ExecutionHead,
  type ExecutionStart,
  isOver,
  type TaskRun,
  type Tombstone,
} from '../../lib/model/execution.ts';
import { entering, isEnded, type State, stateOf } from '../../lib/model/state.ts';
import { partsOf, type Version, versionOf } from '../../lib/model/version.ts';
import type { ExecutionRow, FlowRow } from '../../lib/repository/repository.ts';
import { taskRunRow } from './fold.ts';

const TASK_RUN = 't:';
const REVISION = 'r:';
const LOST = 'lost: Redis no longer knows this execution (a failover or a wiped Redis)';

/** The whole document: task runs that only the row knows are of a lost history, and go. */
export function documentRow(
  id: string,
  version: Version,
  fields: ReadonlyMap<string, string>,
  known: Execution | undefined,
): ExecutionRow {
  const taskRuns = [...fields].filter(([field]) => field.startsWith(TASK_RUN)).map(([, json]) => taskRunRow(json));
  return {
    id,
    version,
    start: JSON.parse(fields.get('start')!) as ExecutionStart,
    head: JSON.parse(fields.get('head')!) as ExecutionHead,
    taskRuns,
    removedTaskRuns: (known?.taskRunList ?? []).map(({ id }) => id).filter((id) => !fields.has(TASK_RUN + id)),
  };
}

/** Ended as its tombstone says, or lost. Undefined where the row shows an end already. */
export function goneRow(
  known: Execution,
  version: Version,
  tombstone: string | undefined,
  nowMs: number,
): ExecutionRow | undefined {
  if (isOver(known)) return undefined;
  const end = tombstone === undefined ? undefined : (JSON.parse(tombstone) as Tombstone);
  const state: State = end ? end.state : 'FAILED';
  const atMs = end?.endedAtMs ?? nowMs;
  const { labels, outputs, rememberS } = known;
  const reason = end ? known.reason : LOST;
  const head: ExecutionHead = {
    history: isEnded(stateOf(known.history)) ? known.history : entering(known.history, state, atMs),
    labels,
    outputs,
    reason,
    taskRuns: end ? known.taskRuns : known.taskRunList.length,
    rememberS,
  };
  const ended = end
    ? []
    : known.taskRunList.filter(({ history }) => !isEnded(stateOf(history))).map((taskRun) => lost(taskRun, atMs));
  return { id: known.id, version, head, taskRuns: ended, removedTaskRuns: [] };
}

function lost(taskRun: TaskRun, atMs: number): ExecutionRow['taskRuns'][number] {
  const attempts = taskRun.attempts.map((attempt) =>
    isEnded(stateOf(attempt.history)) ? attempt : endedAttempt(attempt, atMs),
  );
  const history = entering(taskRun.history, 'FAILED', atMs);
  return taskRunRow(JSON.stringify({ ...taskRun, attempts, history, reason: LOST }));
}

/** Nobody has it any more. */
function endedAttempt({ delivery: _, token: __, ...attempt }: Attempt, atMs: number): Attempt {
  return { ...attempt, history: entering(attempt.history, 'FAILED', atMs) };
}

interface FlowHead {
  readonly revision: number;
  readonly deleted: boolean;
  readonly atMs: number;
}

/** The document's id is `tenant/namespace/id`; its head says which revision is the latest and whether it is deleted. */
export function flowRows(key: string, version: Version, fields: ReadonlyMap<string, string>): readonly FlowRow[] {
  const [tenant = '', namespace = '', id = ''] = key.split('/');
  const head = JSON.parse(fields.get('head') ?? '{}') as Partial<FlowHead>;
  return [...fields]
    .filter(([field]) => field.startsWith(REVISION))
    .map(([, json]) => {
      const { revision, source, atMs } = JSON.parse(json) as {
        readonly revision: number;
        readonly source: string;
        readonly atMs: number;
      };
      return {
        tenant,
        namespace,
        id,
        revision,
        source,
        deleted: revision === head.revision && head.deleted === true,
        atMs,
        version,
      };
    });
}

/** A flow that its partition does not know. */
export function goneFlowRow(row: FlowRow, newest: Version): FlowRow {
  const { epoch, number } = partsOf(row.version);
  return { ...row, deleted: true, version: row.version < newest ? newest : versionOf(epoch, number + 1) };
}
