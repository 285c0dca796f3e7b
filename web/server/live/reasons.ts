/**
 * Why the executions of a list wait or have failed: of those with few task runs from the repository, all in one question; each of
 * the others is read whole, which is megabytes, and not for everybody who looks.
 */
import type { Execution } from '../../../lib/model/execution.ts';
import { isEnded, stateOf } from '../../../lib/model/state.ts';
import type { Repository } from '../../../lib/repository/repository.ts';
import type { WhyBody } from '../../api/bodies.ts';
import { whyOf } from '../../api/why.ts';
import { executionBody } from '../views/execution.ts';
import type { Executions } from './executions.ts';

/** Of an execution whose task runs are read with those of the others. */
const TASK_RUNS_MAX = 200;
/** What a large execution was read for holds for so long. */
const LARGE_MS = 10_000;
const KEPT_MAX = 100;

type Row = Omit<Execution, 'taskRunList'>;
interface Kept {
  readonly key: string;
  readonly untilMs: number;
  readonly why: Promise<WhyBody | undefined>;
}

export class Reasons {
  readonly #repository: Pick<Repository, 'taskRuns'>;
  readonly #executions: Pick<Executions, 'find'>;
  /** Of large ones, the oldest first. */
  readonly #kept = new Map<string, Kept>();

  constructor(repository: Pick<Repository, 'taskRuns'>, executions: Pick<Executions, 'find'>) {
    this.#repository = repository;
    this.#executions = executions;
  }

  /** By the ids of the rows; those of which there is nothing to say are absent. */
  async of(rows: readonly Row[], nowMs: number): Promise<ReadonlyMap<string, WhyBody>> {
    const few = await this.#repository.taskRuns(
      rows.map(({ id }) => id),
      TASK_RUNS_MAX,
    );
    const found = new Map<string, WhyBody>();
    // One after the other: each of the large ones takes memory while it is looked at.
    for (const row of rows) {
      const taskRuns = few.get(row.id) ?? (stateOf(row.history) === 'CREATED' ? [] : undefined);
      // A list without a reason is better than none.
      const why = taskRuns
        ? whyOf(executionBody(row, row, taskRuns), nowMs)
        : await this.#ofLarge(row, nowMs).catch(() => undefined);
      if (why) found.set(row.id, why);
    }
    return found;
  }

  #ofLarge(row: Row, nowMs: number): Promise<WhyBody | undefined> {
    const state = stateOf(row.history);
    const key = `${row.incarnation} ${state}`;
    const kept = this.#kept.get(row.id);
    if (kept?.key === key && nowMs < kept.untilMs) return kept.why;
    const why = this.#executions
      .find(row.id)
      .then((found) => found && whyOf(executionBody(found.start, found.head, found.taskRuns), nowMs));
    why.catch(() => this.#kept.delete(row.id));
    this.#kept.delete(row.id);
    this.#kept.set(row.id, { key, untilMs: isEnded(state) ? Number.POSITIVE_INFINITY : nowMs + LARGE_MS, why });
    if (this.#kept.size > KEPT_MAX) this.#kept.delete(this.#kept.keys().next().value!);
    return why;
  }
}
