/** The contract: many flows at once. They stand before those of one flow, whose addresses would fit too. */
import type { Scope } from '../../../lib/model/scope.ts';
import { Bulk, Flow } from '../bodies.ts';
import { HELLO } from '../examples.ts';
import type { Routes } from '../route.ts';
import { anything, flag, list, open, text } from '../schema.ts';
import { FILE, FLOW_FILTERS, file, json, jsonBody, Names, YAML } from '../terms.ts';

const byIds = (access: Scope, summary: string) =>
  ({
    access,
    summary: `${summary}, by their names`,
    body: jsonBody(Names),
    answer: json(Bulk),
    example: { body: [{ namespace: 'company.team', id: 'hello' }] },
  }) as const;
const byQuery = (access: Scope, summary: string) =>
  ({
    access,
    summary: `${summary} that a search finds`,
    query: FLOW_FILTERS,
    body: jsonBody(open({ filters: list(anything).optional() })),
    answer: json(Bulk),
    example: { query: { 'filters[flowId][EQUALS]': 'hello' } },
  }) as const;
const ZIP = { answer: file('application/octet-stream') };
export const SAVING = {
  delete: flag.describe('Whether those that are not named are deleted; true if absent'),
  override: flag.describe('The namespace of the address counts, not that of the flow'),
};

export const FLOW_BULK_ROUTES = {
  bulkUpdate: {
    method: 'POST',
    path: '/flows/bulk',
    access: 'edit',
    summary: 'Save all flows of one text or archive',
    query: { ...SAVING, namespace: text, allowNamespaceChild: flag },
    body: YAML,
    answer: json(list(Flow)),
    example: { query: { delete: 'false', namespace: 'company.team' }, body: HELLO },
  },
  importFlows: {
    method: 'POST',
    path: '/flows/import',
    access: 'edit',
    summary: 'Save the flows of a file; gives the names of those that are not valid',
    query: { failOnError: flag.describe('Save none if one is not valid') },
    body: FILE,
    answer: json(list(text)),
    example: { body: { fileUpload: HELLO } },
  },
  exportFlowsByIds: {
    method: 'POST',
    path: '/flows/export/by-ids',
    ...byIds('read', 'Sources of flows as a zip'),
    ...ZIP,
  },
  exportFlowsByQuery: {
    method: 'GET',
    path: '/flows/export/by-query',
    access: 'read',
    summary: 'Sources of flows that a search finds, as a zip',
    query: FLOW_FILTERS,
    ...ZIP,
    example: { query: { namespace: 'company.team' } },
  },
  exportFlowsAsCsv: {
    method: 'GET',
    path: '/flows/export/by-query/csv',
    access: 'read',
    summary: 'Flows that a search finds, as CSV',
    query: FLOW_FILTERS,
    answer: file('text/csv'),
    example: { query: { namespace: 'company.team' } },
  },
  deleteFlowsByIds: { method: 'DELETE', path: '/flows/delete/by-ids', ...byIds('edit', 'Delete flows') },
  deleteFlowsByQuery: { method: 'DELETE', path: '/flows/delete/by-query', ...byQuery('edit', 'Delete flows') },
  disableFlowsByIds: { method: 'POST', path: '/flows/disable/by-ids', ...byIds('edit', 'Switch flows off') },
  disableFlowsByQuery: { method: 'POST', path: '/flows/disable/by-query', ...byQuery('edit', 'Switch flows off') },
  enableFlowsByIds: { method: 'POST', path: '/flows/enable/by-ids', ...byIds('edit', 'Switch flows on') },
  enableFlowsByQuery: { method: 'POST', path: '/flows/enable/by-query', ...byQuery('edit', 'Switch flows on') },
} as const satisfies Routes;
