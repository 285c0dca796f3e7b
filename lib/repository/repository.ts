/**
 * The repository: what can be asked of the past. Derived (I1): everything in it came from a feed or a log stream, each
 * row keeps the highest version, and writing a batch again changes nothing. Adapters: `sql/` (SQLite; Postgres and MySQL
 * by the same kysely code). `test/contract/repository.ts` holds them to the same behaviour.
 */
import type { Execution, ExecutionHead, ExecutionStart, TaskRun } from '../model/execution.ts';
import type { Level, LogLine } from '../model/log-line.ts';
import type { MetricEntry } from '../model/metric.ts';
import type { Version } from '../model/version.ts';
import type { ExecutionCount, ExecutionCounting, LineCount, LineCounting } from './statistics.ts';
import type { ExecutionWhere, FlowWhere, LineWhere } from './where.ts';

/** What one batch of a feed changed in one execution, already folded: the last of each field. */
export interface ExecutionRow {
  readonly id: string;
  readonly version: Version;
  readonly start?: ExecutionStart;
  readonly head?: ExecutionHead;
  /** (task run, its JSON as it came): written as it is. */
  readonly taskRuns: readonly (readonly [taskRun: Pick<TaskRun, 'id' | 'taskId' | 'index'>, json: string])[];
  readonly removedTaskRuns: readonly string[];
}

export interface FlowRow {
  readonly tenant: string;
  readonly namespace: string;
  readonly id: string;
  readonly revision: number;
  /** Empty in a batch that deletes: the source that is known stays. */
  readonly source: string;
  readonly deleted: boolean;
  readonly atMs: number;
  readonly version: Version;
}

export interface Batch {
  readonly executions: readonly ExecutionRow[];
  readonly flows: readonly FlowRow[];
  readonly lines: readonly LogLine[];
  readonly metrics?: readonly MetricEntry[];
  /** Stored in the same transaction: how far each partition's feed and lines have been copied. */
  readonly cursors: ReadonlyMap<string, string>;
}

export interface ExecutionSearch {
  readonly tenant: string;
  readonly namespace?: string;
  /** A namespace and all below it. */
  readonly namespacePrefix?: string;
  readonly flowId?: string;
  readonly states?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly triggerExecutionId?: string;
  readonly parentId?: string;
  readonly originalId?: string;
  readonly text?: string;
  readonly startedAfterMs?: number;
  readonly startedBeforeMs?: number;
  /** Besides all that stands above. */
  readonly where?: ExecutionWhere;
  readonly sort?: {
    readonly by: 'startDate' | 'endDate' | 'id' | 'namespace' | 'flowId' | 'state' | 'duration';
    readonly descending: boolean;
  };
  readonly limit: number;
  /** A list for eyes: it may end before it has seen all, and says where (`reachedMs`). */
  readonly bounded?: boolean;
  /** Nobody asks for the total: it is that of the page. */
  readonly uncounted?: boolean;
  /** Either a page by number (REST), or the cursor that the last page gave (keyset: flat however far). */
  readonly offset?: number;
  readonly after?: string;
}

export interface LineSearch {
  readonly executionId?: string;
  readonly namespace?: string;
  readonly flowId?: string;
  readonly taskRunId?: string;
  readonly taskId?: string;
  readonly attempt?: number;
  readonly levels?: readonly Level[];
  readonly text?: string;
  readonly where?: LineWhere;
  /** The newest first. */
  readonly descending?: boolean;
  readonly limit: number;
  /** As of executions. */
  readonly bounded?: boolean;
  readonly uncounted?: boolean;
  readonly offset?: number;
  readonly after?: string;
}

export interface FlowSearch {
  readonly tenant: string;
  readonly namespacePrefix?: string;
  readonly namespace?: string;
  readonly text?: string;
  readonly where?: FlowWhere;
  readonly limit: number;
  readonly offset?: number;
  readonly sort?: { readonly by: 'id' | 'namespace'; readonly descending: boolean };
}

/** Which lines are deleted: all that fit. */
export type LineDeletion = Pick<
  LineSearch,
  'executionId' | 'namespace' | 'flowId' | 'taskRunId' | 'taskId' | 'attempt' | 'levels'
>;

