/** Where the nodes of a graph stand: dagre's layers, from above to below, with boxes around what belongs together. Pure. */
import { graphlib, layout } from '@dagrejs/dagre';
import type { GraphNodeView, GraphView } from '../api/flows.ts';

export type NodeKind = 'task' | 'subflow' | 'trigger' | 'mark';

export interface PlacedNode {
  readonly uid: string;
  readonly kind: NodeKind;
  readonly node: GraphNodeView;
  /** The upper left corner. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedBox {
  readonly uid: string;
  /** The task that runs what is in it, `triggers`, or the branch. */
  readonly title: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly depth: number;
}

export interface PlacedEdge {
  readonly source: string;
  readonly target: string;
  readonly label?: string;
  readonly isError: boolean;
}

export interface Placed {
  readonly nodes: readonly PlacedNode[];
  readonly boxes: readonly PlacedBox[];
  readonly edges: readonly PlacedEdge[];
  readonly width: number;
  readonly height: number;
}

/** What a graph may have before nobody could read it, nor a browser draw it at ease. */
export const NODES_MAX = 500;
const SIZES: Readonly<Record<NodeKind, readonly [width: number, height: number]>> = {
  task: [208, 56],
  subflow: [208, 56],
  trigger: [208, 56],
  mark: [10, 10],
};
const PADDING = 16;
/** Above what is in a box: its title. */
const TITLE = 14;

export function kindOf({ type }: GraphNodeView): NodeKind {
  const name = type.split('.').at(-1)!;
  if (name === 'GraphTask') return 'task';
  if (name === 'SubflowGraphTask') return 'subflow';
  return name === 'GraphTrigger' ? 'trigger' : 'mark';
}

/** Labels that say nothing that the arrow does not. */
const labelOf = ({ value }: { readonly value?: string }): string | undefined => value || undefined;

export function placed(graphView: GraphView): Placed {
  const { nodes, edges, clusters } = withoutMarks(graphView);
  const graph = new graphlib.Graph({ compound: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 28, ranksep: 34, edgesep: 14, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) {
    const [width, height] = SIZES[kindOf(node)];
    graph.setNode(node.uid, { width, height });
  }
  const boxOf = new Map<string, string>();
  for (const { cluster, nodes: inside } of clusters) {
    graph.setNode(cluster.uid, {});
    for (const uid of inside) boxOf.set(uid, cluster.uid);
  }
  for (const [uid, box] of boxOf) if (graph.hasNode(uid)) graph.setParent(uid, box);
  for (const { source, target } of edges) graph.setEdge(source, target);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    nodes: nodes.map((node) => ({ uid: node.uid, kind: kindOf(node), node, ...cornerOf(graph.node(node.uid)) })),
    boxes: clusters.map(({ cluster, parents }) => ({
      uid: cluster.uid,
      title: cluster.taskNode?.task?.id ?? cluster.branchType?.toLowerCase() ?? 'triggers',
      depth: parents.length,
      ...widened(cornerOf(graph.node(cluster.uid))),
    })),
    edges: edges.map(({ source, target, relation }) => ({
      source,
      target,
      label: labelOf(relation),
      isError: relation.relationType === 'ERROR',
    })),
  };
}

/** Where a box begins and ends says the box: edges go through such marks, but for those of the whole. */
function withoutMarks({ nodes, edges, clusters }: GraphView): GraphView {
  const inBoxes = new Set(clusters.flatMap((each) => each.nodes));
  let joined = edges;
  const gone = new Set<string>();
  for (const node of nodes) {
    if (kindOf(node) !== 'mark' || !inBoxes.has(node.uid)) continue;
    const into = joined.filter(({ target }) => target === node.uid);
    const from = joined.filter(({ source }) => source === node.uid);
    // Many before and many behind would be a tangle.
    if (into.length > 1 && from.length > 1) continue;
    gone.add(node.uid);
    const through = into.flatMap(({ source, relation }) =>
      from.map((edge) => ({ source, target: edge.target, relation: { ...edge.relation, ...relation } })),
    );
    joined = [...joined.filter(({ source, target }) => source !== node.uid && target !== node.uid), ...through];
  }
  return { nodes: nodes.filter(({ uid }) => !gone.has(uid)), edges: joined, clusters };
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Dagre tells the middle. */
const cornerOf = ({ x, y, width, height }: Place): Place => ({ x: x - width / 2, y: y - height / 2, width, height });
const widened = ({ x, y, width, height }: Place): Place => ({
  x: x - PADDING / 2,
  y: y - TITLE,
  width: width + PADDING,
  height: height + TITLE + PADDING / 2,
});
