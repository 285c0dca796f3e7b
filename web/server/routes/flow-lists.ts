/** Flows in lists: searched by what they are, or by their source; those of a namespace; the namespaces. */
import { TENANT } from '../../../lib/model/flow.ts';
import type { Repository } from '../../../lib/repository/repository.ts';
import type { FlowLists } from '../live/flow-lists.ts';
import type { Flows } from '../live/flows.ts';
import { bodyOfRow } from '../views/flow-source.ts';
import { textOf } from './query.ts';
import type { Handlers } from './register.ts';
import { flowsAsked } from './searches.ts';

const FRAGMENTS_MAX = 10;
/** Lines around the one that has the text. */
const AROUND = 1;

export interface FlowListHandlers {
  readonly flows: Flows;
  readonly lists: FlowLists;
  readonly repository: Repository;
}

export function flowListHandlers({ flows, lists, repository }: FlowListHandlers) {
  return {
    searchFlows: async (asked) => {
      const { rows, total } = await lists.page(await flowsAsked(asked.query, repository));
      asked.json({ results: rows.map((row) => bodyOfRow(flows, row)), total });
    },
    searchSources: async (asked) => {
      const listing = await flowsAsked(asked.query, repository);
      const { text } = listing;
      const where = text === undefined ? {} : { where: { field: 'source', is: 'containing', value: text } as const };
      const { rows, total } = await lists.page({ ...listing, text: undefined, ...where });
      const results = rows.map((row) => ({
        model: bodyOfRow(flows, row),
        fragments: text === undefined ? [] : fragmentsOf(row.source, text),
      }));
      asked.json({ results, total });
    },
    flowsOfNamespace: async (asked) => {
      const rows = await lists.all({ tenant: TENANT, namespace: asked.params.namespace! });
      asked.json(rows.map((row) => bodyOfRow(flows, row)));
    },
    distinctNamespaces: async (asked) => {
      const part = textOf(asked.query, 'q')?.toLowerCase() ?? '';
      const namespaces = await lists.namespaces(TENANT);
      asked.json(namespaces.filter((each) => each.toLowerCase().includes(part)));
    },
  } satisfies Partial<Handlers>;
}

/** Where the text stands, marked as Kestra's clients expect it. */
function fragmentsOf(source: string, text: string): readonly string[] {
  const lines = source.split('\n');
  const fragments: string[] = [];
  for (let n = 0; n < lines.length && fragments.length < FRAGMENTS_MAX; n++) {
    if (!lines[n]!.toLowerCase().includes(text.toLowerCase())) continue;
    const around = lines.slice(Math.max(0, n - AROUND), n + AROUND + 1).join('\n');
    fragments.push(marked(around, text));
    n += AROUND;
  }
  return fragments;
}

function marked(fragment: string, text: string): string {
  const [lower, wanted] = [fragment.toLowerCase(), text.toLowerCase()];
  let [result, from] = ['', 0];
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    result += `${fragment.slice(from, at)}[mark]${fragment.slice(at, at + text.length)}[/mark]`;
    from = at + text.length;
  }
  return result + fragment.slice(from);
}
