/** The log of an execution: what the repository has and what is still in the stream, each line once, in the order of time. */
import type { TaskRun } from '../../../lib/model/execution.ts';
import { attemptRef } from '../../../lib/model/execution.ts';
import { LEVELS, type Level, type LogLine } from '../../../lib/model/log-line.ts';
import { isEnded, stateOf } from '../../../lib/model/state.ts';
import type { LineSearch, Repository } from '../../../lib/repository/repository.ts';
import type { Executions, Snapshot } from './executions.ts';
import type { LineHub } from './line-hub.ts';

const PAGE = 5_000;
export const LINES_MAX = 100_000;
/** An ended execution's last lines are waited for this long. */
const LAST_LINES_MS = 2_000;
const LOOK_MS = 50;

export interface LogFilter {
  readonly minLevel?: Level;
  readonly taskRunId?: string;
  readonly taskId?: string;
  readonly attempt?: number;
}

export class Logs {
  readonly #repository: Repository;
  readonly #hub: LineHub;
  readonly #executions: Executions;

  constructor(repository: Repository, hub: LineHub, executions: Executions) {
    this.#repository = repository;
    this.#hub = hub;
    this.#executions = executions;
  }

  /** All lines so far, up to LINES_MAX. Throws `execution.unknown`. */
  async read(executionId: string, filter: LogFilter = {}): Promise<readonly LogLine[]> {
    const execution = await this.#executions.read(executionId);
    const untilMs = performance.now() + LAST_LINES_MS;
    let lines = await this.all(executionId);
    while (isEnded(stateOf(execution.head.history)) && missing(execution, lines) && performance.now() < untilMs) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      lines = await this.all(executionId);
    }
    return lines.filter((line) => passes(line, filter));
  }

  async all(executionId: string): Promise<readonly LogLine[]> {
    // The stream first: what the indexer moves meanwhile is in the repository then.
    const fresh = await this.#hub.backlog(executionId);
    const byId = new Map<string, LogLine>();
    for (
      let after: string | undefined, first = true;
      (first || after !== undefined) && byId.size < LINES_MAX;
      first = false
    ) {
      const page = await this.#repository.lines({
        executionId,
        limit: PAGE,
        ...(after === undefined ? {} : { after }),
      } satisfies LineSearch);
      for (const line of page.rows) byId.set(line.id, line);
      after = page.next;
    }
    for (const line of fresh) byId.set(line.id, line);
    return [...byId.values()].sort(inTime).slice(0, LINES_MAX);
  }
}

const numberOf = (id: string): number => Number(id.slice(id.lastIndexOf('/') + 1));
export const inTime = (a: LogLine, b: LogLine): number => a.atMs - b.atMs || numberOf(a.id) - numberOf(b.id);

/** Whether attempts have written lines that are not here. */
export function missing({ start, taskRuns }: Snapshot, lines: Iterable<LogLine>): boolean {
  const expected = linesOf(start.id, taskRuns);
  if (expected.size === 0) return false;
  for (const { id } of lines) {
    const ref = id.split('/').slice(0, 3).join('/');
    const count = expected.get(ref);
    if (count !== undefined && numberOf(id) >= count) expected.delete(ref);
  }
  return expected.size > 0;
}

function linesOf(executionId: string, taskRuns: readonly TaskRun[]): Map<string, number> {
  const expected = new Map<string, number>();
  for (const { id, attempts } of taskRuns)
    for (const [n, { lines }] of attempts.entries()) if (lines) expected.set(attemptRef(executionId, id, n + 1), lines);
  return expected;
}

function passes(line: LogLine, { minLevel, taskRunId, taskId, attempt }: LogFilter): boolean {
  return (
    (minLevel === undefined || LEVELS.indexOf(line.level) >= LEVELS.indexOf(minLevel)) &&
    (taskRunId === undefined || line.taskRunId === taskRunId) &&
    (taskId === undefined || line.taskId === taskId) &&
    (attempt === undefined || line.attempt === attempt + 1)
  );
}
