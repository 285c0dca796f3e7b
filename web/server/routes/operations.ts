/** What may be done to an execution: pause, resume, restart, replay, change its state or that of a task run, label, evaluate, delete. */
import { Fault } from '../../../lib/errors.ts';
import { TENANT } from '../../../lib/model/flow.ts';
import { NEXT_STATES, type State, stateOf } from '../../../lib/model/state.ts';
import { executionPrefix, type Storage } from '../../../lib/storage/storage.ts';
import { FORM_BYTES_MAX, jsonIn, jsonOf } from '../body.ts';
import { formOf } from '../form.ts';
import type { Commands } from '../live/commands.ts';
import type { Copies } from '../live/copies.ts';
import type { Executions, Snapshot } from '../live/executions.ts';
import type { Flows } from '../live/flows.ts';
import { labelsOf } from '../live/given-labels.ts';
import { isOver } from '../live/live.ts';
import type { Restarts } from '../live/restarts.ts';
import type { Begin, Starts } from '../live/starts.ts';
import { bodyOf } from './executions.ts';
import { inputBody } from './inputs.ts';
import { flagOf, refused, textOf, wholeOf } from './query.ts';
import type { Asked, Handlers } from './register.ts';

export interface OperationParts {
  readonly executions: Executions;
  readonly flows: Flows;
  readonly starts: Starts;
  readonly commands: Commands;
  readonly restarts: Restarts;
  readonly copies: Copies;
  readonly storage: Storage;
}

export function operationHandlers(parts: OperationParts) {
  const { commands, executions } = parts;
  return {
    pauseExecution: async (asked) => {
      await commands.pause(idIn(asked), asked.user);
      nothing(asked);
    },
    resumeExecution: async (asked) => {
      await resume(parts, asked);
      nothing(asked);
    },
    validateResume: async (asked) => {
      const { begin } = await pausedAt(parts, idIn(asked));
      const each = begin ? await parts.starts.judged(begin, givenIn(asked)) : [];
      const { id, namespace } = (await executions.read(idIn(asked))).start.flow;
      asked.json({ id, namespace, inputs: each.map(inputBody), checks: [] });
    },
    restartExecution: async (asked) =>
      asked.json(bodyOf(await restart(parts, idIn(asked), asked.user, wholeOf(asked.query, 'revision', 1)))),
    replayExecution: async (asked) => asked.json(bodyOf(await replayed(parts, asked))),
    replayWithInputs: async (asked) => asked.json(bodyOf(await replayed(parts, asked, true))),
    changeTaskRun: async (asked) => {
      const { taskRunId, state } = await jsonOf(asked.context.req, FORM_BYTES_MAX);
      if (typeof taskRunId !== 'string') throw refused('taskRunId', 'the id of a task run', String(taskRunId));
      asked.json(bodyOf(await changeTaskRun(parts, asked, taskRunId, stateIn('state', String(state)))));
    },
    changeStatus: async (asked) => {
      const state = stateIn('status', textOf(asked.query, 'status') ?? '');
      asked.json(bodyOf(await commands.changeState(idIn(asked), state, asked.user)));
    },
    changeLabels: async (asked) => {
      const pairs = labelPairsIn(await jsonIn(asked.context.req, FORM_BYTES_MAX));
      asked.json(bodyOf(await commands.relabel(idIn(asked), labelsOf(pairs))));
    },
    forceRun: async (asked) => asked.json(bodyOf(await commands.forceRun(idIn(asked), asked.user))),
    unqueueExecution: async (asked) => {
      const state = stateOf((await executions.read(idIn(asked))).head.history);
      const why = 'nothing is queued, since flows have no limit of concurrency yet';
      throw new Fault('execution.refused', `${idIn(asked)}: expected QUEUED, got ${state} (${why})`);
    },
    resumeFromBreakpoint: async (asked) => {
      const state = stateOf((await executions.read(idIn(asked))).head.history);
      throw new Fault('execution.refused', `${idIn(asked)}: expected BREAKPOINT, got ${state} (there are none yet)`);
    },
    deleteExecution: async (asked) => {
      await remove(parts, idIn(asked), asked.query);
      nothing(asked);
    },
  } satisfies Partial<Handlers>;
}

const idIn = ({ params }: Asked): string => params.executionId!;

function nothing({ context }: Asked): void {
  context.status = 204;
}

const givenIn = ({ context }: Asked) => ({
  given: (form: Parameters<typeof formOf>[1]) => formOf(context.req, form),
});

export function stateIn(name: string, text: string): State {
  if (Object.hasOwn(NEXT_STATES, text)) return text as State;
  throw refused(name, `one of ${Object.keys(NEXT_STATES).join(', ')}`, text);
}

const LABEL_CHARS = 60;

/** A list of `{ key, value }`, or a map. */
export function labelPairsIn(value: unknown): readonly (readonly [key: string, value: string])[] {
  const pairs = Array.isArray(value) ? value.map((label) => [label?.key, label?.value]) : Object.entries(value ?? {});
  const wrong = pairs.findIndex(([key, text]) => typeof key !== 'string' || typeof text !== 'string');
  if (wrong >= 0) {
    const got = Array.isArray(value) ? value[wrong] : Object.fromEntries([pairs[wrong]!]);
    throw new Fault(
      'label.invalid',
      `expected labels as a list of { key, value }, both texts, got ${JSON.stringify(got).slice(0, LABEL_CHARS)}`,
    );
  }
  return pairs as [string, string][];
}

