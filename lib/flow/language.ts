/**
 * The language of flows as JSON Schema, but for the types of plugins: what every flow, task, trigger, input and retry may have.
 * The one list of these names and words: the readers of this room take theirs from here, and editors read it (schema.ts).
 */
export type Schema = Readonly<Record<string, unknown>>;
type Properties = Readonly<Record<string, Schema>>;

export const NUMBER = '^\\s*[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?\\s*$';

/** A text; numbers, true and false are read as theirs. */
export const words = (description: string, more: Schema = {}): Schema => ({
  type: ['string', 'number', 'boolean'],
  description,
  ...more,
});
/** Texts of it are taken as it. */
export const flag = (description: string, absent = false): Schema => ({
  type: ['boolean', 'string'],
  pattern: '^(true|false)$',
  default: absent,
  description,
});
export const number = (description: string, more: Schema = {}): Schema => ({
  type: ['number', 'string'],
  pattern: NUMBER,
  description,
  ...more,
});
/** Days, hours, minutes and seconds, as java.time.Duration reads them. */
export const durationText = (description: string): Schema => ({
  type: 'string',
  pattern: DURATION,
  description: `${description}; ISO-8601, such as PT30S`,
});
const oneOf = (values: readonly string[], description: string, more: Schema = {}): Schema => ({
  type: 'string',
  enum: values,
  description,
  ...more,
});
const ref = (name: string): Schema => ({ $ref: `#/definitions/${name}` });
const listOf = (items: Schema, description: string): Schema => ({ type: 'array', items, description });
const map = (description: string): Schema => ({ type: 'object', description });
const closed = (properties: Properties, required: readonly string[] = [], more: Schema = {}) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
  ...more,
});

export const namesOf = (properties: Properties): ReadonlySet<string> => new Set(Object.keys(properties));

export const ID = '^[a-zA-Z0-9][a-zA-Z0-9_-]*$';
export const FLOW_ID = '^[a-zA-Z0-9][a-zA-Z0-9._-]*$';
export const NAMESPACE = '^[a-z0-9][a-z0-9._-]*$';
export const INPUT_ID = '^[a-zA-Z0-9][.a-zA-Z0-9_-]*$';
export const DURATION =
  '^[-+]?[pP](?=[-+tT\\d])([-+]?\\d+[dD])?([tT](?=[-+\\d])([-+]?\\d+[hH])?([-+]?\\d+[mM])?([-+]?\\d+([.,]\\d{0,9})?[sS])?)?$';
const DURATION_OR_TEMPLATE = `${DURATION}|\\{[{%]`;
export const LOG_LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
export const RETRY_BEHAVIORS = ['RETRY_FAILED_TASK', 'CREATE_NEW_EXECUTION'] as const;
export const SLA_BEHAVIORS = ['FAIL', 'CANCEL', 'NONE'] as const;

export const TASK_REF = ref('Task');
export const TRIGGER_REF = ref('Trigger');
export const INPUT_REF = ref('Input');
export const ITEM_TYPE_REF = ref('ItemType');
export const CONDITION_REF = ref('Condition');
export const TASKS: Schema = { type: 'array', items: TASK_REF, minItems: 1 };

/** Besides `type`, which each type brings. */
export const TASK_PROPERTIES: Readonly<Record<string, Schema>> = {
  id: words('Unique in the flow', { pattern: ID, maxLength: 256 }),
  description: words('Markdown'),
  disabled: flag('It is left out'),
  timeout: { ...durationText('Of one attempt'), pattern: DURATION_OR_TEMPLATE },
  retry: ref('Retry'),
  allowFailure: flag('Its failure is a warning of what is around it, which goes on'),
  allowWarning: flag('Its warning counts as success'),
  runIf: words('An expression; where it is false, the task is skipped'),
  when: words('Another name of runIf'),
  logLevel: oneOf(LOG_LEVELS, 'The least level that is kept'),
  logToFile: flag('Its log is kept in a file of the internal storage, named by `logFile` of the attempt'),
  workerGroup: ref('WorkerGroup'),
  taskCache: map('Not supported yet: the task runs each time'),
};

export const TRIGGER_PROPERTIES: Readonly<Record<string, Schema>> = {
  id: words('Unique in the flow', { pattern: ID }),
  description: words('Markdown'),
  disabled: flag('It starts nothing'),
};

export const INPUT_PROPERTIES: Readonly<Record<string, Schema>> = {
  id: words('Dots nest: `a.b` is `inputs.a.b`', { pattern: INPUT_ID, maxLength: 256 }),
  name: words('The older name of id', { deprecated: true }),
  displayName: words('What a form calls it', { maxLength: 64 }),
  description: words('Markdown'),
  required: flag('Whether a start without it is refused', true),
  defaults: { description: 'Counts where no value is given' },
  prefill: { description: 'What a form begins with' },
  dependsOn: ref('DependsOn'),
};

export const DEPENDENCY: Properties = {
  inputs: listOf(words(''), 'Ids of inputs'),
  condition: words('An expression'),
};

const LABELS: Schema = {
  description: 'A map, or a list of `key` and `value`',
  anyOf: [
    { type: 'object' },
    {
      type: 'array',
      items: { type: 'object', properties: { key: { type: 'string' }, value: {} }, required: ['key', 'value'] },
    },
  ],
};

