/**
 * Subflow: another flow's execution, by a message between partitions that asks again until it is answered. `wait` (the default):
 * its end is this task run's end, with its outputs; `transmitFailed` (the default): its failure too.
 */
import type { Task } from '../../model/flow.ts';
import { kinOf } from '../../model/kin.ts';
import type { State } from '../../model/state.ts';
import { flowableEntry } from './entry.ts';
import type { Around, Flowable } from './flowable.ts';

/** Executions above an execution: a flow that calls itself ends here. */
const DEPTH_MAX = 100;
export const CORRELATION = 'system.correlationId';

export const SUBFLOW: Flowable = {
  ...flowableEntry({
    type: 'io.kestra.plugin.core.flow.Subflow',
    aliases: [
      'io.kestra.core.tasks.flows.Flow',
      'io.kestra.core.tasks.flows.Subflow',
      'io.kestra.plugin.core.flow.Flow',
    ],
    title: 'Run another flow',
    properties: {
      namespace: { type: 'string', description: "The flow's namespace" },
      flowId: { type: 'string', description: "The flow's id" },
      revision: {
        type: ['integer', 'string'],
        minimum: 1,
        description: 'A revision of the flow; absent is the newest',
      },
      inputs: { type: 'object', description: "The flow's inputs" },
      labels: { type: ['object', 'array'], description: 'Labels of the execution' },
      wait: { type: 'boolean', default: true, description: 'Wait for its end' },
      transmitFailed: { type: 'boolean', default: true, description: 'Its failure is the failure of this task' },
      inheritLabels: { type: 'boolean', default: false, description: 'It gets the labels of this execution' },
      outputs: { type: 'object', description: 'Outputs to take from a flow that has none of its own (deprecated)' },
      scheduleDate: { type: 'string', description: 'Not before this time, ISO-8601' },
      restartBehavior: {
        enum: ['RETRY_FAILED', 'NEW_EXECUTION'],
        default: 'RETRY_FAILED',
        description: 'What a restart does: restart the execution that failed, or begin another',
      },
    },
    required: ['namespace', 'flowId'],
    lists: [],
  }),
  // It has no list.
  *next() {},
  complete: () => false,
  begin: (task, around) => {
    const { outputs, ...rest } = task.properties;
    const properties = around.render(rest) as Readonly<Record<string, unknown>>;
    const depth = (around.start.depth ?? 0) + 1;
    if (depth > DEPTH_MAX) throw new Error(`expected at most ${DEPTH_MAX} executions one below the other, got more`);
    const namespace = text('namespace', properties);
    const flowId = text('flowId', properties);
    const call = {
      tenant: around.flow.tenant,
      namespace,
      flowId,
      ...revisionOf(properties),
      inputs: mapOf('inputs', properties.inputs),
      labels: labelsOf(properties, around),
      ...scheduleOf(properties),
      trigger: triggerOf(task, around),
      depth,
      kin: kinOf(around.start),
      principal: around.start.principal,
      createdAtMs: around.nowMs,
    };
    return {
      kind: 'calls',
      call,
      waits: isTrue(properties.wait, true),
      ...(outputs === undefined ? {} : { outputs: mapOf('outputs', outputs) }),
    };
  },
  stateAfter: (task, called) => {
    if (!isTrue(task.properties.transmitFailed, true)) return 'SUCCESS';
    return TRANSMITTED[called] ?? 'SUCCESS';
  },
};

const TRANSMITTED: Partial<Record<State, State>> = {
  FAILED: 'FAILED',
  CANCELLED: 'FAILED',
  KILLED: 'KILLED',
  WARNING: 'WARNING',
};

function triggerOf(
  task: Task,
  { start, taskRun }: Around,
): { id: string; type: string; variables: Record<string, unknown> } {
  const { namespace, id, revision } = start.flow;
  return {
    id: task.id,
    type: task.type,
    variables: {
      executionId: start.id,
      taskRunId: taskRun.id,
      taskId: task.id,
      namespace,
      flowId: id,
      flowRevision: revision,
      ...(taskRun.value === undefined ? {} : { taskRunValue: taskRun.value, taskRunIteration: taskRun.iteration }),
    },
  };
}

function labelsOf(
  { labels, inheritLabels }: Readonly<Record<string, unknown>>,
  around: Around,
): Record<string, string> {
  const correlation = around.labels[CORRELATION];
  return {
    ...(isTrue(inheritLabels, false) ? around.labels : {}),
    ...Object.fromEntries(entriesOf(labels).map(([key, value]) => [key, String(value)])),
    ...(correlation === undefined ? {} : { [CORRELATION]: correlation }),
  };
}

function entriesOf(labels: unknown): readonly (readonly [string, unknown])[] {
  if (labels === undefined || labels === null) return [];
  if (!Array.isArray(labels)) return Object.entries(mapOf('labels', labels));
  return labels.map((label) => [String((label as { key?: unknown })?.key), (label as { value?: unknown })?.value]);
}

function revisionOf({ revision }: Readonly<Record<string, unknown>>): { readonly revision?: number } {
  if (revision === undefined || revision === null || revision === '') return {};
  const number = Number(revision);
  if (!Number.isInteger(number) || number < 1)
    throw new Error(`revision: expected a whole number from 1, got ${revision}`);
  return { revision: number };
}

function scheduleOf({ scheduleDate }: Readonly<Record<string, unknown>>): { readonly scheduleDateMs?: number } {
  if (scheduleDate === undefined || scheduleDate === null || scheduleDate === '') return {};
  const scheduleDateMs = Date.parse(String(scheduleDate));
  if (Number.isNaN(scheduleDateMs)) throw new Error(`scheduleDate: expected an ISO-8601 date, got ${scheduleDate}`);
  return { scheduleDateMs };
}

function text(name: string, properties: Readonly<Record<string, unknown>>): string {
  const value = properties[name];
  if (typeof value !== 'string' || value === '')
    throw new Error(`${name}: expected a text, got ${JSON.stringify(value)}`);
  return value;
}

function mapOf(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  throw new Error(`${name}: expected a map, got ${JSON.stringify(value)}`);
}

const isTrue = (value: unknown, absent: boolean): boolean =>
  value === undefined || value === null ? absent : value === true || value === 'true';
