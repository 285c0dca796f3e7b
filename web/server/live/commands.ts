/**
 * What is done to executions: a message to their owner, repeated until it has been taken. What has left Redis is brought back with
 * it. Who asks is shown at once what the execution becomes; the owner's step is the same function.
 */
import type { Bus } from '../../../lib/bus/bus.ts';
import type { BusTime } from '../../../lib/bus/bus-time.ts';
import { Fault } from '../../../lib/errors.ts';
import type { Change } from '../../../lib/execution/effect.ts';
import type { Afterwards } from '../../../lib/execution/on/afterwards.ts';
import { preview, type Shown } from '../../../lib/execution/preview.ts';
import { applyChange, type Run, taskRunField } from '../../../lib/execution/run.ts';
import type { Labels } from '../../../lib/model/flow.ts';
import { MESSAGE_FORMAT, type Message, type RestartMessage, type ResumeMessage } from '../../../lib/model/message.ts';
import { executionPartition } from '../../../lib/model/partition.ts';
import { type State, stateOf } from '../../../lib/model/state.ts';
import { versionOf } from '../../../lib/model/version.ts';
import { Ending } from './ending.ts';
import { Snapshot } from './executions.ts';
import type { Defined, Flows } from './flows.ts';
import { type Followed, type Follower, isOver } from './live.ts';

const TAKEN_MS = 10_000;
/** A message, or what it was sent for, may have been lost: it is looked at again. */
const AGAIN_MS = 1_000;

export interface CommandParts {
  readonly bus: Bus;
  readonly time: BusTime;
  readonly flows: Flows;
  readonly followed: Followed;
}

interface Command {
  readonly message: Message;
  /** Of what it is about, where it has to be brought back. */
  readonly defined?: Defined;
  readonly isDone: (now: Snapshot) => boolean;
}

export class Commands {
  readonly #parts: CommandParts;

  constructor(parts: CommandParts) {
    this.#parts = parts;
  }

  /**
   * What has not ended well is done again. `among`: what it had called and is restarted next, and who has called it. Throws
   * `execution.unknown`, `execution.running`, `execution.refused`.
   */
  restart(id: string, principal: string, among: Pick<RestartMessage, 'called' | 'caller'> = {}): Promise<Snapshot> {
    return this.#change(id, ({ start }) => ({ kind: 'restart', principal, incarnation: start.incarnation, ...among }));
  }

