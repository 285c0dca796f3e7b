/** Executions as they are now: the live ones from Redis, the ended ones from the repository. */
import type { Bus } from '../../../lib/bus/bus.ts';
import type { ExecutionEvent } from '../../../lib/bus/feed.ts';
import { Fault } from '../../../lib/errors.ts';
import type { Execution, ExecutionHead, ExecutionStart, TaskRun } from '../../../lib/model/execution.ts';
import { executionPartition } from '../../../lib/model/partition.ts';
import type { Repository } from '../../../lib/repository/repository.ts';

const TASK_RUN = 't:';

/** A copy that events keep up to date. */
export class Snapshot {
  start: ExecutionStart;
  head: ExecutionHead;
  readonly #taskRuns: Map<string, TaskRun>;

  constructor(start: ExecutionStart, head: ExecutionHead, taskRuns: Iterable<TaskRun>) {
    this.start = start;
    this.head = head;
    this.#taskRuns = new Map(Array.from(taskRuns, (taskRun) => [taskRun.id, taskRun]));
  }

  get taskRuns(): readonly TaskRun[] {
    return [...this.#taskRuns.values()].sort((a, b) => a.index - b.index);
  }

  apply({ start, head, taskRuns = [] }: ExecutionEvent): void {
    if (start) this.start = start;
    if (head) this.head = head;
    for (const taskRun of taskRuns) this.#taskRuns.set(taskRun.id, taskRun);
  }
}

export class Executions {
  readonly #bus: Bus;
  readonly #repository: Repository;

  constructor(bus: Bus, repository: Repository) {
    this.#bus = bus;
    this.#repository = repository;
  }

  /** Undefined where nobody knows it. Throws `bus.unavailable`, `repository.unavailable`. */
  async find(id: string): Promise<Snapshot | undefined> {
    const fields = await this.#bus.documents.read(executionPartition(id, this.#bus.partitions), id);
    const live = fields && snapshotOf(fields);
    if (live) return live;
    const past: Execution | undefined = await this.#repository.execution(id);
    if (past) return new Snapshot(past, past, past.taskRunList);
    return undefined;
  }

  /** Throws `execution.unknown`. */
  async read(id: string): Promise<Snapshot> {
    const found = await this.find(id);
    if (!found) throw new Fault('execution.unknown', `expected the id of an execution, got ${id.slice(0, 80)}`);
    return found;
  }
}

function snapshotOf(fields: ReadonlyMap<string, string>): Snapshot | undefined {
  const [start, head] = [fields.get('start'), fields.get('head')];
  if (start === undefined || head === undefined) return undefined;
  const taskRuns: TaskRun[] = [];
  for (const [field, json] of fields) if (field.startsWith(TASK_RUN)) taskRuns.push(JSON.parse(json) as TaskRun);
  return new Snapshot(JSON.parse(start) as ExecutionStart, JSON.parse(head) as ExecutionHead, taskRuns);
}
