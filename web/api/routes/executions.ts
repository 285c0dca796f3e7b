/** The contract: executions started, found, read, followed; their files and outputs. */
import { z } from 'zod';
import { Execution, ExecutionChange, FlowBrief, FlowGraph, Inputs, page, State } from '../bodies.ts';
import { WRITTEN } from '../examples.ts';
import type { Routes } from '../route.ts';
import { anything, flag, list, object, shape, text, time, whole } from '../schema.ts';
import { EXECUTION_FILTERS, events, file, INPUTS, json, jsonBody, Names, paged, REVISION } from '../terms.ts';

const SORTS =
  'id, namespace, flowId, state.current, state.startDate, state.endDate, state.duration, startDate, endDate';
const Given = list(
  shape({ taskId: text, taskRunId: text, value: text.optional(), iteration: whole.optional(), inline: flag }),
);
const FILE = { path: text.describe('The address of the file, such as kestra:///…') };
const START = {
  ...REVISION,
  labels: text.describe('key:value; may stand several times'),
  wait: flag.describe('Answer when it has ended'),
  brief: flag.describe('With `wait`: answer without task runs'),
  scheduleDate: time.describe('It begins then'),
};
const Preview = shape({
  extension: text,
  type: z.enum(['TEXT', 'LIST', 'IMAGE', 'MARKDOWN']),
  content: anything,
  maxLine: whole,
  truncated: flag,
});
const Latest = shape({ id: text, flowId: text, namespace: text, startDate: time, status: text });
const StateOfExecution = shape({ executionId: text, tenantId: text, namespace: text, flowId: text, state: State });

