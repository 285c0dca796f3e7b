/** A graph as the rows of a tree, in the order of its source: for graphs too large to be read as a picture. Pure. */
import type { GraphNodeView, GraphView } from '../api/flows.ts';
import type { TreeRow } from '../parts/tree-keys.ts';
import { kindOf, type NodeKind } from './layout.ts';

export interface NodeRow extends TreeRow {
  /** Of a task or a trigger; else what is common to those inside, such as `triggers`. */
  readonly name: string;
  readonly type: string;
  readonly kind: NodeKind;
  /** Rows around it, outermost first. */
  readonly around: readonly string[];
  /** It runs only when something failed, or at the end. */
  readonly branch?: string;
}

type Cluster = GraphView['clusters'][number];

export function treeOf({ nodes, clusters }: GraphView): readonly NodeRow[] {
  const byUid = new Map(clusters.map((each) => [each.cluster.uid, each]));
  const clusterOf = new Map(clusters.flatMap((each) => each.nodes.map((uid) => [uid, each] as const)));
  const chainOf = (cluster: Cluster | undefined): readonly Cluster[] =>
    cluster ? [...cluster.parents.flatMap((uid) => byUid.get(uid) ?? []), cluster] : [];
  const rows = new Map<string, NodeRow>();
  for (const node of nodes) {
    if (kindOf(node) === 'mark') continue;
    const chain = chainOf(clusterOf.get(node.uid));
    const isHead = chain.at(-1)?.cluster.taskNode?.uid === node.uid;
    const around = (isHead ? chain.slice(0, -1) : chain).map(headOf);
    for (const [depth, uid] of around.entries())
      if (!rows.has(uid)) rows.set(uid, headRow(byUid.get(uid)!, around.slice(0, depth)));
    rows.set(node.uid, rowOf(node, around));
  }
  return counted([...rows.values()]);
}

/** Each with how many of these are directly inside of it. */
function counted(rows: readonly NodeRow[]): readonly NodeRow[] {
  const children = Map.groupBy(rows, ({ around }) => around.at(-1));
  return rows.map((row) => ({ ...row, children: children.get(row.uid)?.length ?? 0 }));
}

/** The row of the task that a cluster belongs to; where there is none, one of its own. */
const headOf = ({ cluster }: Cluster): string => cluster.taskNode?.uid ?? cluster.uid;

function rowOf(node: GraphNodeView, around: readonly string[]): NodeRow {
  const { id = '', type = '' } = node.task ?? node.triggerDeclaration ?? {};
  const branch = node.branchType?.toLowerCase();
  return { uid: node.uid, name: id, type, kind: kindOf(node), depth: around.length, children: 0, around, branch };
}

function headRow({ cluster }: Cluster, around: readonly string[]): NodeRow {
  const name = cluster.branchType?.toLowerCase() ?? 'triggers';
  return { uid: cluster.uid, name, type: '', kind: 'mark', depth: around.length, children: 0, around };
}

/** Those that fit, each with what is around it; of these all that is not folded away. */
export function rowsShown(rows: readonly NodeRow[], text: string, folded: ReadonlySet<string>): readonly NodeRow[] {
  const wanted = text.trim().toLowerCase();
  const fitting = wanted === '' ? rows : fittingOf(rows, wanted);
  return fitting.filter(({ around }) => !around.some((uid) => folded.has(uid)));
}

function fittingOf(rows: readonly NodeRow[], wanted: string): readonly NodeRow[] {
  const found = rows.filter(({ name, type }) => `${name} ${type}`.toLowerCase().includes(wanted));
  const kept = new Set(found.flatMap(({ uid, around }) => [uid, ...around]));
  return counted(rows.filter(({ uid }) => kept.has(uid)));
}
