/** What several routes share: answers, bodies, parameters of the address. */
import { z } from 'zod';
import type { Answer, Body } from './route.ts';
import { flag, list, shape, text, time, whole } from './schema.ts';

export const json = (schema: z.ZodType, status = 200): Answer => ({ status, type: 'application/json', schema });
export const file = (type: string): Answer => ({ status: 200, type });
export const events = (schema: z.ZodType): Answer => ({ status: 200, type: 'text/event-stream', events: schema });
export const NOTHING: Answer = { status: 204 };

export const YAML: Body = { 'application/x-yaml': text, 'application/json': z.looseObject({}) };
export const jsonBody = (schema: z.ZodType): Body => ({ 'application/json': schema });
/** Fields are values of inputs; files are parts named by their input, or parts `files` whose file name is their input's. */
export const INPUTS: Body = { 'multipart/form-data': z.looseObject({}) };
export const FILE: Body = { 'multipart/form-data': shape({ fileUpload: text.describe('A zip or YAML') }) };
export const Names = list(z.looseObject({ namespace: text, id: text }));
export const Ids = list(text);

const sorted = (names: string) =>
  text.describe(`One of ${names}, with :asc or :desc; of several, parted by commas, the first`);
export const paged = (sorts: string) => ({
  page: z.int().min(1).describe('From 1; 1 if absent'),
  size: z.int().min(1).describe('Rows of a page, at most 1,000; 10 if absent'),
  sort: sorted(sorts),
});
const filters = (fields: string) => ({
  filters: z
    .record(z.string(), z.unknown())
    .describe(
      `\`filters[field][OPERATION]=value\`, for labels \`filters[labels][EQUALS][key]=value\`, in groups \`filters[or][0][field]…\`. Fields: ${fields}`,
    ),
});
const TIMES = {
  startDate: time,
  endDate: time,
  timeRange: text.describe('In place of startDate: how far back from now, such as PT24H'),
};
const q = (where: string) => text.describe(`A text that stands anywhere in ${where}`);
/** What a text is looked for in. */
export const Q = {
  execution: q('id, namespace, flow or labels'),
  flow: q('id, namespace or source'),
  line: q('the message'),
};
const namespace = text.describe('This one and those below it');
const scope = z.enum(['USER', 'SYSTEM']);
const labels = text.describe('key:value; may stand several times');

export const EXECUTION_FILTERS = {
  q: Q.execution,
  namespace,
  flowId: text,
  state: text.describe('Several are parted by commas'),
  labels,
  scope,
  triggerExecutionId: text,
  childFilter: z.enum(['CHILD', 'MAIN']),
  ...TIMES,
  ...filters(
    'q, scope, namespace, flowId, executionId, state, labels, triggerExecutionId, childFilter, kind, startDate, endDate, timeRange',
  ),
};
export const FLOW_FILTERS = { q: Q.flow, namespace, labels, scope, ...filters('q, scope, namespace, flowId, labels') };
export const LINE_FILTERS = {
  q: Q.line,
  namespace,
  flowId: text,
  executionId: text,
  triggerId: text,
  minLevel: z.enum(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR']),
  ...TIMES,
  ...filters('q, scope, namespace, flowId, executionId, taskId, level, startDate, endDate, timeRange'),
};
/** Of the lines of one execution. */
export const OF_LOG = {
  minLevel: LINE_FILTERS.minLevel,
  taskRunId: text,
  taskId: text,
  attempt: whole.describe('From 0'),
};
export const REVISION = { revision: z.int().min(1).describe('The newest if absent') };
export const RESUME = {
  resume: flag.describe(
    'Ids of events are cursors: who comes back with Last-Event-ID goes on behind it. Who does not keep up gets `gap`, the last event of that stream',
  ),
};
export const SPAN = { ...TIMES, aggregation: z.enum(['sum', 'avg', 'min', 'max']) };
