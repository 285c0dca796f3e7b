/** A flow as REST shows it: what stands in its source, with the task tree as written. */
import type { Flow, Retry, Task, Trigger } from '../../../lib/model/flow.ts';
import { isoDuration } from './time.ts';

export interface FlowView {
  readonly revision: number;
  readonly source: string;
  readonly withSource: boolean;
  readonly deleted?: boolean;
}

export function flowBody(flow: Flow, { revision, source, withSource, deleted = false }: FlowView): object {
  return {
    id: flow.id,
    namespace: flow.namespace,
    tenantId: flow.tenant,
    revision,
    disabled: flow.disabled,
    deleted,
    draft: false,
    ...(flow.description === undefined ? {} : { description: flow.description }),
    labels: Object.entries(flow.labels).map(([key, value]) => ({ key, value })),
    ...(flow.inputs.length > 0 ? { inputs: flow.inputs } : {}),
    ...(Object.keys(flow.variables).length > 0 ? { variables: flow.variables } : {}),
    tasks: flow.tasks.map(taskBody),
    ...(flow.errors.length > 0 ? { errors: flow.errors.map(taskBody) } : {}),
    ...(flow.finally.length > 0 ? { finally: flow.finally.map(taskBody) } : {}),
    ...(flow.afterExecution.length > 0 ? { afterExecution: flow.afterExecution.map(taskBody) } : {}),
    ...(flow.outputs.length > 0 ? { outputs: flow.outputs } : {}),
    ...(flow.triggers.length > 0 ? { triggers: flow.triggers.map(triggerBody) } : {}),
    ...(withSource ? { source } : {}),
  };
}

export const triggerBody = ({ id, type, disabled, properties }: Trigger): object => ({
  id,
  type,
  ...(disabled ? { disabled } : {}),
  ...properties,
});

export function taskBody(task: Task): object {
  const { id, writtenType, properties, lists, retry } = task;
  return {
    id,
    type: writtenType,
    ...(task.description === undefined ? {} : { description: task.description }),
    ...(task.disabled ? { disabled: true } : {}),
    ...(task.timeout === undefined ? {} : { timeout: task.timeout }),
    ...(task.allowFailure ? { allowFailure: true } : {}),
    ...(task.allowWarning ? { allowWarning: true } : {}),
    ...(task.runIf === undefined ? {} : { runIf: task.runIf }),
    ...(retry ? { retry: retryBody(retry) } : {}),
    ...properties,
    ...Object.fromEntries(
      Object.entries(lists).flatMap(([name, tasks]) => (tasks.length > 0 ? [[name, tasks.map(taskBody)]] : [])),
    ),
  };
}

const retryBody = ({
  type,
  behavior,
  maxAttempts,
  maxDurationMs,
  warningOnRetry,
  intervalMs,
  maxIntervalMs,
  minIntervalMs,
  delayFactor,
}: Retry): object => ({
  type,
  behavior,
  warningOnRetry,
  ...(maxAttempts === undefined ? {} : { maxAttempts }),
  ...(maxDurationMs === undefined ? {} : { maxDuration: isoDuration(maxDurationMs) }),
  ...(type === 'random' ? {} : { interval: isoDuration(intervalMs) }),
  ...(maxIntervalMs === undefined ? {} : { maxInterval: isoDuration(maxIntervalMs) }),
  ...(minIntervalMs === undefined ? {} : { minInterval: isoDuration(minIntervalMs) }),
  ...(delayFactor === undefined ? {} : { delayFactor }),
});
