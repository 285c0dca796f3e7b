/**
 * Who watches the world: reads every commit as a feed's reader would, keeps a ledger of what ran, and notes each broken
 * property by its name. It asks nothing of the code that it judges.
 */
import type { Batch } from '../../actors/executor/batch.ts';
import { GONE } from '../../lib/bus/feed.ts';
import type { MemoryBus } from '../../lib/bus/memory/open.ts';
import { type ExecutionHead, isOver, type TaskRun } from '../../lib/model/execution.ts';
import type { Partition } from '../../lib/model/partition.ts';
import { type History, isEnded, NEXT_STATES, stateOf } from '../../lib/model/state.ts';

export type Property =
  /** Every commit is written by the one that holds the lease at that moment. */
  | 'one writer'
  /** Histories only grow, by legal transitions. */
  | 'legal transitions'
  /** One terminal record per (task run, attempt), by the worker whose claim is known. */
  | 'one record'
  /** What has ended never begins again. */
  | 'ended once'
  /** Everything that was asked for ends. */
  | 'all ends'
  /** No task run of an ended execution lives. */
  | 'nothing left running'
  /** What is kept is what was told: documents and feed agree. */
  | 'kept as told'
  /** No user code begins once a kill has been acknowledged, save what runs after the end. */
  | 'no work after a kill';

const TASK_RUN = 't:';

interface Known {
  head?: ExecutionHead;
  readonly taskRuns: Map<string, TaskRun>;
}

export class Observer {
  readonly broken = new Map<Property, string>();
  readonly ledger: { readonly ref: string; readonly worker: string }[] = [];
  readonly #bus: MemoryBus;
  readonly #executions = new Map<string, Known>();
  /** Executions whose records a roll-back has taken away: what was told of them counts no more. */
  readonly #partitionOf = new Map<string, Partition>();
  readonly #ended = new Set<string>();
  readonly #killed = new Set<string>();

  constructor(bus: MemoryBus) {
    this.#bus = bus;
  }

