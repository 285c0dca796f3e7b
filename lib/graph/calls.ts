/** Which flows a flow calls: tasks that name a namespace and a flow. */
import type { Flow, Task } from '../model/flow.ts';

export interface Called {
  readonly namespace: string;
  readonly flowId: string;
  readonly revision?: number;
}

/** As written: names may be templates. Undefined for a task that calls nothing. */
export function calledBy({ kind, properties }: Task): Called | undefined {
  const { namespace, flowId, revision } = properties;
  if (kind !== 'flowable' || typeof namespace !== 'string' || typeof flowId !== 'string') return undefined;
  const number = Number(revision);
  return { namespace, flowId, ...(Number.isInteger(number) && number > 0 ? { revision: number } : {}) };
}

/** Each once. Names that are templates are left out: nobody knows them before they are rendered. */
export function callsOf(flow: Flow): readonly Called[] {
  const calls = new Map<string, Called>();
  for (const task of flow.taskOf.values()) {
    const called = calledBy(task);
    if (called && !isDynamic(called)) calls.set(`${called.namespace}/${called.flowId}`, called);
  }
  return [...calls.values()];
}

export const isDynamic = ({ namespace, flowId }: Called): boolean => /\{[{%]/.test(namespace + flowId);