  /** As if the task run had ended so. The same faults. */
  changeTaskRun(id: string, taskRunId: string, state: State, principal: string): Promise<Snapshot> {
    return this.#change(id, ({ start: { incarnation } }) => ({
      kind: 'changeTaskRun',
      principal,
      incarnation,
      taskRunId,
      state,
    }));
  }

  changeState(id: string, state: State, principal: string): Promise<Snapshot> {
    return this.#change(id, ({ start }) => ({ kind: 'changeState', principal, incarnation: start.incarnation, state }));
  }

  relabel(id: string, labels: Labels): Promise<Snapshot> {
    return this.#change(id, ({ start }) => ({ kind: 'relabel', incarnation: start.incarnation, labels }));
  }

  /** Throws `execution.unknown`, `execution.notRunning`. */
  async pause(id: string, principal: string): Promise<Snapshot> {
    const snapshot = await this.#parts.followed.executions.read(id);
    const state = stateOf(snapshot.head.history);
    const runs = state === 'RUNNING' || (state === 'RETRYING' && !snapshot.head.renewing);
    if (!runs && (state !== 'PAUSED' || snapshot.head.heldBy !== undefined))
      throw new Fault('execution.notRunning', `expected a running execution, got ${id}, which is ${state}`);
    const { incarnation } = snapshot.start;
    const message = { ...this.#named(id), kind: 'pause', incarnation, principal } as const;
    const shown = await this.#shown(snapshot, message);
    await this.#say(id, {
      message,
      isDone: (now) => now.head.heldBy !== undefined || isOver(now) || now.start.incarnation > incarnation,
    });
    return shown;
  }

  /** The whole execution, or one of its Pauses. Throws `execution.unknown`, `execution.notPaused`. */
  async resume(id: string, resumed: Pick<ResumeMessage, 'principal' | 'taskRunId' | 'inputs'>): Promise<Snapshot> {
    const snapshot = await this.#parts.followed.executions.read(id);
    const { incarnation } = snapshot.start;
    const waits = pausedOf(snapshot, resumed.taskRunId);
    if (waits === undefined)
      throw new Fault(
        'execution.notPaused',
        `Execution ${id} is not paused, its state is ${stateOf(snapshot.head.history)}`,
      );
    const message = { ...this.#named(id), kind: 'resume', incarnation, ...resumed, taskRunId: waits } as const;
    const shown = await this.#shown(snapshot, message);
    await this.#say(id, {
      message,
      isDone: (now) => pausedOf(now, waits || undefined) !== waits || now.start.incarnation > incarnation,
    });
    return shown;
  }

  /** What waits for its time goes on now. Throws `execution.unknown`, `execution.notRunning`. */
  async forceRun(id: string, principal: string): Promise<Snapshot> {
    const snapshot = await this.#parts.followed.executions.read(id);
    if (isOver(snapshot))
      throw new Fault('execution.notRunning', `expected an execution that has not ended, got ${id}`);
    const { incarnation } = snapshot.start;
    const message = { ...this.#named(id), kind: 'forceRun', incarnation, principal } as const;
    const shown = await this.#shown(snapshot, message);
    await this.#append(id, message);
    return shown;
  }

  /** With all that is kept of it, save what `keeps` names. Throws `execution.unknown`, `execution.running`. */
  async forget(id: string, keeps: readonly ('logs' | 'metrics')[]): Promise<void> {
    if (!isOver(await this.#parts.followed.executions.read(id))) throw running(id);
    await this.#say(id, { message: { ...this.#named(id), kind: 'forget', keeps }, isDone: () => false }, true);
  }

  /** Resolves when it has ended. Throws `bus.unavailable`. */
  async ended(id: string): Promise<void> {
    const ending = await Ending.watch(this.#parts.followed, id);
    try {
      ending.doubt();
      if (!isOver(await ending.come({ ms: TAKEN_MS }))) throw running(id);
    } finally {
      ending.close();
    }
  }

  /** A new execution, as it was put together. */
  async launch(change: Change, defined: Defined): Promise<Snapshot> {
    const { start, head, taskRuns } = change;
    const snapshot = new Snapshot(start!, head!, taskRuns, versionOf(0, 0));
    await this.#revive(snapshot, {
      message: { ...this.#named(start!.id), kind: 'goOn', incarnation: start!.incarnation },
      defined,
      isDone: () => true,
    });
    return snapshot;
  }

  async #change(
    id: string,
    make: (snapshot: Snapshot) => Omit<Afterwards, 'v' | 'executionId' | 'atMs'>,
  ): Promise<Snapshot> {
    const { followed, flows } = this.#parts;
    const snapshot = await followed.executions.read(id);
    if (!isOver(snapshot)) throw running(id);
    const defined = await flows.ofExecution(snapshot.start);
    const message = { ...this.#named(id), ...make(snapshot) } as Afterwards;
    const shown = await this.#shown(snapshot, message, defined);
    const version = snapshot.head;
    await this.#say(id, { message, defined, isDone: (now) => isTaken(message, now, version) });
    return shown;
  }

  /** As the command makes it, and nothing that comes of it: its owner does the same. Throws `execution.refused`. */
  async #shown(snapshot: Snapshot, message: Shown, defined?: Defined): Promise<Snapshot> {
    const { flows, time } = this.#parts;
    const { flow } = defined ?? (await flows.ofExecution(snapshot.start));
    const change = preview(runOf(snapshot), message, { flow, nowMs: time.now() });
    if (typeof change === 'string') throw new Fault('execution.refused', `${snapshot.start.id}: ${change}`);
    return changed(snapshot, change);
  }

  /** Until its owner has taken it. `untilGone`: until nobody knows the execution any more. */
  async #say(id: string, command: Command, untilGone = false): Promise<void> {
    const { followed } = this.#parts;
    const live = await followed.lives.watch(id);
    try {
      for (const untilMs = performance.now() + TAKEN_MS; ; ) {
        const snapshot = await followed.executions.find(id);
        if (!snapshot && untilGone) return;
        if (!snapshot) throw new Fault('execution.unknown', `expected the id of an execution, got ${id}`);
        if (command.isDone(snapshot)) return;
        if (performance.now() > untilMs)
          throw new Fault(
            'bus.unavailable',
            `expected an executor to answer within ${TAKEN_MS / 1_000} s, got nothing: does one run?`,
          );
        live.changed.clear();
        if (snapshot.past === undefined || untilGone) await this.#append(id, command.message);
        else await this.#revive(snapshot, command);
        await this.#heard(live, command, untilGone);
      }
    } finally {
      live.close();
    }
  }

  /** Whatever changes may be the answer. */
  async #heard(live: Follower, { isDone }: Command, untilGone: boolean): Promise<void> {
    for (const untilMs = performance.now() + AGAIN_MS; performance.now() < untilMs; ) {
      await live.changed.wait(untilMs - performance.now());
      live.changed.clear();
      const now = await this.#parts.followed.executions.find(live.id);
      if (!now ? untilGone : isDone(now)) return;
    }
  }

  #append(id: string, message: Message): Promise<void> {
    const { bus, time } = this.#parts;
    return bus.mailbox.append(executionPartition(id, bus.partitions), [{ ...message, atMs: time.now() }]);
  }

  async #revive({ start, head, taskRuns, past }: Snapshot, { message, defined }: Command): Promise<void> {
    const { bus, flows, time } = this.#parts;
    const { flow, definition } = defined ?? (await flows.ofExecution(start));
    // The definition may be another one by now, of the same source.
    const named = { ...start, flow: { ...start.flow, hash: flow.hash } };
    const fields: [string, string][] = [
      ['start', JSON.stringify(named)],
      ['head', JSON.stringify(head)],
      ...taskRuns.map((taskRun): [string, string] => [taskRunField(taskRun.id), JSON.stringify(taskRun)]),
    ];
    await bus.mailbox.revive(executionPartition(start.id, bus.partitions), {
      executionId: start.id,
      version: past!,
      hash: flow.hash,
      definition,
      message: { ...message, atMs: time.now() },
      fields,
    });
  }

  #named(executionId: string): { v: number; executionId: string; atMs: number } {
    return { v: MESSAGE_FORMAT, executionId, atMs: this.#parts.time.now() };
  }
}

