/** Graphs as REST shows them, in the classes that Kestra's clients tell nodes by. */
import type { FlowGraph, GraphCluster, GraphNode, MarkNode, TaskNode } from '../../../lib/graph/graph.ts';
import type { ExecutionStart } from '../../../lib/model/execution.ts';
import { taskRunBody } from './execution.ts';
import { taskBody, triggerBody } from './flow.ts';

const CLASSES = 'io.kestra.core.models.hierarchies.';
const MARKS: Readonly<Record<MarkNode['kind'], string>> = {
  root: 'GraphClusterRoot',
  finally: 'GraphClusterFinally',
  afterExecution: 'GraphClusterAfterExecution',
  end: 'GraphClusterEnd',
};

/** `start`: of the execution that is drawn. */
export const graphBody = ({ nodes, edges, clusters, flowables }: FlowGraph, start?: ExecutionStart): object => ({
  nodes: nodes.map((node) => nodeBody(node, start)),
  edges,
  clusters: clusters.map((cluster) => clusterBody(cluster, start)),
  flowables,
});

function nodeBody(node: GraphNode, start: ExecutionStart | undefined): object {
  const branch = node.branch === undefined ? {} : { branchType: node.branch };
  switch (node.kind) {
    case 'task':
    case 'subflow':
      return { ...taskNodeBody(node, start), ...branch };
    case 'trigger':
      return {
        uid: node.uid,
        type: `${CLASSES}GraphTrigger`,
        triggerDeclaration: triggerBody(node.trigger),
        ...branch,
      };
    case 'root':
    case 'finally':
    case 'afterExecution':
    case 'end':
      return { uid: node.uid, type: CLASSES + MARKS[node.kind], ...branch };
  }
}

const taskNodeBody = (
  { uid, kind, task, taskRun, values, relationType }: TaskNode,
  start: ExecutionStart | undefined,
): object => ({
  uid,
  type: `${CLASSES}${kind === 'subflow' ? 'SubflowGraphTask' : 'GraphTask'}`,
  task: taskBody(task),
  ...(taskRun && start ? { taskRun: taskRunBody(start, taskRun) } : {}),
  ...(values ? { values } : {}),
  relationType,
});

const clusterBody = (
  { uid, kind, relationType, taskNode, branch, nodes, parents, start, end }: GraphCluster,
  of: ExecutionStart | undefined,
): object => ({
  cluster: {
    uid,
    type: `${CLASSES}${kind === 'subflow' ? 'SubflowGraphCluster' : 'GraphCluster'}`,
    ...(relationType === undefined ? {} : { relationType }),
    ...(taskNode ? { taskNode: nodeBody(taskNode, of) } : {}),
    ...(branch === undefined ? {} : { branchType: branch }),
  },
  nodes,
  parents,
  start,
  end,
});
