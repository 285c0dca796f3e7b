/** The executions whose files an execution may see: its own, those that it was made from, and those that it was called by. */
import type { ExecutionPlace, ExecutionStart } from './execution.ts';

/** A file is not handed down further than this. */
const KIN_MAX = 20;

/** Itself first. */
export function kinOf(start: ExecutionStart): readonly ExecutionPlace[] {
  const { namespace, id: flowId } = start.flow;
  const own = [start.id, start.originalId, start.parentId].map((executionId) => ({ namespace, flowId, executionId }));
  // What has triggered it, where that is an execution: its variables are the engine's, and nobody's who may only start a flow.
  return [...own, start.trigger?.variables, ...(start.kin ?? [])].flatMap(placeIn).filter(isFirst).slice(0, KIN_MAX);
}

function placeIn(given: Readonly<Record<string, unknown>> | ExecutionPlace | undefined): readonly ExecutionPlace[] {
  const { namespace, flowId, executionId } = (given ?? {}) as Partial<ExecutionPlace>;
  const isText = (part: unknown): boolean => typeof part === 'string' && part !== '';
  return isText(namespace) && isText(flowId) && isText(executionId)
    ? [{ namespace, flowId, executionId } as ExecutionPlace]
    : [];
}

const isFirst = ({ executionId }: ExecutionPlace, n: number, all: readonly ExecutionPlace[]): boolean =>
  all.findIndex((other) => other.executionId === executionId) === n;