  commit(partition: Partition, leaseValue: string, batch: Batch): void {
    if (this.#bus.store.of(partition).lease.value !== leaseValue)
      this.#break('one writer', `${partition}: ${batch.id} was written under a lease that is not the present one`);
    const told = this.#bus.store
      .of(partition)
      .feed.slice(-1)
      .filter(({ number }) => number === batch.expected + 1);
    for (const { events } of told)
      for (const [id, names] of events) if (id !== '') this.#event(partition, id, names.split(' '));
  }

  ran(ref: string, worker: string): void {
    this.ledger.push({ ref, worker });
    const [executionId, taskRunId] = ref.split('/') as [string, string];
    const { list } = this.#executions.get(executionId)?.taskRuns.get(taskRunId) ?? {};
    if (this.#killed.has(executionId) && list !== 'afterExecution') this.#break('no work after a kill', ref);
  }

  killed(executionId: string): void {
    this.#killed.add(executionId);
  }

  isEnded(executionId: string): boolean {
    return this.#ended.has(executionId);
  }

  /** Those that others have begun, too. */
  get areAllEnded(): boolean {
    return [...this.#executions.keys()].every((id) => this.#ended.has(id));
  }

  /** What its partition had told is unsaid; it is read anew. */
  rolledBack(partition: Partition): void {
    const space = this.#bus.store.of(partition);
    for (const [id, where] of this.#partitionOf) {
      if (where !== partition) continue;
      const document = space.documents.get(id);
      if (!document && space.tombstones.has(id)) continue;
      this.#executions.delete(id);
      this.#ended.delete(id);
      if (document) this.#executions.set(id, knownOf(document));
      if (document && isOver(this.#executions.get(id)!.head!)) this.#ended.add(id);
    }
    for (const id of this.#killed)
      if (!space.killing.has(id) && this.#partitionOf.get(id) === partition) this.#killed.delete(id);
  }

  /** The end of each execution: its state, and each task run's state and number of attempts. */
  outcome(): Record<string, unknown> {
    const sorted = [...this.#executions].sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(
      sorted.map(([id, { head, taskRuns }]) => [
        id,
        { state: stateOf(head!.history), taskRuns: [...taskRuns.values()].map(nameOf).sort() },
      ]),
    );
  }

  judgeEnd(asked: readonly string[]): void {
    for (const id of new Set([...asked, ...this.#executions.keys()]))
      if (!this.#ended.has(id)) this.#break('all ends', `${id} has not ended: ${JSON.stringify(this.outcome()[id])}`);
    for (const [id, known] of this.#executions) {
      const left = [...known.taskRuns.values()].filter(({ history }) => !isEnded(stateOf(history)));
      if (this.#ended.has(id) && left.length > 0) this.#break('nothing left running', `${id}: ${left.map(nameOf)}`);
      const document = this.#bus.store.of(this.#partitionOf.get(id)!).documents.get(id);
      if (!document) continue;
      const kept = knownOf(document);
      if (JSON.stringify([...kept.taskRuns].sort()) !== JSON.stringify([...known.taskRuns].sort()))
        this.#break('kept as told', `${id}: its document and its feed differ`);
    }
  }

  #event(partition: Partition, id: string, names: readonly string[]): void {
    this.#partitionOf.set(id, partition);
    const document = this.#bus.store.of(partition).documents.get(id)!;
    const start = names.includes('start');
    const head = names.includes('head') ? (JSON.parse(document.get('head')!) as ExecutionHead) : undefined;
    const taskRuns = names
      .filter((name) => name.startsWith(TASK_RUN))
      .map((name) => JSON.parse(document.get(name)!) as TaskRun);
    const known: Known = this.#executions.get(id) ?? { taskRuns: new Map() };
    if (this.#ended.has(id) && start) this.#break('ended once', `${id} began again`);
    this.#executions.set(id, known);
    if (head) {
      if (known.head) this.#compare(`execution ${id}`, known.head.history, head.history);
      known.head = head;
      if (isOver(head)) this.#ended.add(id);
    }
    for (const taskRun of taskRuns) this.#taskRun(id, known, taskRun);
    for (const name of names)
      if (name.startsWith(GONE)) known.taskRuns.delete(name.slice(GONE.length + TASK_RUN.length));
  }

  #taskRun(id: string, known: Known, taskRun: TaskRun): void {
    const before = known.taskRuns.get(taskRun.id);
    if (before) {
      this.#compare(`task run ${id}/${taskRun.id}`, before.history, taskRun.history);
      for (const [n, attempt] of before.attempts.entries()) {
        const now = taskRun.attempts[n];
        const ended = isEnded(stateOf(attempt.history));
        if (ended && JSON.stringify(now) !== JSON.stringify(attempt))
          this.#break('one record', `${id}/${taskRun.id}/${n + 1} was recorded twice`);
        if (
          !ended &&
          now &&
          isEnded(stateOf(now.history)) &&
          attempt.token !== undefined &&
          stateOf(now.history) !== 'KILLED' &&
          now.workerId !== attempt.workerId
        )
          this.#break(
            'one record',
            `${id}/${taskRun.id}/${n + 1}: claimed by ${attempt.workerId}, answered by ${now.workerId}`,
          );
      }
    }
    known.taskRuns.set(taskRun.id, taskRun);
  }

  #compare(what: string, before: History, after: History): void {
    const grown = before.every(([state], n) => after[n]?.[0] === state);
    if (!grown)
      return this.#break(
        'legal transitions',
        `${what}: ${before.map(([state]) => state)} became ${after.map(([state]) => state)}`,
      );
    for (let n = 1; n < after.length; n++)
      if (!NEXT_STATES[after[n - 1]![0]].includes(after[n]![0]))
        this.#break('legal transitions', `${what}: ${after[n - 1]![0]} → ${after[n]![0]}`);
  }

  #break(property: Property, detail: string): void {
    if (!this.broken.has(property)) this.broken.set(property, detail);
  }
}

function knownOf(document: ReadonlyMap<string, string>): Known {
  const taskRuns = [...document]
    .filter(([field]) => field.startsWith('t:'))
    .map(([, json]) => JSON.parse(json) as TaskRun);
  return {
    head: JSON.parse(document.get('head')!) as ExecutionHead,
    taskRuns: new Map(taskRuns.map((taskRun) => [taskRun.id, taskRun])),
  };
}

const nameOf = ({ taskId, value, history, attempts }: TaskRun): string =>
  `${taskId}[${value ?? ''}] ${stateOf(history)} after ${attempts.length}`;
