/** Namespaces: those of flows, and all that stand above them. */
import { TENANT } from '../../../lib/model/flow.ts';
import { FORM_BYTES_MAX, jsonOf } from '../body.ts';
import type { FlowLists } from '../live/flow-lists.ts';
import { pageOf } from './paging.ts';
import { flagOf, refused, textOf } from './query.ts';
import type { Handlers } from './register.ts';
import { SYSTEM_NAMESPACE } from './terms.ts';

const AUTOCOMPLETED_MAX = 50;

export function namespaceHandlers(lists: FlowLists) {
  return {
    searchNamespaces: async (asked) => {
      const { limit, offset } = pageOf(asked.query);
      const sort = textOf(asked.query, 'sort') ?? 'id:asc';
      if (!/^id(:(asc|desc))?$/i.test(sort)) throw refused('sort', 'id with :asc or :desc', sort);
      const existing = flagOf(asked.query, 'existing');
      const found = matching(existing ? await lists.namespaces(TENANT) : await tree(lists), textOf(asked.query, 'q'));
      const sorted = /:desc$/i.test(sort) ? found.toReversed() : found;
      asked.json({ results: sorted.slice(offset, offset + limit).map(namespaceBody), total: found.length });
    },
    namespaceIds: async (asked) => asked.json(await tree(lists)),
    autocompleteNamespaces: async (asked) => {
      const { q, ids } = await jsonOf(asked.context.req, FORM_BYTES_MAX);
      const all = await tree(lists);
      const chosen = new Set(Array.isArray(ids) ? ids.map(String) : []);
      const found = matching(all, typeof q === 'string' ? q : undefined).slice(0, AUTOCOMPLETED_MAX);
      asked.json([...new Set([...found, ...all.filter((each) => chosen.has(each))])].sort());
    },
    readNamespace: (asked) => asked.json(namespaceBody(asked.params.namespace!)),
  } satisfies Partial<Handlers>;
}

/** Any name is a namespace: one that no flow has is empty. */
const namespaceBody = (id: string): object => ({ id, deleted: false });

function matching(namespaces: readonly string[], text = ''): readonly string[] {
  const wanted = text === '*' ? '' : text.toLowerCase();
  return namespaces.filter((each) => each.toLowerCase().includes(wanted));
}

async function tree(lists: FlowLists): Promise<readonly string[]> {
  const all = new Set([SYSTEM_NAMESPACE]);
  for (const namespace of await lists.namespaces(TENANT)) {
    const parts = namespace.split('.');
    for (let n = 1; n <= parts.length; n++) all.add(parts.slice(0, n).join('.'));
  }
  return [...all].sort();
}