export const RETRY_COMMON: Properties = {
  maxAttempts: number('How often at most', { minimum: 1 }),
  maxAttempt: number('The older name of maxAttempts', { minimum: 1, deprecated: true }),
  maxDuration: durationText('No new attempt after it'),
  behavior: oneOf(RETRY_BEHAVIORS, 'What is tried again', { default: 'RETRY_FAILED_TASK' }),
  warningOnRetry: flag('What succeeds after a retry is a warning'),
};
interface Own {
  readonly properties: Properties;
  readonly required: readonly string[];
}
const MAX_INTERVAL = { maxInterval: durationText('No longer than this') };
export const RETRY_OWN: Readonly<Record<'constant' | 'exponential' | 'random', Own>> = {
  constant: { properties: { interval: durationText('Between two attempts') }, required: ['interval'] },
  exponential: {
    properties: {
      interval: durationText('Before the second attempt'),
      ...MAX_INTERVAL,
      delayFactor: number('By which the interval grows', { exclusiveMinimum: 0 }),
    },
    required: ['interval', 'maxInterval'],
  },
  random: {
    properties: { minInterval: durationText('At random from this'), ...MAX_INTERVAL },
    required: ['minInterval', 'maxInterval'],
  },
};

export const WORKER_GROUP: Properties = {
  key: words('The name of the group', { pattern: ID }),
  fallback: oneOf(['WAIT'], 'What becomes of a task while nobody is in the group'),
};

export const OUTPUT_PROPERTIES: Properties = {
  id: words('Its name', { pattern: ID }),
  type: ref('OutputType'),
  value: { description: 'A template' },
  required: flag('Whether it must have a value', true),
  displayName: words(''),
  description: words('Markdown'),
};

export const PLUGIN_DEFAULT: Properties = {
  type: words('A type, or the beginning of one'),
  forced: flag('They count before what a task sets'),
  values: map(''),
};

export const SLA_COMMON: Properties = {
  id: words('Its name'),
  behavior: oneOf(SLA_BEHAVIORS, 'What becomes of an execution that does not keep it'),
  labels: LABELS,
};
export const SLA_OWN: Readonly<Record<'MAX_DURATION' | 'EXECUTION_ASSERTION', readonly [name: string, Schema]>> = {
  MAX_DURATION: ['duration', durationText('Of the execution')],
  EXECUTION_ASSERTION: ['assert', words('An expression that must not be false')],
};

export const LISTENER: Properties = {
  description: words(''),
  conditions: listOf(CONDITION_REF, ''),
  tasks: TASKS,
};

/** Parts that have no types of their own. */
export const PARTS: Readonly<Record<string, Schema>> = {
  Retry: {
    type: 'object',
    description: 'How often what failed is tried again',
    properties: { type: oneOf(Object.keys(RETRY_OWN), '') },
    anyOf: Object.entries(RETRY_OWN).map(([type, own]) =>
      closed({ type: oneOf([type], ''), ...RETRY_COMMON, ...own.properties }, ['type', ...own.required]),
    ),
  },
  DependsOn: closed(DEPENDENCY, [], {
    description: 'Asked for only if these inputs have values and the condition holds',
  }),
  WorkerGroup: closed(WORKER_GROUP, ['key'], { description: 'Which workers may run it' }),
  Output: closed(OUTPUT_PROPERTIES, ['id', 'type', 'value']),
  PluginDefault: closed(PLUGIN_DEFAULT, ['type'], {
    description: 'Values of properties that tasks of a type do not set',
  }),
  PluginDefaults: {
    anyOf: [listOf(ref('PluginDefault'), ''), ref('PluginDefault'), map('Types, and of each the values')],
  },
  Sla: {
    type: 'object',
    properties: { type: oneOf(Object.keys(SLA_OWN), '') },
    anyOf: Object.entries(SLA_OWN).map(([type, [own, schema]]) =>
      closed({ type: oneOf([type], ''), ...SLA_COMMON, [own]: schema }, ['id', 'type', 'behavior', own]),
    ),
  },
  Listener: closed(LISTENER, ['tasks'], { deprecated: true }),
};

export const FLOW_PROPERTIES: Properties = {
  id: words('Unique in the namespace', { pattern: FLOW_ID, maxLength: 100 }),
  namespace: words('Dots part its levels', { pattern: NAMESPACE, maxLength: 150 }),
  description: words('Markdown'),
  labels: LABELS,
  inputs: listOf(INPUT_REF, 'What a start is asked for'),
  variables: map('`vars` of expressions'),
  tasks: { ...TASKS, description: 'One after the other' },
  errors: listOf(TASK_REF, 'Run when a task has failed'),
  finally: listOf(TASK_REF, 'Run at the end, whatever came of the tasks'),
  afterExecution: listOf(TASK_REF, 'Run when the execution has ended; they change nothing of its end'),
  outputs: listOf(ref('Output'), 'What an execution gives'),
  triggers: listOf(TRIGGER_REF, 'What starts it'),
  retry: ref('Retry'),
  sla: listOf(ref('Sla'), 'What an execution promises'),
  disabled: flag('Nothing starts it'),
  pluginDefaults: ref('PluginDefaults'),
  taskDefaults: ref('PluginDefaults'),
  workerGroup: ref('WorkerGroup'),
  listeners: { ...listOf(ref('Listener'), ''), deprecated: true },
  revision: { type: 'integer', description: 'Of an exported flow; it counts for nothing' },
  deleted: { type: 'boolean', enum: [false] },
  tenantId: { type: 'string' },
  draft: { type: 'boolean', enum: [false] },
};

export const FLOW = closed(FLOW_PROPERTIES, ['id', 'namespace', 'tasks'], { title: 'Flow' });