/** What the Pause that waits asks for; nothing where somebody has paused the whole, or it asks nothing. */
async function pausedAt(
  { executions, flows }: OperationParts,
  id: string,
  taskRunId?: string,
): Promise<{ readonly taskRunId?: string; readonly begin?: Begin }> {
  const snapshot = await executions.read(id);
  if (snapshot.head.heldBy !== undefined && taskRunId === undefined) return {};
  const paused = snapshot.taskRuns.find(
    (taskRun) => stateOf(taskRun.history) === 'PAUSED' && (taskRunId === undefined || taskRun.id === taskRunId),
  );
  if (!paused) return {};
  const { flow, revision } = await flows.ofExecution(snapshot.start);
  const inputs = flow.taskOf.get(paused.taskId)?.inputs ?? [];
  return { taskRunId: paused.id, ...(inputs.length > 0 ? { begin: { flow: { ...flow, inputs }, revision, id } } : {}) };
}

async function resume(parts: OperationParts, asked: Asked, taskRunId?: string): Promise<void> {
  const id = idIn(asked);
  const paused = await pausedAt(parts, id, taskRunId);
  const inputs = paused.begin ? await parts.starts.inputs(paused.begin, givenIn(asked)) : undefined;
  await parts.commands.resume(id, {
    principal: asked.user,
    ...(paused.taskRunId === undefined ? {} : { taskRunId: paused.taskRunId }),
    ...(inputs ? { inputs } : {}),
  });
}

/** In another revision it is another execution, which calls others anew. */
export async function restart(
  parts: OperationParts,
  id: string,
  principal: string,
  revision?: number,
): Promise<Snapshot> {
  const { restarts, copies, executions, flows } = parts;
  if (revision === undefined) return restarts.restart(id, principal);
  const snapshot = await ended(executions, id);
  return copies.from(snapshot, { defined: await flows.ofRevision(snapshot.start.flow, revision), principal });
}

async function replayed(parts: OperationParts, asked: Asked, withInputs = false): Promise<Snapshot> {
  const snapshot = await ended(parts.executions, idIn(asked));
  const revision = wholeOf(asked.query, 'revision', 1);
  const { start } = snapshot;
  const defined = await (revision === undefined
    ? parts.flows.ofExecution(start)
    : parts.flows.ofRevision(start.flow, revision));
  const id = parts.starts.newId();
  const inputs = withInputs
    ? await parts.starts.inputs({ flow: defined.flow, revision: defined.revision, id }, givenIn(asked))
    : undefined;
  const taskRunId = textOf(asked.query, 'taskRunId');
  const principal = asked.user;
  const copy = { id, defined, principal, inputs, taskRunId };
  return taskRunId === undefined ? parts.copies.whole(snapshot, copy) : parts.copies.from(snapshot, copy);
}

/** From its beginning, in its own revision or the newest. */
export async function replayWhole(
  parts: OperationParts,
  id: string,
  principal: string,
  latest: boolean,
): Promise<void> {
  const snapshot = await ended(parts.executions, id);
  const { start } = snapshot;
  const revision = latest ? (await parts.flows.read(start.flow)).document.revision : undefined;
  const defined = await (revision === undefined
    ? parts.flows.ofExecution(start)
    : parts.flows.ofRevision(start.flow, revision));
  await parts.copies.whole(snapshot, { defined, principal });
}

/** A Pause that is said to run is resumed. */
async function changeTaskRun(parts: OperationParts, asked: Asked, taskRunId: string, state: State): Promise<Snapshot> {
  const { commands, executions } = parts;
  const id = idIn(asked);
  const snapshot = await executions.read(id);
  const taskRun = snapshot.taskRuns.find((each) => each.id === taskRunId);
  if (!taskRun) throw new Fault('execution.refused', `${id}: expected a task run of it, got ${taskRunId}`);
  if (state !== 'RUNNING' || stateOf(taskRun.history) !== 'PAUSED')
    return commands.changeTaskRun(id, taskRunId, state, asked.user);
  return commands.resume(id, { principal: asked.user, taskRunId });
}

/** Its files too, unless they are to be kept. */
export async function remove(
  { commands, executions, storage }: OperationParts,
  id: string,
  query: URLSearchParams,
): Promise<void> {
  const kept = (name: string) => query.has(name) && !flagOf(query, name);
  const { flow } = (await executions.read(id)).start;
  const keeps = [
    ...(kept('deleteLogs') ? (['logs'] as const) : []),
    ...(kept('deleteMetrics') ? (['metrics'] as const) : []),
  ];
  await commands.forget(id, keeps);
  if (!kept('deleteStorage')) await storage.removeAll(TENANT, executionPrefix(flow, id));
}

async function ended(executions: Executions, id: string): Promise<Snapshot> {
  const snapshot = await executions.read(id);
  if (isOver(snapshot)) return snapshot;
  throw new Fault('execution.running', `expected an execution that has ended, got ${id}`);
}
