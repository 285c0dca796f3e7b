/**
 * YAML → Flow, with its plugin defaults. All problems at once, each with its path and place; the flow itself only where none
 * is an error. Pure: the same definition and catalogue give the same flow. What is known to Kestra and would change a run,
 * but is not built yet, is refused with that sentence rather than ignored.
 */
import { double } from '../expression/value/number.ts';
import type { Catalogue } from '../model/catalogue.ts';
import type { Flow } from '../model/flow.ts';
import { sourceHash } from '../model/ids.ts';
import type { Problem } from '../model/problem.ts';
import { type FloatOf, readYaml } from '../yaml/yaml.ts';
import { partsOf } from './definition.ts';
import { readInputs } from './input.ts';
import { readLabels } from './labels.ts';
import { FLOW_ID, FLOW_PROPERTIES, NAMESPACE, namesOf } from './language.ts';
import { readListeners } from './listener.ts';
import { readOutputs } from './output.ts';
import { withPluginDefaults } from './plugin-defaults.ts';
import { Problems } from './problems.ts';
import { isMap, MapReader } from './reader.ts';
import { checkReferences } from './references.ts';
import { readRetry } from './retry.ts';
import { readSla } from './sla.ts';
import { readWorkerGroup, TASK_NAMES, TaskReader } from './task.ts';
import { checkTemplates } from './templates.ts';
import { readTriggers, TRIGGER_NAMES } from './trigger.ts';

const ID = new RegExp(FLOW_ID);
const ID_CHARS_MAX = 100;
const NAMESPACE_SHAPE = new RegExp(NAMESPACE);
const NAMESPACE_CHARS_MAX = 150;

const PROPERTIES = namesOf(FLOW_PROPERTIES);
const LATER: ReadonlySet<string> = new Set([
  'checks',
  'concurrency',
  'draft',
  'policyRefs',
  'quotas',
  'workerSelector',
]);
const OUTSIDE = { parents: [] };
const COMMON = { task: TASK_NAMES, trigger: TRIGGER_NAMES };
const FLOW = { title: 'a flow', javaClass: 'io.kestra.core.models.flows.Flow' };

export interface ParsedFlow {
  readonly flow?: Flow;
  readonly problems: readonly Problem[];
}

/** A source, or a definition as a partition keeps it. */
export function parseFlow(
  definition: string,
  catalogue: Catalogue,
  { tenant }: { readonly tenant: string },
): ParsedFlow {
  const { source, globals } = partsOf(definition);
  const yaml = readYaml(source, floatOf);
  const problems = new Problems(yaml);
  if (!isMap(yaml.value)) {
    if (!problems.hasErrors) problems.expected([], 'a map with id, namespace and tasks', yaml.value);
    return { problems: problems.sorted() };
  }
  const defaults = { globals, catalogue, common: COMMON, problems };
  const reader = new MapReader(withPluginDefaults(yaml.value, defaults), [], problems);
  for (const name of Object.keys(reader.map)) {
    if (LATER.has(name)) laterUnlessEmpty(reader, name);
    else if (!PROPERTIES.has(name)) problems.unknown([name], [...PROPERTIES, ...LATER], FLOW);
  }
  const tasks = new TaskReader(catalogue, problems, readWorkerGroup(reader));
  const retry = readRetry(reader);
  // The other behaviour is the whole execution's, and judged at its end.
  const triesAgain = retry?.behavior === 'RETRY_FAILED_TASK';
  const flow: Flow = {
    tenant,
    namespace: name(reader, 'namespace', NAMESPACE_SHAPE, NAMESPACE_CHARS_MAX),
    id: name(reader, 'id', ID, ID_CHARS_MAX),
    hash: sourceHash(tenant, definition),
    description: reader.text('description'),
    labels: readLabels(reader),
    inputs: readInputs(reader),
    variables: variables(reader),
    tasks: tasks.list(reader, 'tasks', { parents: [], needed: true, ...(triesAgain ? { retry } : {}) }),
    errors: tasks.list(reader, 'errors', OUTSIDE),
    finally: tasks.list(reader, 'finally', OUTSIDE),
    afterExecution: tasks.list(reader, 'afterExecution', OUTSIDE),
    listeners: readListeners(reader, tasks, catalogue),
    retry,
    sla: readSla(reader),
    outputs: readOutputs(reader),
    triggers: readTriggers(reader, catalogue),
    disabled: reader.boolean('disabled', false),
    taskOf: tasks.taskOf,
  };
  tasks.finish();
  checkReferences(reader, tasks, problems);
  if (reader.boolean('deleted', false))
    problems.expected(['deleted'], 'false: a flow is deleted by asking for it', true);
  const sorted = problems.sorted();
  return problems.hasErrors ? { problems: sorted } : { flow, problems: sorted };
}

function name(reader: MapReader, property: string, shape: RegExp, charsMax: number): string {
  const text = reader.text(property);
  if (text === undefined) reader.problems.missing([property], `the ${property} of the flow`);
  else if (!shape.test(text) || text.length > charsMax) {
    const lower = shape === NAMESPACE_SHAPE ? 'lower-case letters' : 'letters';
    reader.problems.expected(
      [property],
      `${lower}, digits, -, _ and ., up to ${charsMax}`,
      text,
      `must match "${shape.source.slice(0, -1)}"`,
    );
  }
  return text ?? '';
}

/** Expressions tell a variable of 1.0, a Double, from one of 1. */
const floatOf: FloatOf = (value, [property]) => (property === 'variables' ? double(value) : value);

function variables(reader: MapReader): Flow['variables'] {
  const value = reader.get('variables') ?? {};
  if (isMap(value)) {
    checkTemplates(value, ['variables'], reader.problems);
    return value;
  }
  reader.problems.expected(['variables'], 'a map', value);
  return {};
}

/** An empty list or map asks for nothing. */
function laterUnlessEmpty(reader: MapReader, property: string): void {
  const value = reader.get(property);
  const empty =
    value === undefined || value === false || (typeof value === 'object' && Object.keys(value as object).length === 0);
  if (!empty) reader.problems.later([property], property);
}
