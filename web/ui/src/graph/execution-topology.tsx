/** The graph of the flow that an execution runs, each task with what its task runs are at. It moves as they do. */
import { useMemo } from 'react';
import { readGraph } from '../api/flows.ts';
import type { ExecutionView } from '../api.ts';
import { useAsk } from '../use-ask.ts';
import FlowGraph from './flow-graph.tsx';
import { runOf, statesOf } from './states.ts';

interface ExecutionTopologyProps {
  readonly execution: ExecutionView;
  /** The task run that is looked at. */
  readonly chosen?: string;
  readonly onChoose: (taskRunId: string | undefined) => void;
}

export default function ExecutionTopology({ execution, chosen, onChoose }: ExecutionTopologyProps) {
  const { namespace, flowId, flowRevision, taskRunList = [] } = execution;
  const { value: graph, error } = useAsk(`graph ${namespace}/${flowId}/${flowRevision}`, () =>
    readGraph(namespace, flowId, flowRevision),
  );
  const states = useMemo(() => statesOf(taskRunList), [taskRunList]);
  if (error) return <p className="empty">The graph cannot be drawn: {error}</p>;
  if (!graph) return <p className="loading">Loading…</p>;
  const choose = (taskId: string) => {
    const run = runOf(taskId, taskRunList);
    onChoose(run?.id === chosen ? undefined : run?.id);
  };
  return (
    <FlowGraph
      label={`Graph of ${flowId}`}
      graph={graph}
      states={states}
      chosen={taskRunList.find(({ id }) => id === chosen)?.taskId}
      onChoose={choose}
    />
  );
}
