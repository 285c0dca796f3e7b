/** The contract's JSON, in Kestra's shapes. Times are ISO-8601 in UTC; what is absent is left out. */
import { z } from 'zod';
import { anything, flag, list, map, named, object, open, shape, text, time, whole } from './schema.ts';

/** As `Problem` of lib/model. */
export const Problem = named(
  'Problem',
  shape({
    message: text.describe('*expected …, got …* in one sentence, without the place'),
    severity: z.enum(['error', 'warning']),
    path: text.describe('Where in the document, such as `tasks[2].message`; empty for the whole'),
    line: whole.optional().describe('From 1'),
    column: whole.optional(),
    expected: text.optional(),
    got: text.optional(),
    kestra: text.optional().describe('What Kestra would have said'),
  }),
);

export const State = named(
  'State',
  shape({
    current: text,
    histories: list(shape({ state: text, date: time })),
    startDate: time,
    endDate: time.optional(),
    duration: text.describe('ISO-8601, such as PT1.5S'),
  }),
);
export type StateBody = z.infer<typeof State>;

export const Attempt = named('Attempt', shape({ state: State, workerId: text.optional(), logFile: text.optional() }));
export type AttemptBody = z.infer<typeof Attempt>;

export const TaskRun = named(
  'TaskRun',
  shape({
    id: text,
    executionId: text,
    namespace: text,
    flowId: text,
    taskId: text,
    parentTaskRunId: text.optional(),
    value: text.optional(),
    iteration: whole.optional(),
    attempts: list(Attempt).optional(),
    outputs: object.optional(),
    state: State,
    reason: text.optional().describe('Why it failed'),
    dueDate: time
      .optional()
      .describe('When it goes on by itself: its next try, its next iteration, the end of its pause'),
  }),
);
export type TaskRunBody = z.infer<typeof TaskRun>;

const tasks = { tasks: list(text).describe('Their first three ids'), more: whole.optional() };
const [due, reason] = [time.optional(), text.optional()];
/** Why an execution waits, what of it runs, or why it failed. */
export const Why = named(
  'Why',
  z.discriminatedUnion('kind', [
    shape({ kind: z.enum(['limited', 'killing', 'held']) }),
    shape({ kind: z.literal('untouched'), since: time }),
    shape({ kind: z.literal('works'), ...tasks }),
    shape({ kind: z.literal('retry'), ...tasks, taskRunId: text, attempt: whole, since: time, due, reason }),
    shape({ kind: z.literal('untaken'), ...tasks, since: time, count: whole, lost: flag }),
    shape({ kind: z.literal('paused'), ...tasks, taskRunId: text, due }),
    shape({ kind: z.literal('round'), ...tasks, taskRunId: text, due: time }),
    shape({ kind: z.literal('call'), ...tasks, executionId: text }),
    shape({ kind: z.literal('failed'), state: text, task: text.optional(), taskRunId: text.optional(), reason }),
  ]),
);
export type WhyBody = z.infer<typeof Why>;

export const Label = named('Label', shape({ key: text, value: text }));

export const Execution = named(
  'Execution',
  shape({
    id: text,
    tenantId: text,
    namespace: text,
    flowId: text,
    flowRevision: whole,
    taskRunList: list(TaskRun).optional(),
    inputs: object.optional(),
    outputs: object.optional(),
    variables: object.optional().describe('The flow’s, where tasks have changed them'),
    labels: list(Label),
    state: State,
    parentId: text.optional(),
    scheduleDate: time.optional(),
    originalId: text,
    trigger: shape({ id: text, type: text, variables: object.optional() }).optional(),
    deleted: z.literal(false),
    metadata: shape({ attemptNumber: whole, originalCreatedDate: time }),
    url: text.optional(),
    reason: text.optional().describe('Why it failed'),
    why: Why.optional().describe('Where it is asked for: why it waits, what of it runs, or why it failed'),
  }),
);
export type ExecutionBody = z.infer<typeof Execution>;

export const ExecutionChange = named(
  'ExecutionChange',
  shape({
    execution: Execution.optional().describe('Without its task runs; absent where only these have changed'),
    taskRuns: list(TaskRun).describe('Those that came or changed, in the order of their creation'),
    gone: list(text).optional().describe('Ids of those that went, before the others came'),
    more: z.literal(true).optional().describe('It is a piece: the rest is in the next event'),
  }),
);
export type ExecutionChangeBody = z.infer<typeof ExecutionChange>;

