/** The contract: what may be done to one execution. */
import { Execution, Inputs, Refusal } from '../bodies.ts';
import { ENDED, FAILED, PAUSED, RUNNING, TASK_RUN } from '../examples.ts';
import type { Body, Routes } from '../route.ts';
import { anything, flag, shape, text } from '../schema.ts';
import { INPUTS, json, jsonBody, NOTHING, REVISION } from '../terms.ts';

const KEEPING = {
  deleteLogs: flag.describe('true if absent'),
  deleteMetrics: flag.describe('true if absent'),
  deleteStorage: flag.describe('true if absent'),
};
const EXPRESSION: Body = { 'text/plain': text };
const Evaluated = shape({ result: text.optional(), error: text.optional(), stackTrace: text.optional() });

/** Of what a form cannot be meant for. */
const ACTION = { access: 'run', action: true, formless: true } as const;

export const EXECUTION_OPERATION_ROUTES = {
  pauseExecution: {
    ...ACTION,
    method: 'POST',
    path: '/executions/:executionId/pause',
    summary: 'Nothing new of it begins until it is resumed',
    answer: NOTHING,
    example: { params: { executionId: RUNNING } },
  },
  validateResume: {
    method: 'POST',
    path: '/executions/:executionId/resume/validate',
    access: 'run',
    action: true,
    summary: 'What a resume with these values would make of each input of the Pause',
    body: INPUTS,
    answer: json(Inputs),
    example: { params: { executionId: PAUSED } },
  },
  resumeExecution: {
    method: 'POST',
    path: '/executions/:executionId/resume',
    access: 'run',
    action: true,
    summary: 'Go on with what is paused; fields are the inputs that its Pause asks for',
    body: INPUTS,
    answer: NOTHING,
    example: { params: { executionId: PAUSED } },
  },
  restartExecution: {
    ...ACTION,
    method: 'POST',
    path: '/executions/:executionId/restart',
    summary: 'Do again what has failed; in another revision it is another execution',
    query: REVISION,
    answer: json(Execution),
    example: { params: { executionId: FAILED } },
  },
  replayExecution: {
    ...ACTION,
    method: 'POST',
    path: '/executions/:executionId/replay',
    summary: 'Another execution like it, from its beginning or from a task run',
    query: { ...REVISION, taskRunId: text },
    answer: json(Execution),
    example: { query: { taskRunId: TASK_RUN } },
  },
  replayWithInputs: {
    method: 'POST',
    path: '/executions/:executionId/replay-with-inputs',
    access: 'run',
    action: true,
    summary: 'Another execution like it, with other inputs',
    query: { ...REVISION, taskRunId: text },
    body: INPUTS,
    answer: json(Execution),
    example: { body: { name: 'Grace' } },
  },
  changeTaskRun: {
    ...ACTION,
    method: 'POST',
    path: '/executions/:executionId/state',
    summary: 'Give a task run another state, and go on from there',
    body: jsonBody(shape({ taskRunId: text, state: text })),
    answer: json(Execution),
    example: { body: { taskRunId: TASK_RUN, state: 'FAILED' } },
  },
  changeStatus: {
    ...ACTION,
    method: 'POST',
    path: '/executions/:executionId/change-status',
    summary: 'Give an execution that has ended another state',
    query: { status: text },
    answer: json(Execution),
    example: { query: { status: 'FAILED' } },
  },
  changeLabels: {
    ...ACTION,
    method: 'POST',
    path: '/executions/:executionId/labels',
    summary: 'Give an execution that has ended other labels',
    body: jsonBody(anything.describe('A list of { key, value }, or a map')),
    answer: json(Execution),
    example: { body: [{ key: 'team', value: 'finance' }] },
  },
  forceRun: {
    ...ACTION,
    method: 'POST',
    path: '/executions/:executionId/force-run',
    summary: 'Begin what waits',
    answer: json(Execution),
    example: { params: { executionId: RUNNING } },
  },
  evaluate: {
    ...ACTION,
    access: 'read',
    method: 'POST',
    path: '/executions/:executionId/eval',
    summary: 'What an expression gives, or why it gives nothing',
    body: EXPRESSION,
    answer: json(Evaluated),
    example: { body: '{{ inputs.name | upper }}' },
  },
  evaluateInTaskRun: {
    method: 'POST',
    path: '/executions/:executionId/eval/:taskRunId',
    access: 'read',
    action: true,
    summary: 'What an expression gives as a task run sees it',
    body: EXPRESSION,
    answer: json(Evaluated),
    example: { body: '{{ taskrun.id }}' },
  },
  deleteExecution: {
    method: 'DELETE',
    path: '/executions/:executionId',
    access: 'edit',
    summary: 'Delete an execution that has ended, with its log, metrics and files',
    query: KEEPING,
    answer: NOTHING,
    example: { params: { executionId: ENDED } },
  },
  unqueueExecution: {
    ...ACTION,
    method: 'POST',
    path: '/executions/:executionId/unqueue',
    summary: 'Begin what is queued: nothing is yet, so it is refused',
    answer: json(Refusal, 422),
    example: { params: { executionId: RUNNING } },
  },
  resumeFromBreakpoint: {
    ...ACTION,
    method: 'POST',
    path: '/executions/:executionId/resume-from-breakpoint',
    summary: 'Go on from a breakpoint: there are none yet, so it is refused',
    answer: json(Refusal, 422),
    example: { params: { executionId: RUNNING } },
  },
  killExecution: {
    method: 'DELETE',
    path: '/executions/:executionId/kill',
    access: 'run',
    action: true,
    summary: 'Kill it: from the answer on no work of it begins',
    query: { isOnKillCascade: flag.describe('false: not what it has set going') },
    answer: json(shape({ message: text }), 202),
    example: { params: { executionId: RUNNING } },
  },
} as const satisfies Routes;
