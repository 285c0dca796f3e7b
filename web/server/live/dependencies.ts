/**
 * Which flows depend on which: a flow calls another by a task. What a flow calls stands in its source; who calls it is looked
 * for among the sources that name it.
 */
import { callsOf } from '../../../lib/graph/calls.ts';
import { type FlowName, TENANT } from '../../../lib/model/flow.ts';
import { flowKey } from '../../../lib/model/partition.ts';
import type { FlowLists } from './flow-lists.ts';
import type { Flows } from './flows.ts';

/** Flows of one answer. */
const NODES_MAX = 500;

export interface Dependency {
  readonly source: FlowName;
  readonly target: FlowName;
  readonly relation: 'FLOW_TASK';
}

export interface Dependencies {
  readonly nodes: readonly FlowName[];
  readonly edges: readonly Dependency[];
}

export interface DependencyParts {
  readonly flows: Flows;
  readonly lists: FlowLists;
}

/** `targetsOnly`: not those that call it. `all`: those that these depend on as well, and so on. */
export async function dependenciesOf(
  parts: DependencyParts,
  names: readonly FlowName[],
  { targetsOnly = false, all = false }: { readonly targetsOnly?: boolean; readonly all?: boolean } = {},
): Promise<Dependencies> {
  const edges = new Map<string, Dependency>();
  const seen = new Map(names.map((name) => [flowKey(name), name]));
  for (let next = names; next.length > 0 && seen.size < NODES_MAX; ) {
    const found: FlowName[] = [];
    for (const name of next) {
      const around = [...(await called(parts, name)), ...(targetsOnly ? [] : await callersOf(parts, name))];
      for (const edge of around) {
        edges.set(`${flowKey(edge.source)} ${flowKey(edge.target)}`, edge);
        for (const end of [edge.source, edge.target]) {
          if (seen.has(flowKey(end))) continue;
          seen.set(flowKey(end), end);
          found.push(end);
        }
      }
    }
    next = all ? found : [];
  }
  return { nodes: [...seen.values()], edges: [...edges.values()] };
}

/** Flows that it calls, and that are there. */
async function called({ flows }: DependencyParts, name: FlowName): Promise<readonly Dependency[]> {
  const flow = (await flows.find(name))?.flow;
  if (!flow) return [];
  const targets = callsOf(flow).map(({ namespace, flowId }) => ({ tenant: name.tenant, namespace, id: flowId }));
  const edges: Dependency[] = [];
  for (const target of targets) {
    const known = await flows.find(target);
    if (known && !known.document.deleted && flowKey(target) !== flowKey(name))
      edges.push({ source: nameOnly(name), target, relation: 'FLOW_TASK' });
  }
  return edges;
}

async function callersOf({ flows, lists }: DependencyParts, name: FlowName): Promise<readonly Dependency[]> {
  const written = [name.namespace, name.id].map((value) => ({ field: 'source', is: 'containing', value }) as const);
  const rows = await lists.all({ tenant: TENANT, where: { all: written } });
  return rows.flatMap((row) => {
    const flow = flows.parse(row.source).flow;
    const calls = flow && flowKey(row) !== flowKey(name) ? callsOf(flow) : [];
    return calls.some(({ namespace, flowId }) => namespace === name.namespace && flowId === name.id)
      ? [{ source: nameOnly(row), target: nameOnly(name), relation: 'FLOW_TASK' } as const]
      : [];
  });
}

const nameOnly = ({ tenant, namespace, id }: FlowName): FlowName => ({ tenant, namespace, id });
