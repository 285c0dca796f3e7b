/** One run of a task with all that the worker puts around it, without a worker. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Task } from '../../lib/model/flow.ts';
import { openLocalStorage } from '../../lib/storage/local.ts';
import type { Ground, RunGiven } from '../../lib/task/given.ts';
import type { Outcome } from '../../lib/task/outcome.ts';
import { runTask } from '../../lib/task/run-task.ts';
import { RunningTask } from '../../lib/task/task-context.ts';
import { type AnyTask, type Metric, TaskError } from '../../plugins/sdk/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'windhover-task-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

export const storage = openLocalStorage({ folder: join(folder, 'storage') });
const PLACE = {
  tenant: 'main',
  namespace: 'company.team',
  flowId: 'flow',
  executionId: 'execution',
  taskId: 'task',
  taskRunId: 'run',
  attempt: 1,
};

export interface RunWanted {
  readonly task?: Partial<Task>;
  readonly roots?: Readonly<Record<string, unknown>>;
  readonly given?: Partial<RunGiven>;
  readonly ground?: Partial<Ground>;
}

export function aRun(definition: AnyTask, properties: Readonly<Record<string, unknown>>, wanted: RunWanted = {}) {
  const task = { id: 'task', type: definition.type, writtenType: definition.type, properties, ...wanted.task } as Task;
  const lines: string[] = [];
  const metrics: Metric[] = [];
  let looked = 0;
  const running = new RunningTask(
    {
      place: PLACE,
      flowRevision: 1,
      task,
      definition,
      sink: (level, message) => void lines.push(`${level} ${message}`),
      metrics: (metric) => void metrics.push(metric),
      roots: () => {
        looked++;
        return wanted.roots ?? {};
      },
      taskIn: () => {
        throw new TaskError('expected a worker that reads tasks, got none');
      },
      ...wanted.given,
    },
    {
      storage,
      folder: join(folder, 'work'),
      environment: {},
      http: { allowPrivate: false },
      ...wanted.ground,
    },
  );
  const run = (): Outcome | Promise<Outcome> => runTask(running, () => {});
  return { running, lines, metrics, looked: () => looked, run };
}

/** A file in the storage, with this content. */
export async function aStored(name: string, content: string | Uint8Array): Promise<string> {
  const uri = `kestra:///company/team/flow/executions/execution/tasks/earlier/run/${name}`;
  await storage.put('main', uri, typeof content === 'string' ? Buffer.from(content) : content);
  return uri;
}

export async function storedText(uri: string): Promise<string> {
  return Buffer.concat(await (await storage.get('main', uri)).toArray()).toString('utf8');
}
