/**
 * How the attempts of a test end: as it says, by the task's id; else light core tasks are run for real, with the fields that their
 * item names and no others, and whatever would wait or reach out into the world ends well at once.
 */
import { startName } from '../../actors/worker/channel.ts';
import { Library, openPart } from '../../actors/worker/library.ts';
import { Secrets } from '../../actors/worker/secrets.ts';
import type { Item } from '../../lib/bus/queues.ts';
import { type Run, taskRunField } from '../../lib/execution/run.ts';
import { parseAttemptRef } from '../../lib/model/execution.ts';
import { type Installation, NO_INSTALLATION } from '../../lib/model/installation.ts';
import type { TaskEndedMessage } from '../../lib/model/message.ts';
import { BUILT_IN, loadPlugins, type PluginSet } from '../../lib/plugin/load.ts';
import type { TaskOutcome } from '../../lib/rehearsal/crew.ts';
import type { Storage } from '../../lib/storage/storage.ts';
import { isThenable } from '../../lib/task/after.ts';
import type { Ground } from '../../lib/task/given.ts';
import { runTask } from '../../lib/task/run-task.ts';
import { RunningTask } from '../../lib/task/task-context.ts';
import type { Server } from '../../plugins/sdk/index.ts';

export type EndState = TaskEndedMessage['state'];

export interface Trial {
  readonly taskId: string;
  readonly value?: string;
  readonly iteration?: number;
  readonly attempt: number;
  readonly executionId: string;
}

export type Scripted = EndState | TaskOutcome | ((trial: Trial) => EndState | TaskOutcome);
/** By the ids of tasks. */
export type Script = Readonly<Record<string, Scripted>>;

export const plugins: PluginSet = await loadPlugins(BUILT_IN);

/** They await nothing. */
const RUN_FOR_REAL =
  /\.(?:debug|output)\.|\.log\.Log$|\.execution\.(?:Fail|Exit|Assert|Labels|SetVariables|UnsetVariables)$/;

const absent = <T extends object>(what: string): T =>
  new Proxy({} as T, {
    get: () => {
      throw new Error(`expected a task that needs no ${what}`);
    },
  });

const GROUND: Ground = {
  storage: absent<Storage>('storage'),
  folder: '',
  environment: {},
  http: absent<Ground['http']>('http'),
};

/** The outcome of an attempt of an execution as its partition holds it. */
export function outcomeOf(
  { run, item, definition, script }: { run: Run; item: Item; definition: string; script: Script },
  installation: Installation = NO_INSTALLATION,
): TaskOutcome {
  const { executionId, attempt } = parseAttemptRef(item.ref);
  const { taskId, value, iteration } = item;
  const scripted = Object.hasOwn(script, taskId) ? script[taskId] : undefined;
  const said = typeof scripted === 'function' ? scripted({ taskId, value, iteration, attempt, executionId }) : scripted;
  const given: TaskOutcome = typeof said === 'string' ? { state: said } : (said ?? {});
  if (given.state !== undefined || given.outputs !== undefined || given.unclaimed) return given;
  return { ...realOutcome(run, item, definition, installation), ...given };
}

function realOutcome(run: Run, item: Item, definition: string, installation: Installation): TaskOutcome {
  const library = new Library({ plugins, secrets: new Secrets(undefined), installation });
  const part = {
    id: run.start.id,
    incarnation: run.start.incarnation,
    fields: item.reads.map((name): [string, string] => [name, JSON.stringify(fieldOf(run, name))]),
  };
  library.learn({ flows: [[item.hash, definition]], starts: [[startName(part), JSON.stringify(run.start)]] });
  const [sink, metrics, server] = [() => {}, () => {}, absent<Server>('server')];
  const given = library.given({ serial: 1, execution: 0, item }, openPart(part), { sink, metrics, server });
  if (!RUN_FOR_REAL.test(given.task.type)) return {};
  const outcome = runTask(new RunningTask(given, GROUND), () => {});
  if (isThenable(outcome)) throw new Error(`expected a task that awaits nothing, got ${given.task.type}`);
  return outcome;
}

const fieldOf = (run: Run, name: string): unknown =>
  name === 'head' ? run.head : run.taskRuns.get(name.slice(taskRunField('').length));
