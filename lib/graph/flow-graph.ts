/** The graph of a flow, or of an execution of it. Pure: the same flow and task runs give the same graph, uids included. */
import type { TaskRun } from '../model/execution.ts';
import type { Flow } from '../model/flow.ts';
import { beginDraft, type Draft, isDraft } from './draft.ts';
import { fillFlow, type World } from './fill.ts';
import type { FlowGraph, GraphCluster, GraphEdge, GraphNode } from './graph.ts';

const ROOT = 'root';

export interface Drawing {
  /** Of an execution: each is a node of its own. */
  readonly taskRuns?: readonly TaskRun[];
  /** Flows that calling tasks are opened into, by the uids of their nodes. */
  readonly opened?: ReadonlyMap<string, Flow>;
}

export function graphOf(flow: Flow, drawing: Drawing = {}): FlowGraph {
  const world = worldOf(drawing);
  const draft = beginDraft(ROOT, world.number);
  fillFlow(draft, flow, world);
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  const clusters: GraphCluster[] = [];
  const gather = (each: Draft, parents: readonly string[]): void => {
    for (const [from, targets] of each.edges)
      for (const [to, relation] of targets) edges.push({ source: from.uid, target: to.uid, relation });
    for (const member of each.members) {
      if (!isDraft(member)) {
        nodes.push(member);
        continue;
      }
      clusters.push(clusterOf(member, parents));
      gather(member, [...parents, clusterUid(member)]);
    }
  };
  gather(draft, []);
  const flowables = [...flow.taskOf.values()].filter(({ kind }) => kind === 'flowable').map(({ id }) => id);
  return { nodes, edges, clusters, flowables };
}

const clusterUid = ({ path }: Draft): string => `cluster_${path}`;

const clusterOf = (draft: Draft, parents: readonly string[]): GraphCluster => ({
  uid: clusterUid(draft),
  kind: draft.kind,
  ...(draft.relationType === undefined ? {} : { relationType: draft.relationType }),
  ...(draft.taskNode ? { taskNode: draft.taskNode } : {}),
  ...(draft.branch === undefined ? {} : { branch: draft.branch }),
  nodes: [...draft.members].map((member) => (isDraft(member) ? clusterUid(member) : member.uid)),
  parents,
  start: draft.root.uid,
  end: draft.end.uid,
});

function worldOf({ taskRuns = [], opened = new Map() }: Drawing): World {
  let count = 0;
  const taken = new Set<string>();
  const byId = new Map(taskRuns.map((run) => [run.id, run]));
  const byTask = Map.groupBy(taskRuns, ({ taskId }) => taskId);
  return {
    number: () => ++count,
    unique: (uid) => {
      let free = uid;
      for (let n = 2; taken.has(free); n++) free = `${uid}~${n}`;
      taken.add(free);
      return free;
    },
    runsOf: (taskId) => byTask.get(taskId) ?? [],
    valuesOf: (run) => {
      const values: string[] = [];
      for (let at: TaskRun | undefined = run; at; at = at.parentId === undefined ? undefined : byId.get(at.parentId))
        if (at.value !== undefined) values.unshift(at.value);
      return values;
    },
    opened: (uid) => opened.get(uid),
  };
}
