/** The log of an execution: what the repository has and what is still in the stream, each line once. */
import { setImmediate as breathe } from 'node:timers/promises';
import { LEVELS, type Level, type LogLine } from '../../../lib/model/log-line.ts';
import { sinceOf } from '../../../lib/model/state.ts';
import type { LineSearch, Repository, Page as RowPage } from '../../../lib/repository/repository.ts';
import type { Executions, Snapshot } from './executions.ts';
import { Gathering } from './gathering.ts';
import type { LineHub } from './line-hub.ts';
import { isOver } from './live.ts';
import { LogCursor } from './log-cursor.ts';

/** Lines of a page: of these few to begin with, and then as many as are about so many characters; one may have 32,768. */
const PAGE_FIRST = 50;
const PAGE_MAX = 5_000;
const PAGE_CHARS = 512 * 1024;
/** Of what is held to be sorted; a longer log is answered page by page (`texts` of `routes/logs.ts`). */
export const LINES_MAX = 100_000;
/** The last lines of an execution come within this time after its end; what has not come by then will not. */
export const LAST_LINES_MS = 10_000;
/** A reader of an execution that has just ended waits for them this long. */
const WAIT_MS = 2_000;
const LOOK_MS = 50;

export interface LogFilter {
  readonly minLevel?: Level;
  readonly taskRunId?: string;
  readonly taskId?: string;
  readonly attempt?: number;
}

export interface Page {
  readonly lines: readonly LogLine[];
  /** Lines that are held for the pages behind it. */
  readonly held: readonly LogLine[];
}

export class Logs {
  readonly #repository: Repository;
  readonly #hub: LineHub;
  readonly #executions: Executions;
  readonly #pages = new Gathering<RowPage<LogLine>>();

  constructor(repository: Repository, hub: LineHub, executions: Executions) {
    this.#repository = repository;
    this.#hub = hub;
    this.#executions = executions;
  }

  /** All lines so far that pass, in the order of time, up to LINES_MAX. Throws `execution.unknown`. */
  async read(executionId: string, filter: LogFilter = {}): Promise<readonly LogLine[]> {
    const execution = await this.#executions.read(executionId);
    const hasJustEnded = isOver(execution) && mayStillCome(execution);
    for (const untilMs = performance.now() + WAIT_MS; ; ) {
      const cursor = new LogCursor();
      for (const taskRun of execution.taskRuns) cursor.know(taskRun);
      const lines: LogLine[] = [];
      for await (const page of this.pages(executionId)) {
        for (const line of page.lines) if (cursor.take(line) && passes(line, filter)) lines.push(line);
        if (lines.length >= LINES_MAX) break;
      }
      const isAll = !cursor.lacking || !hasJustEnded || lines.length >= LINES_MAX;
      if (isAll || performance.now() > untilMs) return lines.sort(inTime).slice(0, LINES_MAX);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /**
   * All lines so far: those of the repository in the order of time, then those of the stream, some for the second time. Lines
   * of one attempt come in their order. Throws `bus.unavailable`, `repository.unavailable`.
   */
  async *pages(executionId: string): AsyncGenerator<Page> {
    // The stream is read first: what the indexer moves meanwhile is in the repository then.
    const fresh = await this.#hub.backlog(executionId);
    let limit = PAGE_FIRST;
    for (let after: string | undefined, first = true; first || after !== undefined; first = false) {
      const page = await this.#page({ executionId, limit, ...(after === undefined ? {} : { after }) });
      // SQLite answers without a turn of the loop: others have theirs between two pages.
      await breathe();
      yield { lines: page.rows, held: fresh };
      after = page.next;
      limit = limitAfter(page.rows);
    }
    yield { lines: fresh, held: [] };
  }

  /** All who follow an execution read it anew at once where some of it may have been missed. */
  #page(search: LineSearch): Promise<RowPage<LogLine>> {
    const { executionId, limit, after } = search;
    return this.#pages.of(`${executionId} ${limit} ${after}`, () =>
      this.#repository.lines({ ...search, uncounted: true }),
    );
  }
}

function limitAfter(rows: readonly LogLine[]): number {
  const chars = rows.reduce((sum, { message }) => sum + message.length, 1);
  return Math.max(PAGE_FIRST, Math.min(PAGE_MAX, Math.round((PAGE_CHARS * rows.length) / chars)));
}

/** Whether lines that are lacking may come: the execution runs, or has just ended. */
export const mayStillCome = (execution: Snapshot): boolean =>
  !isOver(execution) || Date.now() - sinceOf(execution.head.history) < LAST_LINES_MS;

const numberOf = (id: string): number => Number(id.slice(id.lastIndexOf('/') + 1));
const inTime = (a: LogLine, b: LogLine): number => a.atMs - b.atMs || numberOf(a.id) - numberOf(b.id);

export function passes(line: LogLine, { minLevel, taskRunId, taskId, attempt }: LogFilter): boolean {
  return (
    (minLevel === undefined || LEVELS.indexOf(line.level) >= LEVELS.indexOf(minLevel)) &&
    (taskRunId === undefined || line.taskRunId === taskRunId) &&
    (taskId === undefined || line.taskId === taskId) &&
    (attempt === undefined || line.attempt === attempt + 1)
  );
}
