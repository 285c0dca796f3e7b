/** The log of an execution: what the repository has and what is still in the stream, each line once, in the order of time. */
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
    const ended = isEnded(stateOf(execution.head.history));
    for (const untilMs = performance.now() + LAST_LINES_MS; ; ) {
      const lines = await this.all(executionId);
      const seen = new LastNumbers();
      for (const line of lines) seen.add(line);
      if (!ended || !seen.lacking(execution) || performance.now() > untilMs)
        return lines.filter((line) => passes(line, filter));
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
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

/** The last number of each attempt whose lines have come: an attempt says at its end how many it has written. */
export class LastNumbers {
  readonly #byAttempt = new Map<string, number>();

  add({ id }: LogLine): void {
    const token = id.lastIndexOf('/');
    const ref = id.slice(0, id.lastIndexOf('/', token - 1));
    const number = numberOf(id);
    if (number > (this.#byAttempt.get(ref) ?? 0)) this.#byAttempt.set(ref, number);
  }

  /** Whether attempts of the execution have written lines that have not come. */
  lacking({ start, taskRuns }: Snapshot): boolean {
    return taskRuns.some(({ id, attempts }) =>
      attempts.some(({ lines = 0 }, n) => lines > (this.#byAttempt.get(attemptRef(start.id, id, n + 1)) ?? 0)),
    );
  }
}

export function passes(line: LogLine, { minLevel, taskRunId, taskId, attempt }: LogFilter): boolean {
  return (
    (minLevel === undefined || LEVELS.indexOf(line.level) >= LEVELS.indexOf(minLevel)) &&
    (taskRunId === undefined || line.taskRunId === taskRunId) &&
    (taskId === undefined || line.taskId === taskId) &&
    (attempt === undefined || line.attempt === attempt + 1)
  );
}
