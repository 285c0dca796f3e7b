/** Where things live: executions in `x` partitions, flows in `f` partitions, by the number of their id. */
import { numberOf } from './ids.ts';

export type Partition = `x:${number}` | `f:${number}`;
export type ContentHash = string;

export const executionPartition = (executionId: string, partitions: number): Partition =>
  `x:${numberOf(executionId) % partitions}`;

export const flowPartition = (
  flow: { readonly tenant: string; readonly namespace: string; readonly id: string },
  partitions: number,
): Partition => `f:${numberOf(flowKey(flow)) % partitions}`;

/** The document id of a flow in its partition: ids and namespaces hold no `/`. */
export const flowKey = (flow: { readonly tenant: string; readonly namespace: string; readonly id: string }): string =>
  `${flow.tenant}/${flow.namespace}/${flow.id}`;

export const allPartitions = (kind: 'x' | 'f', count: number): Partition[] =>
  Array.from({ length: count }, (_, n) => `${kind}:${n}` as Partition);