/** As an owner would hold it. */
export const runOf = ({ start, head, taskRuns }: Snapshot): Run =>
  applyChange(undefined, { start, head, taskRuns, removed: [] });

export function changed(before: Snapshot, { start, head, taskRuns, removed }: Change): Snapshot {
  const gone = new Set(removed);
  const known = new Map(before.taskRuns.filter(({ id }) => !gone.has(id)).map((taskRun) => [taskRun.id, taskRun]));
  for (const taskRun of taskRuns) known.set(taskRun.id, taskRun);
  return new Snapshot(start ?? before.start, head ?? before.head, known.values());
}

function isTaken(message: Afterwards, { start, head }: Snapshot, before: Snapshot['head']): boolean {
  if (start.incarnation > message.incarnation) return true;
  switch (message.kind) {
    case 'restart':
    case 'changeTaskRun':
      return false;
    case 'changeState':
      return head.history.length > before.history.length;
    case 'relabel':
      return Object.entries(message.labels).every(([key, value]) => head.labels[key] === value);
  }
}

/** The id of the Pause that waits, '' where somebody has paused the whole; undefined where nothing waits. */
function pausedOf({ head, taskRuns }: Snapshot, taskRunId: string | undefined): string | undefined {
  if (taskRunId === undefined && head.heldBy !== undefined) return '';
  return taskRuns.find(
    ({ id, history }) => stateOf(history) === 'PAUSED' && (taskRunId === undefined || id === taskRunId),
  )?.id;
}

const running = (id: string): Fault =>
  new Fault('execution.running', `expected an execution that has ended, got ${id}`);