export const LogEntry = named(
  'LogEntry',
  shape({
    id: text.describe('The same line has the same id'),
    namespace: text,
    flowId: text,
    executionId: text,
    taskId: text.optional(),
    taskRunId: text.optional(),
    attemptNumber: whole.optional(),
    timestamp: time,
    level: z.enum(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR']),
    message: text,
  }),
);
export type LineBody = Omit<z.infer<typeof LogEntry>, 'level'> & { readonly level: string };

export const Input = named(
  'Input',
  shape({
    input: object.describe('As the flow has it, its choices computed'),
    value: anything.optional(),
    enabled: flag,
    isDefault: flag,
    errors: list(shape({ message: text })).optional(),
  }),
);
export type InputBody = z.infer<typeof Input>;

export const Inputs = named(
  'Inputs',
  shape({ id: text, namespace: text, inputs: list(Input), checks: list(anything) }),
);
/** What a start with these values would make of each input. */
export type InputsBody = z.infer<typeof Inputs>;

export const Bulk = named('Bulk', shape({ count: whole, totalItems: whole, operationId: text }));
/** What was done to many. */
export type BulkBody = z.infer<typeof Bulk>;

export const page = <T extends z.ZodType>(item: T) =>
  shape({
    results: list(item),
    total: whole.describe('Counted up to 10,000, which means at least as many'),
    reached: time
      .optional()
      .describe(
        'Where much is kept, a search that no index answers ends before it has seen all: what began (log lines: was written) beyond this time was not looked at. Ask for that by startDate or endDate',
      ),
  });
export interface PageBody<T> {
  readonly results: readonly T[];
  readonly total: number;
  readonly reached?: string;
}

export const Refusal = named(
  'Refusal',
  shape({
    message: text,
    code: text.describe('Stable, from docs/errors.md'),
    detail: text,
    problems: list(Problem),
    status: whole,
    title: text,
    _embedded: shape({ errors: list(shape({ message: text })) }),
  }),
);
export type RefusalBody = z.infer<typeof Refusal>;

export const Validation = named(
  'Validation',
  shape({
    index: whole,
    filename: text.optional().describe('Of the file that it came in'),
    namespace: text.optional(),
    flow: text.optional(),
    constraints: text.optional().describe('All errors in one text, as Kestra’s clients print it'),
    warnings: list(text),
    infos: list(text),
    outdated: flag,
    deprecationPaths: list(text),
    problems: list(Problem),
  }),
);
export type ValidationBody = z.infer<typeof Validation>;

export const Task = named('Task', open({ id: text, type: text }));

const FLOW = {
  id: text,
  namespace: text,
  tenantId: text,
  revision: whole,
  disabled: flag,
  deleted: flag,
  description: text.optional(),
};
export const Flow = named(
  'Flow',
  shape({
    ...FLOW,
    draft: z.literal(false).optional(),
    labels: list(Label).optional(),
    inputs: list(object).optional(),
    variables: object.optional(),
    tasks: list(Task).optional().describe('Absent where the source is not valid here any more'),
    errors: list(Task).optional(),
    finally: list(Task).optional(),
    afterExecution: list(Task).optional(),
    outputs: list(object).optional(),
    triggers: list(Task).optional(),
    exception: text.optional().describe('Why the source is not valid here any more'),
    source: text.optional(),
  }),
);
export const FlowBrief = named(
  'FlowBrief',
  shape({
    ...FLOW,
    labels: list(Label),
    inputs: list(object).optional(),
    tasks: list(Task),
    errors: list(Task),
    finally: list(Task),
    afterExecution: list(Task),
    triggers: list(Task),
  }),
);

const Relation = open({ relationType: text.optional(), value: text.optional() });
const GraphNode = named('GraphNode', open({ uid: text, type: text, taskRun: TaskRun.optional() }));
export const FlowGraph = named(
  'FlowGraph',
  shape({
    nodes: list(GraphNode),
    edges: list(shape({ source: text, target: text, relation: Relation })),
    clusters: list(
      shape({
        cluster: open({ uid: text, type: text }),
        nodes: list(text),
        parents: list(text),
        start: text,
        end: text,
      }),
    ),
    flowables: list(text),
  }),
);
export const Dependencies = named(
  'Dependencies',
  shape({
    nodes: list(shape({ uid: text, tenantId: text, namespace: text, id: text })),
    edges: list(shape({ source: text, target: text, relation: text })),
  }),
);

export const Metric = named(
  'Metric',
  shape({
    ...{ namespace: text, flowId: text, executionId: text, taskId: text, taskRunId: text },
    type: text,
    name: text,
    value: z.number().describe('Of a timer: milliseconds'),
    timestamp: time,
    tags: map(text),
  }),
);

export const Schema = named('JsonSchema', object);
export const Icon = named('Icon', shape({ name: text, icon: text.describe('SVG, in base64'), flowable: flag }));
export const Documentation = named(
  'Documentation',
  shape({ markdown: text, schema: shape({ properties: Schema, outputs: Schema.optional(), definitions: Schema }) }),
);
