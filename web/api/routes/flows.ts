/** The contract: flows, one at a time and in lists. */
import { z } from 'zod';
import { Dependencies, Flow, FlowGraph, page, Task, Validation } from '../bodies.ts';
import { HELLO } from '../examples.ts';
import type { Routes } from '../route.ts';
import { flag, list, open, shape, text } from '../schema.ts';
import { FLOW_FILTERS, json, NOTHING, paged, REVISION, YAML } from '../terms.ts';
import { SAVING } from './flow-bulk.ts';

const TASK = 'id: greet\ntype: io.kestra.plugin.core.log.Log\nmessage: Hello again!\n';
const TRIGGER = "id: daily\ntype: io.kestra.plugin.core.trigger.Schedule\ncron: '0 9 * * *'\n";
const PartValidation = open({ constraints: text.optional(), warnings: list(text), infos: list(text) });
const SUBFLOWS = { subflows: text.describe('Called flows to draw too, by the ids of their nodes, parted by commas') };
const DESTINATIONS = { destinationOnly: flag.describe('Only what it calls') };

export const FLOW_ROUTES = {
  searchFlows: {
    method: 'GET',
    path: '/flows/search',
    access: 'read',
    summary: 'Search flows',
    query: { ...paged('id, namespace'), ...FLOW_FILTERS },
    answer: json(page(Flow)),
    example: { query: { 'filters[namespace][EQUALS]': 'company.team', sort: 'id:asc' } },
  },
  searchSources: {
    method: 'GET',
    path: '/flows/source',
    access: 'read',
    summary: 'Search the sources of flows',
    query: { ...paged('id, namespace'), ...FLOW_FILTERS },
    answer: json(page(shape({ model: Flow, fragments: list(text) }))),
    example: { query: { q: 'Hello' } },
  },
  distinctNamespaces: {
    method: 'GET',
    path: '/flows/distinct-namespaces',
    access: 'read',
    summary: 'Namespaces that have flows',
    query: { q: text },
    answer: json(list(text)),
    example: { query: { q: 'company' } },
  },
  validateFlows: {
    method: 'POST',
    path: '/flows/validate',
    access: 'read',
    summary: 'What is wrong with flows; several are parted by lines of ---',
    body: YAML,
    answer: json(list(Validation)),
    example: { body: `${HELLO}---\nid: wrong\nnamespace: company.team\n` },
  },
  validateTask: {
    method: 'POST',
    path: '/flows/validate/task',
    access: 'read',
    summary: 'What is wrong with a task or a trigger',
    query: { section: z.enum(['TASKS', 'TRIGGERS']) },
    body: YAML,
    answer: json(PartValidation),
    example: { query: { section: 'TASKS' }, body: TASK },
  },
  validateTrigger: {
    method: 'POST',
    path: '/flows/validate/trigger',
    access: 'read',
    summary: 'What is wrong with a trigger',
    body: YAML,
    answer: json(PartValidation),
    example: { body: TRIGGER },
  },
  graphOfSource: {
    method: 'POST',
    path: '/flows/graph',
    access: 'read',
    summary: 'The graph of a flow that is not saved',
    query: SUBFLOWS,
    body: YAML,
    answer: json(FlowGraph),
    example: { body: HELLO },
  },
  createFlow: {
    method: 'POST',
    path: '/flows',
    access: 'edit',
    summary: 'Save a new flow',
    body: YAML,
    answer: json(Flow),
    example: { body: HELLO.replace('id: hello', 'id: new') },
  },
  flowsOfNamespace: {
    method: 'GET',
    path: '/flows/:namespace',
    access: 'read',
    summary: 'All flows of a namespace',
    answer: json(list(Flow)),
    example: {},
  },
  updateNamespace: {
    method: 'POST',
    path: '/flows/:namespace',
    access: 'edit',
    summary: 'Save all flows of a namespace',
    query: SAVING,
    body: YAML,
    answer: json(list(Flow)),
    example: { query: { delete: 'false' }, body: HELLO },
  },
  flowRevisions: {
    method: 'GET',
    path: '/flows/:namespace/:id/revisions',
    access: 'read',
    summary: 'All revisions of a flow with their sources',
    answer: json(list(Flow)),
    example: {},
  },
  flowGraph: {
    method: 'GET',
    path: '/flows/:namespace/:id/graph',
    access: 'read',
    summary: 'The graph of a flow',
    query: { ...SUBFLOWS, ...REVISION },
    answer: json(FlowGraph),
    example: {},
  },
  flowDependencies: {
    method: 'GET',
    path: '/flows/:namespace/:id/dependencies',
    access: 'read',
    summary: 'Which flows a flow calls, and which call it',
    query: { ...DESTINATIONS, expandAll: flag.describe('And so on') },
    answer: json(Dependencies),
    example: {},
  },
  flowTask: {
    method: 'GET',
    path: '/flows/:namespace/:id/tasks/:taskId',
    access: 'read',
    summary: 'A task of a flow',
    query: REVISION,
    answer: json(Task),
    example: {},
  },
  replaceTask: {
    method: 'PATCH',
    path: '/flows/:namespace/:id/:taskId',
    access: 'edit',
    summary: 'Replace a task in the source of a flow',
    body: YAML,
    answer: json(Flow),
    example: { body: TASK },
  },
  readFlow: {
    method: 'GET',
    path: '/flows/:namespace/:id',
    access: 'read',
    summary: 'A flow',
    query: { source: flag.describe('With its source, byte by byte'), ...REVISION, allowDeleted: flag },
    answer: json(Flow),
    example: { query: { source: 'true' } },
  },
  updateFlow: {
    method: 'PUT',
    path: '/flows/:namespace/:id',
    access: 'edit',
    summary: 'Save a flow anew: another revision, unless nothing has changed',
    body: YAML,
    answer: json(Flow),
    example: { body: HELLO.replace('Greets', 'Welcomes') },
  },
  deleteFlow: {
    method: 'DELETE',
    path: '/flows/:namespace/:id',
    access: 'edit',
    summary: 'Delete a flow; what runs of it goes on',
    answer: NOTHING,
    example: {},
  },
} as const satisfies Routes;

export const NAMESPACE_DEPENDENCIES = {
  method: 'GET',
  path: '/namespaces/:namespace/dependencies',
  access: 'read',
  summary: 'Which flows the flows of a namespace call, and which call them',
  query: DESTINATIONS,
  answer: json(Dependencies),
  example: {},
} as const;
