/**
 * Restarts of an execution that has ended, and of the executions below it that its failed Subflows had called (`restartBehavior`).
 * The caller first, so that it waits when one of them ends; each of them knows its new attempt as its caller. Where it comes to
 * no more than the first, the caller asks after the others and is told that they have failed (B4).
 */
import type { BusTime } from '../../../lib/bus/bus-time.ts';
import type { Change } from '../../../lib/execution/effect.ts';
import { preview } from '../../../lib/execution/preview.ts';
import type { Caller, TaskRun } from '../../../lib/model/execution.ts';
import { MESSAGE_FORMAT } from '../../../lib/model/message.ts';
import { type State, stateOf } from '../../../lib/model/state.ts';
import { type Commands, runOf } from './commands.ts';
import type { Executions, Snapshot } from './executions.ts';
import type { Flows } from './flows.ts';
import { isOver } from './live.ts';

const SUBFLOW = 'io.kestra.plugin.core.flow.Subflow';
const FAILED: ReadonlySet<State> = new Set(['FAILED', 'KILLED', 'CANCELLED']);

export interface RestartParts {
  readonly executions: Executions;
  readonly flows: Flows;
  readonly commands: Commands;
  readonly time: BusTime;
}

export class Restarts {
  readonly #parts: RestartParts;

  constructor(parts: RestartParts) {
    this.#parts = parts;
  }

  /** As `Commands.restart`, of the whole tree. `caller`: who waits for its end from now on. */
  async restart(id: string, principal: string, caller?: Caller): Promise<Snapshot> {
    const { commands, executions } = this.#parts;
    const snapshot = await executions.read(id);
    const below = isOver(snapshot) ? await this.#below(snapshot) : [];
    const called = below.map((each) => each.id);
    const shown = await commands.restart(id, principal, {
      ...(called.length > 0 ? { called } : {}),
      ...(caller ? { caller } : {}),
    });
    for (const each of below) await this.restart(each.id, principal, each.caller);
    return shown;
  }

  /** The executions that are restarted with it, each with its caller as it will be. */
  async #below(snapshot: Snapshot): Promise<readonly { readonly id: string; readonly caller: Caller }[]> {
    const { executions, flows } = this.#parts;
    const { flow } = await flows.ofExecution(snapshot.start);
    const found = [];
    const restarted = (await this.#shown(snapshot))?.taskRuns ?? [];
    for (const taskRun of restarted.filter(({ history }) => stateOf(history) === 'RESTARTED')) {
      const task = flow.taskOf.get(taskRun.taskId);
      if (task?.type !== SUBFLOW || task.properties.restartBehavior === 'NEW_EXECUTION') continue;
      const { executionId } = taskRun.outputs ?? {};
      const child = typeof executionId === 'string' ? await executions.find(executionId) : undefined;
      const before = child?.start.caller;
      if (!child || !before || !isCalledBy(before, snapshot.start.id, taskRun)) continue;
      if (!isOver(child) || !FAILED.has(stateOf(child.head.history))) continue;
      if (!(await this.#shown(child))) continue;
      found.push({ id: child.start.id, caller: { ...before, attempt: taskRun.attempts.length + 1 } });
    }
    return found;
  }

  /** What a restart makes of it; nothing where it cannot be restarted. */
  async #shown(snapshot: Snapshot): Promise<Change | undefined> {
    const { flows, time } = this.#parts;
    const { id: executionId, incarnation } = snapshot.start;
    const { flow } = await flows.ofExecution(snapshot.start);
    const nowMs = time.now();
    const message = {
      v: MESSAGE_FORMAT,
      kind: 'restart',
      executionId,
      atMs: nowMs,
      incarnation,
      principal: '',
    } as const;
    const change = preview(runOf(snapshot), message, { flow, nowMs });
    return typeof change === 'string' ? undefined : change;
  }
}

const isCalledBy = ({ executionId, taskRunId, attempt }: Caller, id: string, taskRun: TaskRun): boolean =>
  executionId === id && taskRunId === taskRun.id && attempt === taskRun.attempts.length;
