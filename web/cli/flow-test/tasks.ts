/**
 * How the attempts of a rehearsed execution end: as a fixture says; else the task is run for real, in this process and with files in
 * a folder of the test's own. It reaches no network and no server: what asks for one fails, and says that it wants a fixture.
 */
import { startName } from '../../../actors/worker/channel.ts';
import { Library, openPart } from '../../../actors/worker/library.ts';
import { Secrets } from '../../../actors/worker/secrets.ts';
import type { Item } from '../../../lib/bus/queues.ts';
import { hostLanguage, hostPath } from '../../../lib/config.ts';
import { type Run, taskRunField } from '../../../lib/execution/run.ts';
import { durationMs } from '../../../lib/flow/duration.ts';
import { NO_INSTALLATION } from '../../../lib/model/installation.ts';
import type { PluginSet } from '../../../lib/plugin/load.ts';
import type { Outcome, TaskOutcome } from '../../../lib/rehearsal/crew.ts';
import type { Storage } from '../../../lib/storage/storage.ts';
import { environmentOf } from '../../../lib/task/environment.ts';
import type { Ground } from '../../../lib/task/given.ts';
import { reasonOf } from '../../../lib/task/outcome.ts';
import { runTask } from '../../../lib/task/run-task.ts';
import { RunningTask } from '../../../lib/task/task-context.ts';
import type { Http } from '../../../plugins/sdk/index.ts';
import type { Fixtures } from './suite.ts';

export interface TaskParts {
  readonly plugins: PluginSet;
  readonly sources: ReadonlyMap<string, string>;
  readonly fixtures: Fixtures['tasks'];
  readonly storage: Storage;
  readonly folder: string;
  readonly now: () => number;
  readonly say: (level: string, taskId: string, message: string) => void;
}

export function outcomeIn(parts: TaskParts): (run: Run, item: Item) => Outcome {
  const { plugins, sources, fixtures, say } = parts;
  const library = new Library({ plugins, secrets: new Secrets(undefined), installation: NO_INSTALLATION });
  library.learn({ flows: [...sources] });
  const ground = groundOf(parts);
  return (run, item) => {
    const { taskId, value } = item;
    const fixture = fixtures.find((each) => each.id === taskId && (each.value === undefined || each.value === value));
    if (fixture) return fixedOutcome(fixture);
    try {
      const running = new Rehearsed(givenIn(library, run, item, say), ground);
      return runTask(running, () => {});
    } catch (error) {
      say('ERROR', taskId, reasonOf(error));
      return { state: 'FAILED', reason: reasonOf(error) };
    }
  };
}

function fixedOutcome({ id, state, outputs, duration }: Fixtures['tasks'][number]): TaskOutcome {
  const ms = duration === undefined ? 0 : durationMs(duration);
  if (ms === undefined) throw new Error(`fixtures: ${id}: expected a duration such as PT5S, got ${duration}`);
  return { state, outputs, ms, ...(state === 'FAILED' ? { reason: 'as its fixture says' } : {}) };
}

function givenIn(library: Library, run: Run, item: Item, say: TaskParts['say']) {
  const fieldOf = (name: string): unknown =>
    name === 'head' ? run.head : run.taskRuns.get(name.slice(taskRunField('').length));
  const { id, incarnation } = run.start;
  const part = {
    id,
    incarnation,
    fields: item.reads.map((name): [string, string] => [name, JSON.stringify(fieldOf(name))]),
  };
  library.learn({ starts: [[startName(part), JSON.stringify(run.start)]] });
  return library.given({ serial: 1, execution: 0, item }, openPart(part), {
    sink: (level, message) => say(level, item.taskId, message),
    metrics: () => {},
    server: { ask: () => Promise.reject(new Error(wanted('another server'))) },
  });
}

const groundOf = ({ storage, folder, now }: TaskParts): Ground => ({
  storage,
  folder,
  environment: environmentOf({ path: hostPath(), language: hostLanguage(), node: process.execPath, folder }),
  http: { allowPrivate: false },
  now,
});

const wanted = (what: string): string =>
  `expected a fixture, since a test reaches no network, got a task that asks ${what}`;
const NO_HTTP: Http = { send: ({ url }) => Promise.reject(new Error(wanted(String(url)))) };

class Rehearsed extends RunningTask {
  override get http(): Http {
    return NO_HTTP;
  }
}
