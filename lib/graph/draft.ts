/** A cluster while it is drawn: its members, and edges between nodes, each of which may also stand in a cluster inside it. */
import type { Branch, GraphNode, MarkNode, Relation, RelationType, TaskNode } from './graph.ts';

export interface Draft {
  readonly path: string;
  readonly kind: 'cluster' | 'subflow';
  readonly relationType?: RelationType;
  readonly taskNode?: TaskNode;
  readonly root: MarkNode;
  readonly end: MarkNode;
  readonly finally: MarkNode;
  readonly afterExecution: MarkNode;
  readonly members: Set<Member>;
  readonly edges: Map<GraphNode, Map<GraphNode, Relation>>;
  branch?: Branch;
}

export type Member = GraphNode | Draft;

/** Gives marks their names: a cluster in an iteration has the same path as that of the next one. */
export type Numbering = () => number;

export interface Begun {
  readonly kind?: Draft['kind'];
  readonly relationType?: RelationType;
  readonly taskNode?: TaskNode;
}

export function beginDraft(path: string, number: Numbering, { kind = 'cluster', ...begun }: Begun = {}): Draft {
  const n = number();
  const mark = (of: MarkNode['kind'], name: string): MarkNode => ({ kind: of, uid: `${path}.${name}-${n}` });
  const draft: Draft = {
    path,
    kind,
    ...begun,
    root: mark('root', 'root'),
    finally: mark('finally', 'finally'),
    afterExecution: mark('afterExecution', 'after-execution'),
    end: mark('end', 'end'),
    members: new Set(),
    edges: new Map(),
  };
  for (const each of [draft.root, draft.finally, draft.afterExecution, draft.end]) draft.members.add(each);
  connect(draft, draft.finally, draft.afterExecution);
  connect(draft, draft.afterExecution, draft.end);
  if (begun.taskNode) {
    draft.members.add(begun.taskNode);
    connect(draft, draft.root, begun.taskNode);
  }
  return draft;
}

export const isDraft = (member: Member): member is Draft => 'members' in member;

/** Where an edge to it leads, and where one from it begins. */
export const entryOf = (member: Member): GraphNode => (isDraft(member) ? member.root : member);
export const exitOf = (member: Member): GraphNode => (isDraft(member) ? member.end : member);

/** One edge from one node to another: the later relation counts. */
export function connect({ edges }: Draft, from: GraphNode, to: GraphNode, relation: Relation = {}): void {
  const targets = edges.get(from) ?? new Map<GraphNode, Relation>();
  edges.set(from, targets.set(to, relation));
}

export const disconnect = ({ edges }: Draft, from: GraphNode, to: GraphNode): void => void edges.get(from)?.delete(to);

/** Takes a mark away that nothing begins at: what led to it leads to `next`. */
export function removeMark(draft: Draft, mark: MarkNode, next: MarkNode): void {
  for (const [from, targets] of draft.edges) {
    const relation = targets.get(mark);
    if (!relation) continue;
    targets.delete(mark);
    connect(draft, from, next, relation);
  }
  draft.edges.delete(mark);
  draft.members.delete(mark);
}

export function setBranch(member: Member, branch: Branch): void {
  member.branch = branch;
  if (!isDraft(member)) return;
  for (const node of [member.taskNode, member.root, member.end]) if (node) node.branch = branch;
}
