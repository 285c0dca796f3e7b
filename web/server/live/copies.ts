/** Executions that are made from one that has ended: from its beginning, or from a task run on. */
import type { BusTime } from '../../../lib/bus/bus-time.ts';
import { Fault } from '../../../lib/errors.ts';
import { replay } from '../../../lib/execution/again/replay.ts';
import type { ExecutionStart } from '../../../lib/model/execution.ts';
import { MESSAGE_FORMAT } from '../../../lib/model/message.ts';
import { type Commands, runOf } from './commands.ts';
import type { Snapshot } from './executions.ts';
import type { Defined } from './flows.ts';
import type { Starts } from './starts.ts';

const REPLAY_LABEL = 'system.replay';

export interface Copy {
  /** Of the new execution, where files of its inputs have been stored under it. */
  readonly id?: string;
  readonly defined: Defined;
  readonly principal: string;
  /** In place of the old ones. */
  readonly inputs?: ExecutionStart['inputs'];
  /** From which one on; absent: from those that have not ended well. */
  readonly taskRunId?: string;
}

export class Copies {
  readonly #parts: { readonly starts: Starts; readonly commands: Commands; readonly time: BusTime };

  constructor(parts: { readonly starts: Starts; readonly commands: Commands; readonly time: BusTime }) {
    this.#parts = parts;
  }

  whole({ start: old, head }: Snapshot, { id: given, defined, principal, inputs }: Copy): Promise<Snapshot> {
    const { starts, time } = this.#parts;
    const id = given ?? starts.newId();
    const { flow, definition, revision } = defined;
    const { caller: _, scheduleDateMs: __, depth: ___, ...rest } = old;
    const atMs = time.now();
    const start: ExecutionStart = {
      ...rest,
      id,
      flow: { ...rest.flow, revision, hash: flow.hash },
      inputs: inputs ?? rest.inputs,
      parentId: old.id,
      principal,
      createdAtMs: atMs,
      firstCreatedAtMs: rest.firstCreatedAtMs ?? rest.createdAtMs,
      attemptNumber: (rest.attemptNumber ?? 1) + 1,
      incarnation: 0,
    };
    const labels = { ...head.labels, [REPLAY_LABEL]: 'true' };
    return starts.begin({ v: MESSAGE_FORMAT, kind: 'start', executionId: id, atMs, start, labels }, definition);
  }

  /** Throws `execution.refused`. */
  from(snapshot: Snapshot, copy: Copy): Promise<Snapshot> {
    const { commands, starts, time } = this.#parts;
    const { defined, id = starts.newId(), ...rest } = copy;
    const { flow, revision } = defined;
    const change = replay(runOf(snapshot), { ...rest, id, flow, revision, nowMs: time.now() });
    if (typeof change === 'string') throw new Fault('execution.refused', `${snapshot.start.id}: ${change}`);
    return commands.launch(change, defined);
  }
}