export interface MetricSearch {
  readonly executionId: string;
  readonly taskRunId?: string;
  readonly taskId?: string;
  /** By time if absent. */
  readonly sort?: { readonly by: 'timestamp' | 'name' | 'value' | 'taskId'; readonly descending: boolean };
  readonly limit: number;
  readonly offset?: number;
  readonly after?: string;
}

/** Metrics of a flow, or of one of its tasks. */
export interface MetricScope {
  readonly namespace: string;
  readonly flowId: string;
  readonly taskId?: string;
}

/** What was measured within `widthMs` of `fromMs`. */
export interface MetricBucket {
  readonly fromMs: number;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

export interface Page<T> {
  readonly rows: readonly T[];
  /** Counted up to TOTAL_MAX; a total of TOTAL_MAX means "at least". */
  readonly total: number;
  /** Hand it back as `after` for the next page; absent on the last. */
  readonly next?: string;
  /**
   * Rows beyond this time (milliseconds; of executions, of their start) were not looked at: what is on the page and in the total
   * are those up to it. Only in a bounded search.
   */
  readonly reachedMs?: number;
}

export const TOTAL_MAX = 10_000;

export interface Repository {
  /** Creates or migrates the schema. Throws `repository.newer` when it was written by a newer Windhover. */
  open(): Promise<void>;
  /** One transaction. Writing it twice changes nothing. */
  write(batch: Batch): Promise<void>;
  cursors(): Promise<ReadonlyMap<string, string>>;
  execution(id: string): Promise<Execution | undefined>;
  /** Without task runs. */
  searchExecutions(search: ExecutionSearch): Promise<Page<Omit<Execution, 'taskRunList'>>>;
  /** The latest of each flow that has one, in the order of the names; without task runs. */
  latestExecutions(
    tenant: string,
    flows: readonly { readonly namespace: string; readonly id: string }[],
  ): Promise<readonly Omit<Execution, 'taskRunList'>[]>;
  countExecutions(asked: ExecutionCounting): Promise<readonly ExecutionCount[]>;
  countLines(asked: LineCounting): Promise<readonly LineCount[]>;
  /** Of executions that have at most `max` of them, by the execution's id; the others are absent. */
  taskRuns(ids: readonly string[], max: number): Promise<ReadonlyMap<string, readonly TaskRun[]>>;
  flow(
    name: { readonly tenant: string; readonly namespace: string; readonly id: string },
    revision?: number,
  ): Promise<FlowRow | undefined>;
  revisions(name: {
    readonly tenant: string;
    readonly namespace: string;
    readonly id: string;
  }): Promise<readonly FlowRow[]>;
  searchFlows(search: FlowSearch): Promise<Page<FlowRow>>;
  namespaces(tenant: string): Promise<readonly string[]>;
  /** Namespace and id of all flows that there ever were, the deleted ones too: executions name them. */
  flowNames(tenant: string): Promise<readonly { readonly namespace: string; readonly id: string }[]>;
  /** In the order of time, or against it. */
  lines(search: LineSearch): Promise<Page<LogLine>>;
  /** Deletes the lines that fit; returns how many. At least one property must be given. */
  deleteLines(deletion: LineDeletion): Promise<number>;
  /** In the order of time. */
  metrics(search: MetricSearch): Promise<Page<MetricEntry>>;
  /** Sorted. */
  metricNames(scope: MetricScope): Promise<readonly string[]>;
  /** The tasks of a flow that have metrics, sorted. */
  metricTasks(scope: Omit<MetricScope, 'taskId'>): Promise<readonly string[]>;
  /** Buckets that hold something, in the order of time; each begins at a multiple of `widthMs` since 1970. */
  metricBuckets(
    asked: MetricScope & {
      readonly name: string;
      readonly fromMs: number;
      readonly untilMs: number;
      readonly widthMs: number;
    },
  ): Promise<readonly MetricBucket[]>;
  /** With its task runs, and its lines and metrics unless they are kept. False where it was not there. */
  deleteExecution(id: string, keeps?: ReadonlySet<string>): Promise<boolean>;
  /** Deletes executions that ended before `beforeMs`, with their task runs, lines and metrics, up to `limit`; returns how many. */
  retain(beforeMs: number, limit: number): Promise<number>;
  ready(): Promise<boolean>;
  close(): Promise<void>;
}
