/** Executions as they are now: the live ones from Redis, the ended ones from the repository, those just asked for from the mailbox. */
import type { Bus } from '../../../lib/bus/bus.ts';
import type { ExecutionEvent } from '../../../lib/bus/feed.ts';
import { Fault } from '../../../lib/errors.ts';
import type { ExecutionHead, ExecutionStart, TaskRun } from '../../../lib/model/execution.ts';
import type { StartMessage } from '../../../lib/model/message.ts';
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

  get count(): number {
    return this.#taskRuns.size;
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
    const live = await this.#live(id);
    if (live) return live;
    const past = await this.#repository.execution(id);
    if (past) return new Snapshot(past, past, past.taskRunList);
    const waiting = await this.#bus.mailbox.waitingStart(executionPartition(id, this.#bus.partitions), id);
    // Its owner may have read it in between.
    return (await this.#live(id)) ?? (waiting && createdOf(waiting));
  }

  async #live(id: string): Promise<Snapshot | undefined> {
    const fields = await this.#bus.documents.read(executionPartition(id, this.#bus.partitions), id);
    return fields && snapshotOf(fields);
  }

  /** Throws `execution.unknown`. */
  async read(id: string): Promise<Snapshot> {
    const found = await this.find(id);
    if (!found) throw new Fault('execution.unknown', `expected the id of an execution, got ${id.slice(0, 80)}`);
    return found;
  }
}

/** What was asked for, before its owner has taken it in. */
export const createdOf = ({ start, labels }: Pick<StartMessage, 'start' | 'labels'>): Snapshot =>
  new Snapshot(start, { history: [['CREATED', start.createdAtMs]], labels, taskRuns: 0 }, []);

function snapshotOf(fields: ReadonlyMap<string, string>): Snapshot | undefined {
  const [start, head] = [fields.get('start'), fields.get('head')];
  if (start === undefined || head === undefined) return undefined;
  const taskRuns: TaskRun[] = [];
  for (const [field, json] of fields) if (field.startsWith(TASK_RUN)) taskRuns.push(JSON.parse(json) as TaskRun);
  return new Snapshot(JSON.parse(start) as ExecutionStart, JSON.parse(head) as ExecutionHead, taskRuns);
}
