/** Parts of a flow: a task read, or replaced in the flow's source; a task or a trigger validated by itself. */
import { Fault } from '../../../lib/errors.ts';
import type { ParsedFlow } from '../../../lib/flow/parse.ts';
import type { Flow, FlowName } from '../../../lib/model/flow.ts';
import { replacedAt } from '../../../lib/yaml/edit.ts';
import { yamlOf } from '../../../lib/yaml/write.ts';
import { type Path, readYaml } from '../../../lib/yaml/yaml.ts';
import type { Flows } from '../live/flows.ts';
import { invalidFlow } from '../refusals.ts';
import { flowBody, taskBody } from '../views/flow.ts';
import { validationBody } from '../views/flow-source.ts';
import { partIn } from './flow-sources.ts';
import { flowNameIn } from './flows.ts';
import { refused, textOf, wholeOf } from './query.ts';
import type { Asked, Handlers } from './register.ts';
import { oneOf } from './terms.ts';

/** Where no tasks stand, but something may look like one. */
const NO_TASKS: ReadonlySet<string> = new Set([
  'inputs',
  'outputs',
  'triggers',
  'labels',
  'variables',
  'pluginDefaults',
]);
/** Around a trigger that is judged by itself. */
const SOME_TASK = { id: 'some', type: 'io.kestra.plugin.core.log.Log', message: 'some' };

export function flowPartHandlers(flows: Flows) {
  return {
    flowTask: async (asked) => {
      const name = flowNameIn(asked);
      const revision = wholeOf(asked.query, 'revision', 1);
      const { flow } = revision === undefined ? await flows.read(name) : await flows.ofRevision(name, revision);
      const task = flow?.taskOf.get(asked.params.taskId!);
      if (!task) throw unknownTask(name, asked.params.taskId!);
      asked.json(taskBody(task));
    },
    replaceTask: async (asked) => asked.json(await replaceTask(flows, asked)),
    validateTask: async (asked) => {
      const section = oneOf(textOf(asked.query, 'section') ?? 'TASKS', ['TASKS', 'TRIGGERS'], 'section');
      asked.json(await validation(flows, asked, section));
    },
    validateTrigger: async (asked) => asked.json(await validation(flows, asked, 'TRIGGERS')),
  } satisfies Partial<Handlers>;
}

const unknownTask = ({ namespace, id }: FlowName, taskId: string): Fault =>
  new Fault('flow.unknown', `expected a task of ${namespace}.${id}, got ${taskId}`);

async function replaceTask(flows: Flows, asked: Asked): Promise<object> {
  const name = flowNameIn(asked);
  const { taskId = '' } = asked.params;
  const { value, problems } = await partIn(asked);
  const { document, flow } = await flows.read(name);
  if (problems.length > 0) throw invalidFlow(problems);
  const given = (value as { readonly id?: unknown } | undefined)?.id;
  if (given !== taskId)
    throw refused('taskId', taskId, String(given), `Invalid taskId, previous '${taskId}' & current '${String(given)}'`);
  const path = flow?.taskOf.has(taskId) ? taskPath(readYaml(document.source).value, taskId) : undefined;
  const source = path && replacedAt(document.source, path, value);
  if (source === undefined) throw unknownTask(name, taskId);
  const saved = await flows.save(source, 'update', asked.user, name);
  return flowBody(saved.flow, { revision: saved.revision, source, withSource: true });
}

/** Ids of tasks are unique in a flow. */
function taskPath(value: unknown, id: string, path: Path = []): Path | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id: own, type } = value as { readonly id?: unknown; readonly type?: unknown };
  if (path.length > 0 && !Array.isArray(value) && String(own) === id && type !== undefined) return path;
  for (const [key, item] of Object.entries(value)) {
    if (path.length === 0 && NO_TASKS.has(key)) continue;
    const found = taskPath(item, id, [...path, Array.isArray(value) ? Number(key) : key]);
    if (found) return found;
  }
  return undefined;
}

/** As in a flow that has nothing else. Lines are not told: they would be those of that flow. */
async function validation(flows: Flows, asked: Asked, section: 'TASKS' | 'TRIGGERS'): Promise<object> {
  const { value, problems } = await partIn(asked);
  const list = section === 'TASKS' ? 'tasks' : 'triggers';
  const whole = { id: 'some', namespace: 'some', tasks: [SOME_TASK], [list]: [value ?? {}] };
  const parsed: ParsedFlow = problems.some(({ severity }) => severity === 'error')
    ? { problems }
    : flows.parse(yamlOf(whole));
  const prefix = `${list}[0]`;
  const own = parsed.problems.map(({ line: _, column: __, ...problem }) => ({
    ...problem,
    path: problem.path.startsWith(prefix) ? problem.path.slice(prefix.length).replace(/^\./, '') : problem.path,
  }));
  const { namespace: _, flow: __, ...body } = validationBody({ problems: own, ...named(parsed.flow) }, { index: 0 });
  return body;
}

const named = (flow: Flow | undefined) => (flow ? { flow } : {});
