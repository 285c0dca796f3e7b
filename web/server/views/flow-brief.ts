/** A flow as whoever starts it sees it: what it asks for and the types of its tasks, without their properties. */
import { calledBy } from '../../../lib/graph/calls.ts';
import type { Flow, Task } from '../../../lib/model/flow.ts';

export const flowBriefBody = (flow: Flow, revision: number): object => ({
  id: flow.id,
  namespace: flow.namespace,
  tenantId: flow.tenant,
  revision,
  disabled: flow.disabled,
  deleted: false,
  ...(flow.description === undefined ? {} : { description: flow.description }),
  labels: Object.entries(flow.labels).map(([key, value]) => ({ key, value })),
  ...(flow.inputs.length > 0 ? { inputs: flow.inputs } : {}),
  tasks: flow.tasks.map(taskBriefBody),
  errors: flow.errors.map(taskBriefBody),
  finally: flow.finally.map(taskBriefBody),
  afterExecution: flow.afterExecution.map(taskBriefBody),
  triggers: flow.triggers.map(({ id, type }) => ({ id, type })),
});

function taskBriefBody(task: Task): object {
  const called = calledBy(task);
  return {
    id: task.id,
    type: task.writtenType,
    ...(task.kind === 'flowable' ? { tasks: Object.values(task.lists).flat().map(taskBriefBody) } : {}),
    ...(task.inputs?.length ? { inputs: task.inputs } : {}),
    ...(called ? { subflowId: called } : {}),
  };
}
