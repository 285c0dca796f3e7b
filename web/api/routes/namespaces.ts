/** The contract: namespaces, which are those of flows and what stands above them. */
import { page } from '../bodies.ts';
import type { Routes } from '../route.ts';
import { flag, list, open, shape, text } from '../schema.ts';
import { json, jsonBody, paged } from '../terms.ts';
import { NAMESPACE_DEPENDENCIES } from './flows.ts';

const Namespace = shape({ id: text, deleted: flag });

export const NAMESPACE_ROUTES = {
  searchNamespaces: {
    method: 'GET',
    path: '/namespaces/search',
    access: 'read',
    summary: 'Search namespaces',
    query: { ...paged('id'), q: text, existing: flag.describe('Only those that have flows') },
    answer: json(page(Namespace)),
    example: { query: { q: 'company' } },
  },
  namespaceIds: {
    method: 'GET',
    path: '/namespaces/ids',
    access: 'read',
    summary: 'All namespaces',
    answer: json(list(text)),
    example: {},
  },
  autocompleteNamespaces: {
    method: 'POST',
    path: '/namespaces/autocomplete',
    access: 'read',
    summary: 'Namespaces that a text may mean, and those that were chosen',
    body: jsonBody(open({ q: text.optional(), ids: list(text).optional() })),
    answer: json(list(text)),
    example: { body: { q: 'comp' } },
  },
  namespaceDependencies: NAMESPACE_DEPENDENCIES,
  readNamespace: {
    method: 'GET',
    path: '/namespaces/:namespace',
    access: 'read',
    summary: 'A namespace; every name is one',
    answer: json(Namespace),
    example: {},
  },
} as const satisfies Routes;
