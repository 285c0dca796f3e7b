/**
 * The language of flows as JSON Schema, but for its types: what every flow, task, trigger, input and retry may have. Written
 * for editors; the parser (lib/flow) decides. A test holds that whatever it documents is taken.
 */
export type Schema = Readonly<Record<string, unknown>>;

const text = (description: string, more: Schema = {}): Schema => ({ type: 'string', description, ...more });
const flag = (description: string, absent = false): Schema => ({ type: 'boolean', default: absent, description });
const ref = (name: string): Schema => ({ $ref: `#/definitions/${name}` });
const listOf = (items: Schema, description: string): Schema => ({ type: 'array', items, description });
const map = (description: string): Schema => ({ type: 'object', description });

const DURATION = 'ISO-8601, such as PT30S';
const ID = '^[a-zA-Z0-9][a-zA-Z0-9_-]*$';
const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'];

export const TASK_REF = ref('Task');
export const TRIGGER_REF = ref('Trigger');
export const CONDITION_REF = ref('Condition');
export const TASKS: Schema = { type: 'array', items: TASK_REF, minItems: 1 };

/** Besides `type`, which each type brings. */
export const TASK_PROPERTIES: Readonly<Record<string, Schema>> = {
  id: text('Unique in the flow', { pattern: ID, maxLength: 256 }),
  description: text('Markdown'),
  disabled: flag('It is left out'),
  timeout: text(`Of one attempt; ${DURATION}`),
  retry: ref('Retry'),
  allowFailure: flag('Its failure is a warning of what is around it, which goes on'),
  allowWarning: flag('Its warning counts as success'),
  runIf: { type: ['string', 'boolean'], description: 'An expression; where it is false, the task is skipped' },
  logLevel: text('The least level that is kept', { enum: LEVELS }),
  logToFile: flag('Not supported yet: its lines are kept with the others'),
  workerGroup: ref('WorkerGroup'),
  taskCache: map('Not supported yet: the task runs each time'),
};

export const TRIGGER_PROPERTIES: Readonly<Record<string, Schema>> = {
  id: text('Unique in the flow', { pattern: ID }),
  description: text('Markdown'),
  disabled: flag('It starts nothing'),
};

export const INPUT_PROPERTIES: Readonly<Record<string, Schema>> = {
  id: text('Dots nest: `a.b` is `inputs.a.b`', { pattern: '^[a-zA-Z0-9][.a-zA-Z0-9_-]*$' }),
  name: text('The older name of id', { deprecated: true }),
  displayName: text('What a form calls it', { maxLength: 64 }),
  description: text('Markdown'),
  required: flag('Whether a start without it is refused', true),
  defaults: { description: 'Counts where no value is given' },
  prefill: { description: 'What a form begins with' },
  dependsOn: {
    type: 'object',
    description: 'Asked for only if these inputs have values and the condition holds',
    properties: { inputs: { type: 'array', items: { type: 'string' } }, condition: text('An expression') },
    additionalProperties: false,
  },
};

const RETRY_BEHAVIORS = ['RETRY_FAILED_TASK', 'CREATE_NEW_EXECUTION'];
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

/** Parts that have no types of their own. */
export const PARTS: Readonly<Record<string, Schema>> = {
  Retry: {
    type: 'object',
    description: 'How often what failed is tried again',
    properties: {
      type: { type: 'string', enum: ['constant', 'exponential', 'random'] },
      interval: text(`Between two attempts; ${DURATION}`),
      minInterval: text(`At random from this; ${DURATION}`),
      maxInterval: text(`No longer than this; ${DURATION}`),
      delayFactor: { type: 'number', description: 'By which the interval grows' },
      maxAttempts: { type: 'integer', minimum: 1 },
      maxAttempt: { type: 'integer', minimum: 1, deprecated: true },
      maxDuration: text(`No new attempt after it; ${DURATION}`),
      behavior: { type: 'string', enum: RETRY_BEHAVIORS, default: 'RETRY_FAILED_TASK' },
      warningOnRetry: flag('What succeeds after a retry is a warning'),
    },
    required: ['type'],
    additionalProperties: false,
  },
  WorkerGroup: {
    type: 'object',
    description: 'Which workers may run it',
    properties: { key: text('The name of the group'), fallback: { type: 'string', enum: ['WAIT'] } },
    required: ['key'],
    additionalProperties: false,
  },
  Output: {
    type: 'object',
    properties: {
      id: text('Its name'),
      type: text('As an input of that type; any if absent'),
      value: { description: 'A template' },
      required: flag('Whether it must have a value', true),
      displayName: { type: 'string' },
      description: text('Markdown'),
    },
    required: ['id', 'value'],
  },
  PluginDefault: {
    type: 'object',
    description: 'Values of properties that tasks of a type do not set',
    properties: {
      type: text('A type, or the beginning of one'),
      forced: flag('They count before what a task sets'),
      values: map(''),
    },
    required: ['type', 'values'],
  },
  Sla: {
    type: 'object',
    properties: {
      id: { type: 'string' },
      type: { type: 'string', enum: ['MAX_DURATION', 'EXECUTION_ASSERTION'] },
      behavior: { type: 'string', enum: ['FAIL', 'CANCEL', 'NONE'] },
      duration: text(DURATION),
      assert: text('An expression that must not be false'),
      labels: LABELS,
    },
    required: ['id', 'type', 'behavior'],
    additionalProperties: false,
  },
  Listener: {
    type: 'object',
    deprecated: true,
    properties: { description: { type: 'string' }, conditions: listOf(CONDITION_REF, ''), tasks: TASKS },
    required: ['tasks'],
  },
};

export const FLOW: Schema = {
  type: 'object',
  title: 'Flow',
  properties: {
    id: text('Unique in the namespace', { pattern: '^[a-zA-Z0-9][a-zA-Z0-9._-]*$', maxLength: 100 }),
    namespace: text('Dots part its levels', { pattern: '^[a-z0-9][a-z0-9._-]*$', maxLength: 150 }),
    description: text('Markdown'),
    labels: LABELS,
    inputs: listOf(ref('Input'), 'What a start is asked for'),
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
    pluginDefaults: listOf(ref('PluginDefault'), ''),
    taskDefaults: { ...listOf(ref('PluginDefault'), ''), deprecated: true },
    workerGroup: ref('WorkerGroup'),
    listeners: { ...listOf(ref('Listener'), ''), deprecated: true },
    revision: { type: 'integer', description: 'Of an exported flow; it counts for nothing' },
    deleted: { type: 'boolean', enum: [false] },
    tenantId: { type: 'string' },
    draft: { type: 'boolean', enum: [false] },
  },
  required: ['id', 'namespace', 'tasks'],
  additionalProperties: false,
};