export const EXECUTION_ROUTES = {
  searchExecutions: {
    method: 'GET',
    path: '/executions/search',
    access: 'read',
    summary: 'Search executions',
    query: {
      ...paged(SORTS),
      ...EXECUTION_FILTERS,
      brief: flag.describe('Without task runs'),
      why: flag.describe('With why each waits, what of it runs, or why it failed'),
    },
    answer: json(page(Execution)),
    example: {
      query: {
        'filters[namespace][PREFIX]': 'company',
        'filters[state][IN]': 'SUCCESS,FAILED',
        sort: 'startDate:desc',
      },
    },
  },
  latestExecutions: {
    method: 'POST',
    path: '/executions/latest',
    access: 'read',
    summary: 'The latest execution of each of some flows',
    body: jsonBody(Names),
    answer: json(list(Latest)),
    example: { body: [{ namespace: 'company.team', id: 'hello' }] },
  },
  exportExecutions: {
    method: 'GET',
    path: '/executions/export/by-query/csv',
    access: 'read',
    summary: 'Executions that a search finds, as CSV',
    query: EXECUTION_FILTERS,
    answer: file('text/csv'),
    example: { query: { namespace: 'company.team' } },
  },
  executableNamespaces: {
    method: 'GET',
    path: '/executions/namespaces',
    access: 'read',
    summary: 'Namespaces in which something can be started',
    answer: json(list(text)),
    example: {},
  },
  executableFlows: {
    method: 'GET',
    path: '/executions/namespaces/:namespace/flows',
    access: 'read',
    summary: 'Flows of a namespace, as whoever starts them sees them',
    answer: json(list(FlowBrief)),
    example: {},
  },
  executableFlow: {
    method: 'GET',
    path: '/executions/flows/:namespace/:flowId',
    access: 'read',
    summary: 'A flow, as whoever starts it sees it',
    query: REVISION,
    answer: json(FlowBrief),
    example: {},
  },
  executionsOfFlow: {
    method: 'GET',
    path: '/executions',
    access: 'read',
    summary: 'Executions of one flow',
    query: { ...paged(SORTS), ...EXECUTION_FILTERS },
    answer: json(page(Execution)),
    example: { query: { namespace: 'company.team', flowId: 'hello', size: '5' } },
  },
  triggerExecution: {
    method: 'POST',
    path: '/executions/trigger/:namespace/:flowId',
    access: 'run',
    summary: 'Start a flow, as clients before 0.23 say it',
    query: START,
    body: INPUTS,
    answer: json(Execution),
    example: { body: { name: 'Ada' } },
  },
  validateInputs: {
    method: 'POST',
    path: '/executions/:namespace/:flowId/validate',
    access: 'run',
    summary: 'What a start with these values would make of each input',
    query: REVISION,
    body: INPUTS,
    answer: json(Inputs),
    example: { body: { name: 'Ada' } },
  },
  createExecution: {
    method: 'POST',
    path: '/executions/:namespace/:flowId',
    access: 'run',
    summary: 'Start a flow; the header Idempotency-Key, best a UUID of version 7, makes asking twice asking once',
    query: START,
    body: INPUTS,
    answer: json(Execution),
    example: { query: { labels: 'team:data', wait: 'true' }, body: { name: 'Ada' } },
  },
  followExecution: {
    method: 'GET',
    path: '/executions/:executionId/follow',
    access: 'read',
    summary: 'An execution with each of its changes, until it has ended',
    query: {
      resume: flag.describe(
        'All of it once (`progress`), then only what has changed (`change`), and `end` with nothing. Large executions come in pieces',
      ),
    },
    answer: events(z.union([Execution, ExecutionChange])),
    example: {},
  },
  downloadFile: {
    method: 'GET',
    path: '/executions/:executionId/file',
    access: 'read',
    summary: 'A file of an execution; the header Range asks for a part',
    query: FILE,
    answer: file('application/octet-stream'),
    example: { query: { path: WRITTEN } },
  },
  fileMetas: {
    method: 'GET',
    path: '/executions/:executionId/file/metas',
    access: 'read',
    summary: 'How large a file of an execution is',
    query: FILE,
    answer: json(shape({ size: whole })),
    example: { query: { path: WRITTEN } },
  },
  previewFile: {
    method: 'GET',
    path: '/executions/:executionId/file/preview',
    access: 'read',
    summary: 'The beginning of a file: lines, rows, or an image in base64',
    query: { ...FILE, maxRows: z.int().min(1), encoding: text },
    answer: json(Preview),
    example: { query: { path: WRITTEN, maxRows: '10' } },
  },
  followDependencies: {
    method: 'GET',
    path: '/executions/:executionId/follow-dependencies',
    access: 'read',
    summary: 'The states of an execution and of all that it has set going',
    answer: events(StateOfExecution),
    example: {},
  },
  flowOfExecution: {
    method: 'GET',
    path: '/executions/:executionId/flow',
    access: 'read',
    summary: 'The flow in the revision that the execution runs',
    answer: json(FlowBrief),
    example: {},
  },
  executionGraph: {
    method: 'GET',
    path: '/executions/:executionId/graph',
    access: 'read',
    summary: 'The graph of an execution with its task runs',
    query: { subflows: text.describe('Called flows to draw too, by the ids of their nodes, parted by commas') },
    answer: json(FlowGraph),
    example: {},
  },
  readExecution: {
    method: 'GET',
    path: '/executions/:executionId',
    access: 'read',
    summary: 'An execution with its task runs',
    answer: json(Execution),
    example: {},
  },

  executionOutputs: {
    method: 'GET',
    path: '/outputs/executions/:executionId',
    access: 'read',
    summary: 'What an execution has given',
    answer: json(object),
    example: {},
  },
  taskOutputs: {
    method: 'GET',
    path: '/outputs/tasks/:executionId',
    access: 'read',
    summary: 'Which task runs have given something',
    answer: json(Given),
    example: {},
  },
  taskRunOutputs: {
    method: 'GET',
    path: '/outputs/tasks/:executionId/:taskRunId',
    access: 'read',
    summary: 'What a task run has given',
    answer: json(object),
    example: {},
  },
  taskOutputsBefore: {
    method: 'GET',
    path: '/outputs/:executionId',
    access: 'read',
    summary: 'Which task runs have given something, at its older address',
    answer: json(Given),
    example: {},
  },
  taskRunOutputsBefore: {
    method: 'GET',
    path: '/outputs/:executionId/:taskRunId',
    access: 'read',
    summary: 'What a task run has given, at its older address',
    answer: json(object),
    example: {},
  },
} as const satisfies Routes;
