/**
 * A flow drawn as Kestra's clients expect it: nodes, the edges between them, and clusters, which are boxes around nodes. A cluster
 * begins at its root and ends at its end; both are nodes. Uids are paths from `root`, such as `root.each.say_apple`.
 */
import type { TaskRun } from '../model/execution.ts';
import type { Task, Trigger } from '../model/flow.ts';

export type RelationType = 'SEQUENTIAL' | 'CHOICE' | 'ERROR' | 'PARALLEL' | 'DYNAMIC' | 'FINALLY' | 'AFTER_EXECUTION';

/** The path beside the ordinary one that a node belongs to. */
export type Branch = 'ERROR' | 'FINALLY' | 'AFTER_EXECUTION';

export interface Relation {
  readonly relationType?: RelationType;
  /** The name of a case, or the value of an iteration. */
  readonly value?: string;
}

interface Place {
  readonly uid: string;
  branch?: Branch;
}

/** Where a cluster begins and ends, and where its `finally` and `afterExecution` begin. */
export interface MarkNode extends Place {
  readonly kind: 'root' | 'finally' | 'afterExecution' | 'end';
}

export interface TaskNode extends Place {
  /** `subflow`: a task that calls another flow, and can be opened into it. */
  readonly kind: 'task' | 'subflow';
  readonly task: Task;
  readonly taskRun?: TaskRun;
  /** Of the iterations around it, outermost first. */
  readonly values?: readonly string[];
  readonly relationType: RelationType;
}

export interface TriggerNode extends Place {
  readonly kind: 'trigger';
  readonly trigger: Trigger;
}

export type GraphNode = MarkNode | TaskNode | TriggerNode;

export interface GraphEdge {
  readonly source: string;
  readonly target: string;
  readonly relation: Relation;
}

export interface GraphCluster {
  readonly uid: string;
  readonly kind: 'cluster' | 'subflow';
  readonly relationType?: RelationType;
  /** The flowable, or the task that calls a flow; absent for the triggers. */
  readonly taskNode?: TaskNode;
  readonly branch?: Branch;
  /** What stands in it, clusters among them. */
  readonly nodes: readonly string[];
  /** Clusters around it, outermost first. */
  readonly parents: readonly string[];
  readonly start: string;
  readonly end: string;
}

export interface FlowGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly clusters: readonly GraphCluster[];
  /** Ids of the tasks that run others. */
  readonly flowables: readonly string[];
}
