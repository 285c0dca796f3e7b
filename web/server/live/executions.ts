/** Executions as they are now: the live ones from Redis, the ended ones from the repository, those just asked for from the mailbox. */
import type { Bus } from '../../../lib/bus/bus.ts';
import { GONE } from '../../../lib/bus/feed.ts';
import { Fault } from '../../../lib/errors.ts';
import type { Execution, ExecutionHead, ExecutionStart, TaskRun } from '../../../lib/model/execution.ts';
import type { StartMessage } from '../../../lib/model/message.ts';
import { executionPartition } from '../../../lib/model/partition.ts';
import type { Version } from '../../../lib/model/version.ts';
import type { Repository } from '../../../lib/repository/repository.ts';

const TASK_RUN = 't:';

/** How a snapshot differs from what it was. */
export interface Change {
  /** Whether `start` or `head` are others. */
  readonly head: boolean;
  /** Those that came or changed. */
  readonly taskRuns: readonly TaskRun[];
  /** Ids of those that went. */
  readonly gone: readonly string[];
}

const isOther = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);

/** A copy that events keep up to date. */
export class Snapshot {
  start: ExecutionStart;
  head: ExecutionHead;
  /** As of when it is, where it has left Redis. */
  readonly past: Version | undefined;
  readonly #taskRuns: Map<string, TaskRun>;

  constructor(start: ExecutionStart, head: ExecutionHead, taskRuns: Iterable<TaskRun>, past?: Version) {
    this.past = past;
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

  /** Fields of its document by name; `-t:x` is a task run that went. */
  apply(fields: ReadonlyMap<string, string>): Change {
    const changed: TaskRun[] = [];
    const gone: string[] = [];
    const before = [this.start, this.head];
    for (const [name, json] of fields)
      if (name === 'start') this.start = JSON.parse(json) as ExecutionStart;
      else if (name === 'head') this.head = JSON.parse(json) as ExecutionHead;
      else if (name.startsWith(GONE)) {
        const id = name.slice(GONE.length + TASK_RUN.length);
        if (this.#taskRuns.delete(id)) gone.push(id);
      } else {
        const taskRun = JSON.parse(json) as TaskRun;
        this.#taskRuns.set(taskRun.id, taskRun);
        changed.push(taskRun);
      }
    return { head: isOther(before, [this.start, this.head]), taskRuns: changed, gone };
  }

  changeTo(other: Snapshot): Change {
    return {
      head: isOther([this.start, this.head], [other.start, other.head]),
      taskRuns: [...other.#taskRuns.values()].filter((taskRun) => isOther(this.#taskRuns.get(taskRun.id), taskRun)),
      gone: [...this.#taskRuns.keys()].filter((id) => !other.#taskRuns.has(id)),
    };
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
    if (past) return pastOf(past);
    const waiting = await this.#bus.mailbox.waitingStart(executionPartition(id, this.#bus.partitions), id);
    // Its owner may have taken it in between.
    return (await this.#live(id)) ?? (waiting && createdOf(waiting));
  }

  /** What an event names, as it is now; undefined where the document has left Redis. Throws `bus.unavailable`. */
  async fields(id: string, names: readonly string[]): Promise<ReadonlyMap<string, string> | undefined> {
    const partition = executionPartition(id, this.#bus.partitions);
    const there = names.filter((name) => !name.startsWith(GONE));
    const texts = await this.#bus.documents.fields(partition, id, ['start', ...there]);
    if (texts[0] === undefined) return undefined;
    const fields = new Map<string, string>();
    for (const name of names) if (name.startsWith(GONE)) fields.set(name, '');
    for (const [n, name] of there.entries()) {
      const text = texts[n + 1];
      if (text !== undefined) fields.set(name, text);
    }
    return fields;
  }

  /** Start and head, without task runs where it lives. Throws `execution.unknown`, `bus.unavailable`, `repository.unavailable`. */
  async brief(id: string): Promise<Snapshot> {
    const partition = executionPartition(id, this.#bus.partitions);
    const [start, head] = await this.#bus.documents.fields(partition, id, ['start', 'head']);
    if (start === undefined || head === undefined) return this.read(id);
    return new Snapshot(JSON.parse(start) as ExecutionStart, JSON.parse(head) as ExecutionHead, []);
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

/** A row holds all in one. */
function pastOf({ version, taskRunList, ...both }: Execution): Snapshot {
  return new Snapshot(both, both, taskRunList, version);
}

function snapshotOf(fields: ReadonlyMap<string, string>): Snapshot | undefined {
  const [start, head] = [fields.get('start'), fields.get('head')];
  if (start === undefined || head === undefined) return undefined;
  const taskRuns: TaskRun[] = [];
  for (const [field, json] of fields) if (field.startsWith(TASK_RUN)) taskRuns.push(JSON.parse(json) as TaskRun);
  return new Snapshot(JSON.parse(start) as ExecutionStart, JSON.parse(head) as ExecutionHead, taskRuns);
}
